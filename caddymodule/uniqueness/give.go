package uniqueness

import (
	"net/http"
	"slices"
	"time"
)

// A client that does not read has what it is given wait for it, for as long as it
// likes. By then, the claim is settled. What waits on is a goroutine, with the
// answer, the store and perhaps the upstream's connection.
const (
	// stallLimit is how long a client may take for a part of an answer.
	stallLimit = 15 * time.Second

	// breakOffInterval is after what time a writer that still takes something is
	// broken off again.
	breakOffInterval = time.Second

	// partSize is how many bytes that are, at most.
	partSize = 32 << 10
)

// give hands a client a body, or some of it, and fails when the client takes too
// long.
func give(w http.ResponseWriter, body []byte) error {
	for part := range slices.Chunk(body, partSize) {
		stop := breakOffLater(w)
		_, err := w.Write(part)
		stop()
		if err != nil {
			return err
		}
	}
	return nil
}

// giveRest hands it what the server still has of what was given.
func giveRest(w http.ResponseWriter) error {
	defer breakOffLater(w)()
	return http.NewResponseController(w).Flush()
}

// breakOffLater ends the answer unless it is stopped before: the connection, or
// what HTTP/2 and HTTP/3 have of one for each request. After stop, nothing of the
// writer is used any more: it is gone when the handler has returned.
func breakOffLater(w http.ResponseWriter) (stop func()) {
	stopped, ended := make(chan struct{}), make(chan struct{})
	timer := time.AfterFunc(stallLimit, func() {
		defer close(ended)
		breakOff(w, stopped)
	})
	return func() {
		if !timer.Stop() {
			close(stopped)
			<-ended
		}
	}
}

// breakOff has writes fail until it is stopped. A writer between two chunks of what
// it was given gives the client more time for the second, so once is not enough.
func breakOff(w http.ResponseWriter, stopped <-chan struct{}) {
	again := time.NewTicker(breakOffInterval)
	defer again.Stop()
	for {
		_ = http.NewResponseController(innermost(w)).SetWriteDeadline(time.Now()) // a writer that cannot does not stall
		select {
		case <-stopped:
			return
		case <-again.C:
		}
	}
}

// innermost is the server's own writer, whose deadlines may be set while somebody
// writes; those that wrap it keep deadlines without a lock.
func innermost(w http.ResponseWriter) http.ResponseWriter {
	for {
		wrapper, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return w
		}
		w = wrapper.Unwrap()
	}
}
