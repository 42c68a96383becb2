package engine

import "crypto/rsa"

// A Library is the arithmetic behind an engine. It must be safe for concurrent
// use, comparable, and constant in time for all that is secret.
type Library interface {
	// Version names the library and its version.
	Version() string

	// Batch is how many operations Run wants at most, at least 1. Those that
	// wait at the same time are given together.
	Batch() int

	// Load readies a private key, which stays unchanged: a valid one with two
	// primes, both odd, and the values of crypto/rsa's Precompute. What it returns
	// becomes the Handle of a Key. With an error, Go does the operations of this
	// key.
	Load(key *rsa.PrivateKey) (handle any, err error)

	// Run sets the Result of each operation, and Confirmed where it has
	// confirmed the result itself. Each has a key that Load took, a ciphertext
	// in the key's range, and a Result of the same length. An operation that
	// fails needs no more than any Result: it will not be confirmed.
	Run(batch []*Operation)
}
