package keys

import (
	"slices"
	"sync/atomic"
	"time"
)

// A ring is the keys of one tenant in the order in which they are to be tried,
// which changes as time goes by without anyone changing the ring.
type ring struct {
	newestFirst []Key
	withdrawn   []Key
	view        atomic.Pointer[view]
}

// A view is the order that holds until a key comes into use or retires.
type view struct {
	keys  []Key
	until time.Time // the zero time for ever
}

// newRing makes a ring of keys in any order; of two with the same NotBefore the
// one that comes first is taken for the newer one. Of several with the same ID
// the newest is kept. The withdrawn keys are out of use however new they are:
// they decrypt until their NotAfter, tried in the order given and behind the
// others that retire.
func newRing(all []Key, withdrawn ...Key) *ring {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b Key) int { return b.NotBefore.Compare(a.NotBefore) })
	r := &ring{withdrawn: withdrawn}
	for _, key := range sorted {
		if !slices.ContainsFunc(r.newestFirst, func(k Key) bool { return k.ID == key.ID }) {
			r.newestFirst = append(r.newestFirst, key)
		}
	}
	return r
}

// at returns the keys to try at a time: the newest that is in use, those that
// retire, those that are still to come into use. There are none only when there
// was nothing but withdrawn keys, and those have retired.
func (r *ring) at(now time.Time) []Key {
	v := r.view.Load()
	if v == nil || !v.until.IsZero() && !now.Before(v.until) {
		v = r.viewAt(now)
		r.view.Store(v) // whoever does the same at the same time stores the same
	}
	return v.keys
}

// sameAs reports whether two rings hold the same keys with the same times.
func (r *ring) sameAs(other *ring) bool {
	same := func(a, b Key) bool {
		return a.ID == b.ID && a.NotBefore.Equal(b.NotBefore) && a.NotAfter.Equal(b.NotAfter)
	}
	return other != nil && slices.EqualFunc(r.newestFirst, other.newestFirst, same) && slices.EqualFunc(r.withdrawn, other.withdrawn, same)
}

func (r *ring) viewAt(now time.Time) *view {
	v := new(view)
	current := r.currentAt(now)
	for i, key := range r.newestFirst[current:] {
		if i == 0 {
			v.keys = append(v.keys, key)
		} else {
			v.addRetiring(key, now)
		}
	}
	for _, key := range r.withdrawn {
		v.addRetiring(key, now)
	}
	for _, key := range r.newestFirst[:current] {
		v.changeAt(key.NotBefore)
		v.keys = append(v.keys, key)
	}
	return v
}

// currentAt is the index of the key in use, which is never taken for retired: a
// plan that was not carried out must not leave a tenant without a key. Where
// all are still to come, by a clock that is late, it is the oldest.
func (r *ring) currentAt(now time.Time) int {
	i := slices.IndexFunc(r.newestFirst, func(k Key) bool { return !k.NotBefore.After(now) })
	if i < 0 {
		return max(len(r.newestFirst)-1, 0)
	}
	return i
}

// addRetiring adds a key unless it has retired.
func (v *view) addRetiring(key Key, now time.Time) {
	if !key.NotAfter.IsZero() {
		if !now.Before(key.NotAfter) {
			return
		}
		v.changeAt(key.NotAfter)
	}
	v.keys = append(v.keys, key)
}

func (v *view) changeAt(t time.Time) {
	if v.until.IsZero() || t.Before(v.until) {
		v.until = t
	}
}

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
