package wipe

import (
	"bytes"
	"io"
	"net/http"
	"sync"
)

// A Body is plaintext that can be wiped although a transport may still be reading
// it: an upstream may answer before it has read the request.
type Body struct {
	mu    sync.Mutex
	bytes []byte
	read  bool // somebody has begun to read it
}

// NewBody takes its bytes, which are then its alone.
func NewBody(bytes []byte) *Body { return &Body{bytes: bytes} }

// WasRead reports whether any of the body can be on its way to the upstream.
func (b *Body) WasRead() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.read
}

// Len is how many bytes it has.
func (b *Body) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.bytes)
}

// Wipe clears it.
func (b *Body) Wipe() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.bytes)
	b.bytes = nil
}

// Reader returns one that begins at the start.
func (b *Body) Reader() io.ReadCloser {
	b.mu.Lock()
	defer b.mu.Unlock()
	return &reader{body: b, at: bytes.NewReader(b.bytes)}
}

type reader struct {
	body   *Body
	at     *bytes.Reader
	closed bool
}

// Read fails once the reader is closed or the body wiped.
func (r *reader) Read(into []byte) (int, error) {
	r.body.mu.Lock()
	defer r.body.mu.Unlock()
	if r.closed || r.body.bytes == nil {
		return 0, http.ErrBodyReadAfterClose
	}
	r.body.read = true
	return r.at.Read(into)
}

// Close ends reading, so that a body that was sent in part is never sent on as
// if it were whole.
func (r *reader) Close() error {
	r.body.mu.Lock()
	defer r.body.mu.Unlock()
	r.closed = true
	return nil
}
