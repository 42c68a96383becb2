package boltstore

import (
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/customergate/customergate/caddymodule/claims"
)

// A failing database is one of bbolt's on a disk that fails one transaction.
type failing struct {
	database
	after int  // transactions that succeed before
	late  bool // it fails when the disk may have it already
}

func (f *failing) Update(change func(*bolt.Tx) error) error {
	f.after--
	switch {
	case f.after != -1:
		return f.database.Update(change)
	case f.late:
		return errors.Join(f.database.Update(change), syscall.ENOSPC)
	}
	return f.database.Update(func(tx *bolt.Tx) error { return errors.Join(change(tx), syscall.ENOSPC) })
}

// strike puts the database under a store, and returns when one transaction has
// succeeded on it. A full journal makes others due.
func (f *failing) strike(t *testing.T, store *Bolt, fullJournal bool) {
	t.Helper()
	err := store.file.writer.do(t.Context(), func(*batch) error {
		if fullJournal {
			store.file.journal.limit = 0
		}
		f.database, store.file.db = store.file.db, f
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDiskFails: whichever transaction meets a fault, what is acknowledged
// lasts. The store goes on, unless nobody knows whether the disk has it.
func TestDiskFails(t *testing.T) {
	for _, late := range []bool{false, true} {
		for after := range 4 {
			for _, fullJournal := range []bool{false, true} {
				t.Run(fmt.Sprintf("late %t/after %d transactions/full journal %t", late, after, fullJournal), func(t *testing.T) {
					testDiskFails(t, &failing{after: after, late: late}, fullJournal)
				})
			}
		}
	}
}

func testDiskFails(t *testing.T, f *failing, fullJournal bool) {
	path, ctx := filepath.Join(t.TempDir(), "claims.db"), t.Context()
	store := provision(t, path)
	if err := store.Start(); err != nil {
		t.Fatal(err)
	}
	var ids [6]claims.ID
	for i := range ids {
		ids[i] = randomID()
	}
	token, want := claims.NewToken(), make(model)
	reserve(t, store, ids[0], token, time.Hour)
	reserve(t, store, ids[1], token, time.Hour)
	commit(t, store, ids[2], token, nil)
	want[ids[2]] = claims.Committed
	f.strike(t, store, fullJournal)

	failures := 0
	acknowledged := func(id claims.ID, state claims.State, err error) {
		if err != nil {
			failures++
		} else {
			want[id] = state
		}
	}
	enoughToMerge := make([]byte, mergeStep)
	acknowledged(ids[0], claims.Committed, store.Commit(ctx, ids[0], token, enoughToMerge, 0))
	acknowledged(ids[3], claims.Committed, second(store.Import(ctx, ids[3:4])))
	acknowledged(ids[1], claims.Free, store.Release(ctx, ids[1], token))
	acknowledged(ids[4], claims.Pending, second(store.Reserve(ctx, ids[4], token, time.Hour)))
	acknowledged(ids[2], claims.Free, second(store.Forget(ctx, ids[2])))
	acknowledged(ids[5], claims.Committed, store.Commit(ctx, ids[5], token, enoughToMerge, 0))

	if !f.late {
		if failures > 1 {
			t.Errorf("%d calls have failed, want the one that met the fault at most", failures)
		}
		check(t, store.file)
	} else if err := store.Commit(ctx, ids[5], token, nil, 0); !errors.Is(err, errUnknown) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Commit: %v, want that the store has stopped, and why", err)
	}
	if err := store.Cleanup(); err != nil {
		t.Error(err)
	}
	store = openStore(t, path)
	check(t, store.file)
	for id, state := range want {
		if found := look(t, store, id); found.State != state {
			t.Errorf("an entry that was acknowledged as %s is %s", state, found.State)
		}
	}
}
