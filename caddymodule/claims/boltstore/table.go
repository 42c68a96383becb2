package boltstore

import (
	"maps"
	"sync"
	"sync/atomic"

	"github.com/customergate/customergate/caddymodule/claims"
)

// A table holds in memory what the journals tell: the entries that changed
// lately, and every reservation. It hides what the tree has of them. The
// writer alone changes it, when the disk has the change.
type table struct {
	mu sync.RWMutex

	// recent holds the changes of the journal that is being written.
	recent map[key]entry

	// frozen holds those of the journals before it while they are merged into
	// the tree.
	frozen map[key]entry

	// revealed counts how often the tree may have got what the table does not
	// hide: as long as it stays the same, who finds nothing in the table need
	// not look into the tree again.
	revealed atomic.Uint64
}

// get returns the entry of a key, if the table has it. The writer calls it
// without the lock.
func (t *table) get(k key) (entry, bool) {
	e, there := t.recent[k]
	if !there {
		e, there = t.frozen[k]
	}
	return e, there
}

// lookup is get for everyone else.
func (t *table) lookup(k key) (entry, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.get(k)
}

// count counts what is committed and still kept.
func (t *table) count(kind claims.Kind, now instant) (n int) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	counts := func(k key, e entry) bool {
		return k[0] == byte(kind) && e.state == claims.Committed && e.held(now)
	}
	for k, e := range t.recent {
		if counts(k, e) {
			n++
		}
	}
	for k, e := range t.frozen {
		if _, hidden := t.recent[k]; !hidden && counts(k, e) {
			n++
		}
	}
	return n
}

// add takes in what a batch has changed.
func (t *table) add(changes map[key]entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.Copy(t.recent, changes)
}

// replace puts other entries in the place of both.
func (t *table) replace(recent, frozen map[key]entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.recent, t.frozen = recent, frozen
	t.revealed.Add(1)
}
