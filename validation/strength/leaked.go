package strength

import (
	"bytes"
	_ "embed" // leaked.bin
	"sync"

	"github.com/FastFilter/xorfilter"

	"github.com/customergate/customergate/validation/strength/internal/leakkey"
)

//go:embed leaked.bin
var packedLeaks []byte

// leaks is the set of leaked passwords that satisfy the composition rules. It
// takes one other password in 65,536 for one of them.
var leaks = sync.OnceValues(func() (*xorfilter.BinaryFuse[uint16], error) {
	return xorfilter.LoadBinaryFuse[uint16](bytes.NewReader(packedLeaks))
})

// isLeaked tells whether a password is known from a leak, exactly as it is.
func (s *Scorer) isLeaked(password []byte) bool {
	return len(password) <= leakkey.Longest && s.leaks.Contains(leakkey.Of(password))
}
