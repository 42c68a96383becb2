package boltstore

import (
	"bytes"
	"maps"
	"slices"

	bolt "go.etcd.io/bbolt"
)

const (
	// mergeStep is how many octets are merged at a time, which takes some
	// milliseconds in which no batch is written.
	mergeStep = 32 << 10
	// mergePace is how many octets are merged for each that is written, so
	// that a journal is in the tree by the time that the next one is full.
	mergePace = 2
)

// A merge brings the changes of journals that are full into the tree, a step
// after every few batches, in the order of their keys, because neighbours share
// pages of the tree. It starts anew after a crash: the journals are deleted in
// its last step.
type merge struct {
	last   uint64 // number of the newest journal that is merged
	keys   []key  // still to be merged, in order
	credit int    // octets that may be merged
}

func newMerge(last uint64, entries map[key]entry) *merge {
	keys := slices.SortedFunc(maps.Keys(entries), func(a, b key) int { return bytes.Compare(a[:], b[:]) })
	return &merge{last: last, keys: keys}
}

// step merges as many entries as there is credit for, and returns how many.
// After the last of them, it deletes the journals.
func (m *merge) step(tx *bolt.Tx, entries map[key]entry, now instant) (int, error) {
	t := treeOf(tx)
	n := 0
	for size := 0; n < len(m.keys); n++ {
		if size >= m.credit {
			return n, nil
		}
		k := m.keys[n]
		e := entries[k]
		if !e.held(now) {
			e = entry{}
		}
		if err := t.put(k, e); err != nil {
			return 0, err
		}
		size += len(k) + tokenSize + len(e.value)
	}
	return n, deleteJournals(tx, m.last)
}
