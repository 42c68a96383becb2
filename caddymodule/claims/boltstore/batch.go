package boltstore

import (
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/customergate/customergate/caddymodule/claims"
)

// A batch is what several callers change, one after the other, in one
// transaction. None of it is seen outside until the disk has it.
type batch struct {
	table   *table
	tree    tree
	now     instant
	changes map[key]entry
	records []byte // changes, as the journal has them
	reveals bool   // it has written to the tree, past the table

	// failed is the first error of reading or writing the tree, which fails the
	// whole batch, whatever those have been told who met it.
	failed error
}

// maxRecords is how many octets of space for records are kept, at most: enough
// for a full batch of addresses. Values are far longer, and rarely come so many
// at a time.
const maxRecords = 256 << 10

// newBatch uses the space of the one before it, which must be over.
func newBatch(tx *bolt.Tx, t *table, now instant, before *batch) *batch {
	b := &batch{table: t, tree: treeOf(tx), now: now}
	if before == nil || len(before.changes) > maxBatch {
		b.changes = make(map[key]entry)
		return b
	}
	clear(before.changes)
	b.changes = before.changes
	if cap(before.records) <= maxRecords {
		b.records = before.records[:0]
	}
	return b
}

func (b *batch) get(k key) entry {
	e, there := b.getRecent(k)
	if !there {
		return b.read(k)
	}
	return e
}

// getRecent returns the entry of a key, unless the tree alone can have it.
func (b *batch) getRecent(k key) (entry, bool) {
	if e, there := b.changes[k]; there {
		return e, true
	}
	return b.table.get(k)
}

// read returns what the tree holds.
func (b *batch) read(k key) entry {
	e, err := b.tree.get(k)
	b.fail(err)
	return e
}

// write has the tree hold an entry, which those behind it in the batch see at
// once, and all others when the disk has it: for both, it counts as revealed.
func (b *batch) write(k key, e entry) {
	b.table.revealed.Add(1)
	b.reveals = true
	b.fail(b.tree.put(k, e))
}

func (b *batch) fail(err error) {
	if b.failed == nil {
		b.failed = err
	}
}

// set gives an entry to whoever has it now. Its value must be nobody's to
// change.
func (b *batch) set(k key, e entry) {
	b.changes[k] = e
	b.records = appendRecord(b.records, k, e)
}

// reserve is for a key of which the tree had nothing that is held when revealed
// was what it has seen.
func (b *batch) reserve(k key, token claims.Token, lease time.Duration, seen uint64) claims.Found {
	e, there := b.getRecent(k)
	if !there && b.table.revealed.Load() != seen {
		e = b.read(k)
	}
	if obstacle := e.obstacle(token, b.now); obstacle.State != claims.Free {
		return obstacle
	}
	b.set(k, entry{state: claims.Pending, token: token, until: b.now.after(lease), lease: lease})
	return claims.Found{}
}

// obstacle is what keeps a token from reserving the entry: Free if nothing
// does.
func (e entry) obstacle(token claims.Token, now instant) claims.Found {
	if e.state == claims.Pending && e.token == token {
		return claims.Found{}
	}
	return e.found(now)
}

func (b *batch) commit(k key, token claims.Token, value []byte, keep time.Duration) error {
	if b.get(k).heldByAnother(token, b.now) {
		return claims.ErrFenced
	}
	until := never
	if keep > 0 {
		until = b.now.after(keep)
	}
	b.set(k, entry{state: claims.Committed, token: token, until: until, value: value})
	return nil
}

func (b *batch) release(k key, token claims.Token) {
	if e := b.get(k); e.state == claims.Pending && e.token == token {
		b.set(k, entry{})
	}
}

// load commits a key for ever, whoever has it, and reports whether it was not
// committed before. It goes past the journal where the table does not hide the
// tree.
func (b *batch) load(k key) (added bool) {
	e := b.get(k)
	committed := e.state == claims.Committed && e.held(b.now)
	if committed && e.until == never {
		return false
	}
	_, hidden := b.table.get(k)
	if _, changed := b.changes[k]; hidden || changed {
		b.set(k, imported)
	} else {
		b.write(k, imported)
	}
	return !committed
}

// forget frees an entry and reports whether anyone had it.
func (b *batch) forget(k key) bool {
	e := b.get(k)
	if e.state != claims.Free {
		b.set(k, entry{})
	}
	return e.held(b.now)
}
