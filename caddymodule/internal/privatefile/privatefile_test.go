package privatefile

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// watchedReader delivers in small pieces and remembers where it put them.
type watchedReader struct {
	from io.Reader
	into [][]byte
}

func (r *watchedReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p[:min(len(p), 100)])
	r.into = append(r.into, p[:n])
	return n, err
}

func TestReadWholeLeavesNoOtherCopy(t *testing.T) {
	text := strings.Repeat("x", 5000)
	for name, test := range map[string]struct {
		size    int64
		isWhole bool
	}{
		"all of it":              {5000, true},
		"a file that has grown":  {4000, true},
		"a file that has shrunk": {6000, false},
		"a file of no size":      {0, true},
	} {
		t.Run(name, func(t *testing.T) {
			watched := &watchedReader{from: strings.NewReader(text)}
			data, err := readWhole(watched, test.size)
			if (err == nil) != test.isWhole {
				t.Fatalf("the error is %v", err)
			}
			if test.isWhole && string(data) != text[:test.size] {
				t.Errorf("%d bytes came out, want %d", len(data), test.size)
			}
			clear(data)
			for _, piece := range watched.into {
				if !bytes.Equal(piece, make([]byte, len(piece))) {
					t.Fatal("a piece is left in memory")
				}
			}
		})
	}
}
