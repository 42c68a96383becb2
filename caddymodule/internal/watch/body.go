// Package watch looks on while a request passes as it came.
package watch

import (
	"io"
	"net/http"
)

// A Body keeps what a handler reads of the body of a request.
type Body struct {
	io.ReadCloser
	kept  []byte
	limit int
	over  bool // there was more than is kept
	ended bool
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
	b.keep(into[:n])
	if err == io.EOF {
		b.ended = true
	}
	return n, err
}

func (b *Body) keep(read []byte) {
	if b.over = b.over || len(read) > b.limit-len(b.kept); b.over {
		b.Wipe()
		return
	}
	if need := len(b.kept) + len(read); need > cap(b.kept) {
		larger := make([]byte, len(b.kept), max(need, 2*cap(b.kept), 4<<10))
		copy(larger, b.kept)
		b.Wipe()
		b.kept = larger
	}
	b.kept = append(b.kept, read...)
}

// Over reports whether the body is over the limit, as far as it was read.
func (b *Body) Over() bool { return b.over }

// Whole hands over what was kept, which is then the caller's to wipe, and reports
// false where not all of a body of the declared length was read.
func (b *Body) Whole(length int64) ([]byte, bool) {
	if b.over || !b.ended && int64(len(b.kept)) != length {
		return nil, false
	}
	kept := b.kept
	b.kept = nil
	return kept, true
}

// Wipe clears what is kept.
func (b *Body) Wipe() {
	clear(b.kept)
	b.kept = nil
}
