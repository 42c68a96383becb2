package claims

import "crypto/rand"

// A Kind keeps entries of different purposes apart.
type Kind byte

const (
	// Email is an address that a customer of the tenant has.
	Email Kind = 'e'
	// Idempotency is a request that a client may repeat.
	Idempotency Kind = 'i'
	// Failures is how often attempts at something have failed.
	Failures Kind = 'f'
	// Pepper is the one entry that tells under which pepper all others are
	// hashed. Its sum is zero.
	Pepper Kind = 'p'
)

// An ID names an entry: its kind, and a keyed hash (HMAC-SHA-256) of the tenant
// and of what the entry is about. Whoever reads the store learns neither.
type ID struct {
	Kind Kind
	Sum  [32]byte
}

// A Token tells the holder of a reservation from others. One is made for each
// request.
type Token [16]byte

// NewToken returns a random token.
func NewToken() Token {
	var t Token
	_, _ = rand.Read(t[:]) // it never fails
	return t
}
