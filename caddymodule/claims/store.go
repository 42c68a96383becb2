// Package claims remembers which email addresses a tenant's customers have, so
// that no address is registered twice, and the answers to requests that a
// client may repeat.
//
// The stores are Caddy guest modules in the namespace
// http.handlers.customer_gate.claims. They know neither addresses nor answers:
// an entry's ID is a keyed hash, its value is encrypted.
package claims

import (
	"context"
	"errors"
	"time"
)

// A Store holds entries that are reserved for a while by one caller, and then
// committed for good or released. It is what every module in the namespace
// http.handlers.customer_gate.claims implements. It is safe for concurrent use
// by many, and by many gateways where they share it.
//
// Every method returns when the entry is as durable as the store makes it, or
// with the context's error, and then nobody knows what has become of the entry.
// Time is the store's own where it is shared, so that clocks of gateways need
// not agree.
type Store interface {
	// Reserve takes an entry that nobody has for the holder of the token, for
	// as long as the lease. It is refused where the entry is committed, or
	// reserved by another token whose lease still runs; what it finds then,
	// Found tells. A token that holds the reservation already has it renewed.
	Reserve(ctx context.Context, id ID, token Token, lease time.Duration) (Found, error)

	// Commit makes the entry permanent, with a value, for as long as keep says:
	// 0 is for ever. It succeeds for the holder of the reservation, and also
	// when the lease has ended and nobody has taken the entry since; it does
	// nothing and returns ErrFenced when another token has reserved or
	// committed the entry meanwhile. To repeat a Commit is no error: the last
	// value and the last keep count.
	Commit(ctx context.Context, id ID, token Token, value []byte, keep time.Duration) error

	// Release gives up the reservation of the token. Where it has none, Release
	// does nothing.
	Release(ctx context.Context, id ID, token Token) error
}

// ErrFenced says that a token has lost the entry to another one.
var ErrFenced = errors.New("the lease has ended, and another request has taken the entry since")

// An Administrator is a Store that the command line can fill and search.
type Administrator interface {
	Store

	// Import commits many entries without values for ever, in batches, and
	// overrides reservations. It returns how many were not committed before.
	Import(ctx context.Context, ids []ID) (added int, err error)

	// Count returns how many entries of a kind are committed and still kept.
	Count(ctx context.Context, kind Kind) (int, error)

	// Look returns what Reserve would find, and changes nothing.
	Look(ctx context.Context, id ID) (Found, error)

	// Forget deletes an entry, whoever has it, and reports whether it was there.
	Forget(ctx context.Context, id ID) (bool, error)
}

// Found is what Reserve has found in the place of an entry.
type Found struct {
	State State

	// Wait is how long the lease of a Pending entry still runs.
	Wait time.Duration

	// Value is that of a Committed entry.
	Value []byte
}

// State says who has an entry.
type State uint8

const (
	// Free is an entry that nobody had; Reserve has taken it for its caller.
	Free State = iota
	// Pending is an entry that another token has reserved.
	Pending
	// Committed is an entry that is permanent.
	Committed
)

// String returns free, pending or committed.
func (s State) String() string {
	return [...]string{Free: "free", Pending: "pending", Committed: "committed"}[s]
}
