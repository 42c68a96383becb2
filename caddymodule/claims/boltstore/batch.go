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

	// failed is the first error of writing, which fails the whole batch.
	failed error
}

// newBatch has room for as many changes of reservations.
func newBatch(tx *bolt.Tx, t *table, now instant, changes int) *batch {
	return &batch{
		table:   t,
		tree:    treeOf(tx),
		now:     now,
		changes: make(map[key]entry, changes),
		records: make([]byte, 0, changes*pendingSize),
	}
}

func (b *batch) get(k key) (entry, error) {
	if e, there := b.changes[k]; there {
		return e, nil
	}
	if e, there := b.table.get(k); there {
		return e, nil
	}
	return b.tree.get(k)
}

// set gives an entry to whoever has it now. Its value must be nobody's to
// change.
func (b *batch) set(k key, e entry) {
	b.changes[k] = e
	b.records = appendRecord(b.records, k, e)
}

func (b *batch) reserve(k key, token claims.Token, lease time.Duration) (claims.Found, error) {
	e, err := b.get(k)
	if err != nil {
		return claims.Found{}, err
	}
	if obstacle := e.obstacle(token, b.now); obstacle.State != claims.Free {
		return obstacle, nil
	}
	b.set(k, entry{state: claims.Pending, token: token, until: b.now.after(lease), lease: lease})
	return claims.Found{}, nil
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
	e, err := b.get(k)
	switch {
	case err != nil:
		return err
	case e.heldByAnother(token, b.now):
		return claims.ErrFenced
	case e.state == claims.Committed && e.held(b.now):
		return nil
	}
	until := never
	if keep > 0 {
		until = b.now.after(keep)
	}
	b.set(k, entry{state: claims.Committed, token: token, until: until, value: value})
	return nil
}

func (b *batch) release(k key, token claims.Token) error {
	e, err := b.get(k)
	if err == nil && e.state == claims.Pending && e.token == token {
		b.set(k, entry{})
	}
	return err
}

// load commits a key for ever, whoever has it, and reports whether it was not
// committed before. It goes past the journal where the table does not hide the
// tree.
func (b *batch) load(k key) (added bool, err error) {
	e, err := b.get(k)
	if err != nil {
		return false, err
	}
	committed := e.state == claims.Committed && e.held(b.now)
	if committed && e.until == never {
		return false, nil
	}
	_, hidden := b.table.get(k)
	if _, changed := b.changes[k]; hidden || changed {
		b.set(k, imported)
	} else {
		b.write(k, imported)
	}
	return !committed, nil
}

// write has the tree hold an entry.
func (b *batch) write(k key, e entry) {
	if b.failed == nil {
		b.failed = b.tree.put(k, e)
	}
}

// forget frees an entry and reports whether anyone had it.
func (b *batch) forget(k key) (bool, error) {
	e, err := b.get(k)
	if err == nil && e.state != claims.Free {
		b.set(k, entry{})
	}
	return e.held(b.now), err
}
