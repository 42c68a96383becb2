// Package leakkey says how a password becomes a key of the filter of leaked
// passwords. The generator and the scorer share it, so that they agree.
package leakkey

import "hash/fnv"

// Longest is the length in bytes of the longest passwords that are looked up:
// longer leaked ones are hardly chosen again, and a filter errs now and then.
const Longest = 32

// Of returns the key of a password: its FNV-1a hash of 64 bits. Who knows another
// password with the key of a leaked one gains nothing but a refusal. It is never kept.
func Of(password []byte) uint64 {
	hash := fnv.New64a()
	hash.Write(password)
	return hash.Sum64()
}
