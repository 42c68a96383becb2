// Package leakkey says how a password becomes a key of the filter of leaked
// passwords. The generator and the scorer share it, so that they agree.
package leakkey

import (
	"crypto/sha256"
	"encoding/binary"
)

// Longest is the length in bytes of the longest passwords that are looked up:
// longer leaked ones are hardly chosen again, and a filter errs now and then.
const Longest = 32

// Of returns the key of a password: the first 8 bytes of its SHA-256 digest,
// big endian. The key says nothing useful about a password that is not in the
// filter, and it is never kept.
func Of(password []byte) uint64 {
	sum := sha256.Sum256(password)
	return binary.BigEndian.Uint64(sum[:8])
}
