package wipe_test

import (
	"io"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/internal/wipe"
)

// TestReadAllClearsWhatItOutgrows: a body may hold passwords, and a buffer that
// was left for a greater one may be anybody's next.
func TestReadAllClearsWhatItOutgrows(t *testing.T) {
	text := strings.Repeat("x", 100_000)
	for _, size := range []int64{int64(len(text)), -1} {
		r := &keepingReader{text: []byte(text)}
		body, err := wipe.ReadAll(r, size)
		if err != nil || string(body) != text || len(r.all) < 2 {
			t.Fatalf("%d bytes in %d buffers, %v", len(body), len(r.all), err)
		}
		for _, buffer := range r.all[:len(r.all)-1] {
			if strings.Trim(string(buffer), "\x00") != "" {
				t.Errorf("%d bytes are left in a buffer of %d", len(buffer), cap(buffer))
			}
		}
	}
}

// keepingReader remembers where its text was read into.
type keepingReader struct {
	text []byte
	all  [][]byte
}

func (r *keepingReader) Read(into []byte) (int, error) {
	if len(r.text) == 0 {
		return 0, io.EOF
	}
	n := copy(into, r.text)
	r.text = r.text[n:]
	r.all = append(r.all, into[:n])
	return n, nil
}
