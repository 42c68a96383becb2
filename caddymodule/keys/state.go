package keys

import "time"

// A State is what part a key of a tenant has.
type State uint8

const (
	// InUse is the key that clients are to encrypt with.
	InUse State = iota
	// Retiring is a key that still decrypts, and is replaced by the one in use.
	Retiring
	// Next is a key that decrypts, and that clients are not given yet.
	Next
)

// String returns "in use", "retiring" or "next".
func (s State) String() string {
	return [...]string{InUse: "in use", Retiring: "retiring", Next: "next"}[s]
}

// StateOf tells the part of the i-th of the keys that a Provider gave at a time.
func StateOf(ring []Key, i int, now time.Time) State {
	switch {
	case i == 0:
		return InUse
	case ring[i].NotBefore.After(now):
		return Next
	}
	return Retiring
}
