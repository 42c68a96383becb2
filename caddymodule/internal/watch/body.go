// Package watch looks on while a request passes as it came.
package watch

import (
	"io"
	"net/http"
	"sync"

	"github.com/customergate/customergate/caddymodule/internal/wipe"
)

// A Body keeps what is read of the body of a request, also by a transport that goes on
// reading when the upstream has answered.
type Body struct {
	io.ReadCloser
	limit int

	mu    sync.Mutex
	kept  []byte
	over  bool // there was more than is kept
	ended bool
	left  bool // nobody has a use for the rest
}

// Keep has a request's body kept while it is read, up to a limit, and changes nothing
// of the request but that.
func Keep(r *http.Request, limit int64) *Body {
	b := &Body{ReadCloser: r.Body, limit: int(limit)}
	if r.Body == nil || r.Body == http.NoBody { // which transports know
		b.ended = true
		return b
	}
	r.Body = b
	return b
}

// Read is the body's own.
func (b *Body) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = b.ended || err == io.EOF
	if !b.left && !b.over {
		b.keep(into[:n])
	}
	return n, err
}

func (b *Body) keep(read []byte) {
	if len(read) > b.limit-len(b.kept) {
		b.over = true
		b.wipe()
		return
	}
	b.kept = wipe.Append(b.kept, read)
}

// Over reports whether the body is over the limit, as far as it was read.
func (b *Body) Over() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.over
}

// Whole hands over what was kept, which is then the caller's to wipe, and reports
// false where not all of a body of the declared length was read.
func (b *Body) Whole(length int64) ([]byte, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.over || !b.ended && int64(len(b.kept)) != length {
		return nil, false
	}
	kept := b.kept
	b.kept, b.left = nil, true
	return kept, true
}

// Leave clears what is kept, and keeps no more.
func (b *Body) Leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = true
	b.wipe()
}

func (b *Body) wipe() {
	clear(b.kept)
	b.kept = nil
}
