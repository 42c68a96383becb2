package boltstore

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/customergate/customergate/caddymodule/claims"
)

// TestSweep: what is no longer kept leaves the file, and nothing else does.
func TestSweep(t *testing.T) {
	var now atomic.Int64
	store := openAt(t, filepath.Join(t.TempDir(), "claims.db"), &now)
	ctx, token := t.Context(), claims.NewToken()
	value := make([]byte, 20<<10)
	const ending, lasting, atOnce = 1500, 10, 10 // more than a step
	commits := func(n int, keep time.Duration) {
		for range n / atOnce {
			var group sync.WaitGroup
			for range atOnce {
				group.Go(func() {
					if err := store.Commit(ctx, randomID(), token, value, keep); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
		}
	}
	commits(ending, time.Hour)
	commits(lasting, 2*time.Hour)
	commits(lasting, 0)
	commits(2*journalSize/len(value), time.Minute) // so that all above is in the tree
	now.Store(int64(time.Hour))
	before := stored(t, store)
	if err := store.file.sweep(ctx); err != nil {
		t.Fatal(err)
	}
	entries, ends := stored(t, store)[0], stored(t, store)[1]
	if before[0] < ending || entries < 2*lasting-1 || ends != entries-lasting {
		t.Errorf("%d entries, then %d, and %d ends, are in the tree", before[0], entries, ends)
	}
	if n, err := store.Count(ctx, claims.Email); err != nil || n != 2*lasting {
		t.Errorf("Count tells %d (%v), want %d", n, err, 2*lasting)
	}
	transactions := transactionsOf(t, store)
	if err := store.file.sweep(ctx); err != nil || transactionsOf(t, store) != transactions {
		t.Errorf("a sweep with nothing to do writes (%v)", err)
	}
	check(t, store.file)
}

// TestSweepTakesNoCommitted: what was committed anew after it was found to have
// ended stays.
func TestSweepTakesNoCommitted(t *testing.T) {
	store, id := openStore(t, filepath.Join(t.TempDir(), "claims.db")), randomID()
	if _, err := store.Import(t.Context(), []claims.ID{id}); err != nil {
		t.Fatal(err)
	}
	found := []end{{1, keyOf(id)}, {1, keyOf(randomID())}}
	err := store.file.writer.do(t.Context(), func(b *batch) error {
		b.sweep(found)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found := look(t, store, id); found.State != claims.Committed {
		t.Errorf("the entry is %s, want committed", found.State)
	}
}

// TestSweepEnds: an end that fits no entry, as a damaged entry leaves behind, is
// not found for ever.
func TestSweepEnds(t *testing.T) {
	store, lasting := openStore(t, filepath.Join(t.TempDir(), "claims.db")), randomID()
	if _, err := store.Import(t.Context(), []claims.ID{lasting}); err != nil {
		t.Fatal(err)
	}
	err := store.file.update(func(tx *bolt.Tx) error {
		ends := treeOf(tx).ends()
		return errors.Join(ends.Put(endKey(1, keyOf(lasting)), nil), ends.Put(endKey(1, keyOf(randomID())), nil))
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := store.file.sweep(ctx); err != nil {
		t.Errorf("sweep: %v, want that it ends", err)
	}
	if found := look(t, store, lasting); found.State != claims.Committed {
		t.Errorf("the entry is %s, want committed", found.State)
	}
}

// stored is how many entries and ends are in the tree.
func stored(t *testing.T, store *Bolt) (n [2]int) {
	t.Helper()
	err := store.file.view(func(tx *bolt.Tx) error {
		n = [2]int{tx.Bucket(bucketTree).Stats().KeyN, tx.Bucket(bucketEnds).Stats().KeyN}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
