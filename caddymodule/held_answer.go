package caddymodule

import (
	"errors"
	"maps"
	"net/http"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// heldAnswer keeps the upstream's answer back until it is known whether the
// neutral one takes its place.
type heldAnswer struct {
	header http.Header
	status int
	body   []byte
	over   bool // it was too long to be kept back
}

// maxHeld is how long an answer can be that is kept back, in bytes.
const maxHeld = 1 << 20

// holdAnswer begins with the fields that a client's answer has already.
func holdAnswer(w http.ResponseWriter) *heldAnswer {
	return &heldAnswer{header: w.Header().Clone()}
}

// Header returns fields that the client gets to see only with the answer.
func (h *heldAnswer) Header() http.Header { return h.header }

// WriteHeader notes the status. Interim answers are dropped.
func (h *heldAnswer) WriteHeader(status int) {
	if h.status == 0 && status >= http.StatusOK {
		h.status = status
	}
}

func (h *heldAnswer) Write(p []byte) (int, error) {
	if h.over = h.over || len(h.body)+len(p) > maxHeld; !h.over {
		h.body = append(h.body, p...)
	}
	return len(p), nil
}

var errTooLong = errors.New("the upstream's answer is over 1 MiB, too long for the option duplicate neutral")

// release gives the answer to the client.
func (h *heldAnswer) release(w http.ResponseWriter) error {
	if h.over {
		return caddyhttp.Error(http.StatusBadGateway, errTooLong)
	}
	if h.status == 0 {
		return nil // nobody has answered
	}
	header := w.Header()
	clear(header)
	maps.Copy(header, h.header)
	w.WriteHeader(h.status)
	_, _ = w.Write(h.body)
	return nil
}
