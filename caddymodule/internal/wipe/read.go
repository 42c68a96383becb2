// Package wipe reads and hands on bodies that may hold passwords, and leaves no
// copy of them.
package wipe

import (
	"io"
	"math"
)

// firstRead is how much room a body gets before any of it has arrived.
const firstRead = 4 << 10

// ReadAll is io.ReadAll for a body that may hold passwords: it clears what it
// outgrows. A negative size is an unknown one. The room grows with what has
// arrived, because a client can declare much and send nothing.
func ReadAll(r io.Reader, size int64) ([]byte, error) {
	if size < 0 {
		size = math.MaxInt64 - 1
	}
	// One byte more than declared, so that the end is seen without growing.
	b := make([]byte, 0, min(size+1, firstRead))
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
			b = moved(b, grown(int64(cap(b)), size))
		}
	}
}

// grown doubles a capacity, up to what a body of the declared size needs. One
// that turns out longer, as only a broken server could hand on, goes on growing.
func grown(capacity, size int64) int64 {
	if capacity <= size {
		return min(2*capacity, size+1)
	}
	return 2 * capacity
}

// Append is append for what may hold passwords: it clears what it outgrows.
func Append(b, more []byte) []byte {
	if need := len(b) + len(more); need > cap(b) {
		b = moved(b, int64(max(need, 2*cap(b), firstRead)))
	}
	return append(b, more...)
}

// moved copies a buffer into a greater one and clears it.
func moved(b []byte, capacity int64) []byte {
	greater := append(make([]byte, 0, capacity), b...)
	clear(b)
	return greater
}
