// Package ring holds the keys of a tenant in the order in which they are to be
// tried.
package ring

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/customergate/customergate/caddymodule/keys"
)

// A Ring is the keys of one tenant in the order in which they are to be tried,
// which changes as time goes by without anyone changing the ring.
type Ring struct {
	newestFirst []keys.Key
	withdrawn   []keys.Key
	view        atomic.Pointer[view]
}

// A view is the order that holds until a key comes into use or retires.
type view struct {
	keys  []keys.Key
	until time.Time // the zero time for ever
}

// New makes a ring of keys in any order; of two with the same NotBefore the
// one that comes first is taken for the newer one. Of several with the same ID
// the newest is kept. The withdrawn keys are out of use however new they are:
// they decrypt until their NotAfter, tried in the order given and behind the
// others that retire.
func New(all []keys.Key, withdrawn ...keys.Key) *Ring {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b keys.Key) int { return b.NotBefore.Compare(a.NotBefore) })
	r := &Ring{withdrawn: withdrawn}
	for _, key := range sorted {
		if !slices.ContainsFunc(r.newestFirst, func(k keys.Key) bool { return k.ID == key.ID }) {
			r.newestFirst = append(r.newestFirst, key)
		}
	}
	return r
}

// At returns the keys to try at a time: the newest that is in use, those that
// retire, those that are still to come into use. There are none only when there
// was nothing but withdrawn keys, and those have retired.
func (r *Ring) At(now time.Time) []keys.Key {
	v := r.view.Load()
	if v == nil || !v.until.IsZero() && !now.Before(v.until) {
		v = r.viewAt(now)
		r.view.Store(v) // whoever does the same at the same time stores the same
	}
	return v.keys
}

// SameAs reports whether two rings hold the same keys with the same times.
func (r *Ring) SameAs(other *Ring) bool {
	same := func(a, b keys.Key) bool {
		return a.ID == b.ID && a.NotBefore.Equal(b.NotBefore) && a.NotAfter.Equal(b.NotAfter)
	}
	return other != nil && slices.EqualFunc(r.newestFirst, other.newestFirst, same) && slices.EqualFunc(r.withdrawn, other.withdrawn, same)
}

func (r *Ring) viewAt(now time.Time) *view {
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
func (r *Ring) currentAt(now time.Time) int {
	i := slices.IndexFunc(r.newestFirst, func(k keys.Key) bool { return !k.NotBefore.After(now) })
	if i < 0 {
		return max(len(r.newestFirst)-1, 0)
	}
	return i
}

// addRetiring adds a key unless it has retired.
func (v *view) addRetiring(key keys.Key, now time.Time) {
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
