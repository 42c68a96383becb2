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
		stalling := breakOffLater(w)
		_, err := w.Write(part)
		stalling.Stop()
		if err != nil {
			return err
		}
	}
	return nil
}

// giveRest hands it what the server still has of what was given.
func giveRest(w http.ResponseWriter) error {
	defer breakOffLater(w).Stop()
	return http.NewResponseController(w).Flush()
}

// breakOffLater ends the answer unless it is stopped before: the connection, or
// what HTTP/2 and HTTP/3 have of one for each request.
func breakOffLater(w http.ResponseWriter) *time.Timer {
	return time.AfterFunc(stallLimit, func() {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now()) // a writer that cannot does not stall
	})
}
