package boltstore

import (
	"encoding/binary"
	"errors"
	"math"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

// A key is what an entry is filed under: its kind, then its hash.
type key [1 + 32]byte

func keyOf(id claims.ID) (k key) {
	k[0] = byte(id.Kind)
	copy(k[1:], id.Sum[:])
	return k
}

// An entry is who has a key. The zero entry is Free: nobody has.
type entry struct {
	state claims.State
	token claims.Token  // whose it is; zeros for an imported entry
	until instant       // when the lease ends, or it is no longer kept
	lease time.Duration // of a Pending entry
	value []byte        // of a Committed entry; never changed
}

// imported is a key that was committed without a token.
var imported = entry{state: claims.Committed, until: never}

// held tells whether anyone has the entry. What has run out is as good as
// absent.
func (e entry) held(now instant) bool {
	return e.state != claims.Free && e.until > now
}

// heldByAnother tells whether another token has the entry.
func (e entry) heldByAnother(token claims.Token, now instant) bool {
	return e.held(now) && e.token != token
}

// found is the entry as callers see it.
func (e entry) found(now instant) claims.Found {
	switch {
	case !e.held(now):
		return claims.Found{}
	case e.state == claims.Pending:
		return claims.Found{State: e.state, Wait: time.Duration(e.until - now)}
	default:
		return claims.Found{State: e.state, Value: append([]byte(nil), e.value...)}
	}
}

// An instant is a point in time in nanoseconds since 1970.
type instant int64

// never is when that ends which has no end.
const never instant = math.MaxInt64

// after returns the instant that is d later, or never where that is too late
// to be written down.
func (i instant) after(d time.Duration) instant {
	if d > time.Duration(never-i) {
		return never
	}
	return i + instant(d)
}

// The first octet of an encoded entry: the version of the encoding, the state,
// and which of its parts follow, in this order.
const (
	version     = 0x10
	versionMask = 0xf0
	stateMask   = 0x03
	withToken   = 0x04
	withEnd     = 0x08
)

const (
	tokenSize = len(claims.Token{})
	timeSize  = 8
)

var errForm = errors.New("an entry has a form that this version does not write")

// appendEntry encodes an entry: in 1 octet if it is free or imported, in 17 or,
// if it is kept for a while, 25 and the value if it is committed, in 33 if it
// is reserved.
func appendEntry(b []byte, e entry) []byte {
	form := e.form()
	b = append(b, form)
	if form&withToken != 0 {
		b = append(b, e.token[:]...)
	}
	if form&withEnd != 0 {
		b = binary.BigEndian.AppendUint64(b, uint64(e.until))
	}
	if e.state == claims.Pending {
		b = binary.BigEndian.AppendUint64(b, uint64(e.lease))
	}
	return append(b, e.value...)
}

func (e entry) form() byte {
	form := version | byte(e.state)
	if e.token != (claims.Token{}) {
		form |= withToken
	}
	if e.state != claims.Free && e.until != never {
		form |= withEnd
	}
	return form
}

// encodedSize is how many octets appendEntry appends.
func encodedSize(e entry) int {
	size, form := 1+len(e.value), e.form()
	if form&withToken != 0 {
		size += tokenSize
	}
	if form&withEnd != 0 {
		size += timeSize
	}
	if e.state == claims.Pending {
		size += timeSize
	}
	return size
}

// decodeEntry returns an entry whose value is a part of b.
func decodeEntry(b []byte) (entry, error) {
	if len(b) == 0 || b[0]&versionMask != version || b[0]&stateMask > byte(claims.Committed) {
		return entry{}, errForm
	}
	form, r := b[0], reader{rest: b[1:]}
	e := entry{state: claims.State(form & stateMask), until: never}
	if form&withToken != 0 {
		copy(e.token[:], r.take(tokenSize))
	}
	if form&withEnd != 0 {
		e.until = instant(r.uint64())
	}
	if e.state == claims.Pending {
		e.lease = time.Duration(r.uint64())
	}
	if r.short || e.state != claims.Committed && len(r.rest) > 0 {
		return entry{}, errForm
	}
	e.value = r.rest
	return e, nil
}

// A reader takes parts of what is encoded.
type reader struct {
	rest  []byte
	short bool // more was taken than there was
}

func (r *reader) take(n int) []byte {
	if r.short = r.short || n > len(r.rest); r.short {
		return make([]byte, min(n, timeSize))
	}
	part := r.rest[:n]
	r.rest = r.rest[n:]
	return part
}

func (r *reader) uint64() uint64 { return binary.BigEndian.Uint64(r.take(timeSize)) }
