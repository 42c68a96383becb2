package uniqueness

import (
	"errors"
	"net/http"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// heldAnswer keeps the upstream's answer back until it is known whether the
// neutral one takes its place. Its fields are those that the client gets to see
// only with it.
type heldAnswer struct {
	answer Answer
	over   bool // it was too long to be kept back
}

// maxHeld is how long an answer can be that is kept back, in bytes.
const maxHeld = 1 << 20

// holdAnswer begins with the fields that a client's answer has already.
func holdAnswer(w http.ResponseWriter) *heldAnswer {
	return &heldAnswer{answer: Answer{Header: w.Header().Clone()}}
}

func (h *heldAnswer) Header() http.Header { return h.answer.Header }

// WriteHeader notes the status. Interim answers are dropped.
func (h *heldAnswer) WriteHeader(status int) {
	if h.answer.Status == 0 && status >= http.StatusOK {
		h.answer.Status = status
	}
}

func (h *heldAnswer) Write(p []byte) (int, error) {
	if h.over = h.over || len(h.answer.Body)+len(p) > maxHeld; !h.over {
		h.answer.Body = append(h.answer.Body, p...)
	}
	return len(p), nil
}

var errTooLong = errors.New("the upstream's answer is over 1 MiB, too long for the option duplicate neutral")

// release gives the answer to the client, if there is one.
func (h *heldAnswer) release(w http.ResponseWriter) error {
	switch {
	case h.over:
		return caddyhttp.Error(http.StatusBadGateway, errTooLong)
	case h.answer.Status > 0:
		clear(w.Header())
		h.answer.Write(w)
	}
	return nil
}
