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
	ended := make(chan struct{})
	timer := time.AfterFunc(stallLimit, func() {
		defer close(ended)
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now()) // a writer that cannot does not stall
	})
	return func() {
		if !timer.Stop() {
			<-ended
		}
	}
}
