package boltstore

import (
	"bytes"
	"context"
	"slices"

	bolt "go.etcd.io/bbolt"

	"github.com/customergate/customergate/caddymodule/claims"
)

const (
	// importStep is how many keys are imported in one transaction, among the
	// batches of others.
	importStep = 8192
	// countStep is how many entries are counted in one transaction. A long one
	// keeps the file from growing, and so the writer waiting.
	countStep = 65536
)

// load commits keys for ever. It sorts them: neighbours share pages.
func (f *file) load(ctx context.Context, ids []claims.ID) (added int, err error) {
	keys := make([]key, len(ids))
	for i, id := range ids {
		keys[i] = keyOf(id)
	}
	slices.SortFunc(keys, func(a, b key) int { return bytes.Compare(a[:], b[:]) })
	for step := range slices.Chunk(keys, importStep) {
		n := 0
		err := f.writer.do(ctx, func(b *batch) error {
			n = b.loadAll(step)
			return nil
		})
		if err != nil {
			return added, err
		}
		added += n
	}
	return added, ctx.Err()
}

func (b *batch) loadAll(keys []key) (added int) {
	for _, k := range keys {
		if b.load(k) {
			added++
		}
	}
	return added
}

// count counts what is committed and still kept. It is exact unless entries of
// the kind change meanwhile.
func (f *file) count(ctx context.Context, kind claims.Kind) (int, error) {
	f.merging.Lock()
	defer f.merging.Unlock()
	total, now := 0, f.now()
	for from := []byte{byte(kind)}; from != nil; {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		err := f.view(func(tx *bolt.Tx) (err error) {
			var n int
			n, from, err = f.countFrom(treeOf(tx), from, now)
			total += n
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return total + f.table.count(kind, now), nil
}

// countFrom counts in the tree from a key on, and returns where to go on: nil
// at the end of the kind.
func (f *file) countFrom(t tree, from []byte, now instant) (n int, next []byte, err error) {
	c := t.entries.Cursor()
	steps := 0
	for k, encoded := c.Seek(from); len(k) == len(key{}) && k[0] == from[0]; k, encoded = c.Next() {
		if steps++; steps > countStep {
			return n, bytes.Clone(k), nil
		}
		if _, hidden := f.table.lookup(key(k)); hidden {
			continue
		}
		e, err := decodeEntry(encoded)
		if err != nil {
			return 0, nil, err
		}
		if e.held(now) {
			n++
		}
	}
	return n, nil, nil
}
