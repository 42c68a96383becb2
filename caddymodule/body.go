package caddymodule

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"github.com/dustin/go-humanize"
)

// body reads the whole body, never more than the limit, whatever length was
// declared.
func (p *passage) body() *refusal {
	limit := p.gate.MaxBody
	if p.r.ContentLength > limit {
		return tooLarge(limit)
	}
	var err error
	p.received, err = readAll(http.MaxBytesReader(p.w, p.r.Body, limit), p.r.ContentLength)
	var over *http.MaxBytesError // of the limit here, or of a request_body directive before
	switch {
	case errors.As(err, &over):
		return tooLarge(over.Limit)
	case err != nil:
		return newRefusal(codeMalformedJSON, "The body did not arrive whole.")
	}
	return nil
}

func tooLarge(limit int64) *refusal {
	return newRefusal(codePayloadTooLarge,
		"The body is over "+humanize.IBytes(uint64(limit))+".")
}

// readAll is io.ReadAll for a body that may hold passwords: it clears what it
// outgrows. A negative size is an unknown one.
func readAll(r io.Reader, size int64) ([]byte, error) {
	// One byte more than declared, so that the end is seen without growing.
	b := make([]byte, 0, max(size+1, bytes.MinRead))
	for {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			clear(b)
			return nil, err
		}
		if len(b) == cap(b) {
			grown := append(make([]byte, 0, 2*cap(b)), b...)
			clear(b)
			b = grown
		}
	}
}
