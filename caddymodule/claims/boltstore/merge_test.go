package boltstore

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/customergate/customergate/caddymodule/claims"
)

// model is what a store must hold.
type model map[claims.ID]claims.State

// TestMerge fills several journals, and compares the store with a model at
// every stage, and after a crash (a copy of the file) at every stage.
func TestMerge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "claims.db")
	store, want := openStore(t, path), make(model)
	value := bytes.Repeat([]byte("v"), 150<<10)
	stages := make(map[bool]int) // by whether a merge was going on
	for i := range 160 {
		change(t, store, want, i, value)
		if i%20 == 19 {
			stages[journalsOf(t, store) > 1]++
			compare(t, store, want)
			compare(t, copyOf(t, store), want)
		}
	}
	if stages[true] == 0 || stages[false] == 0 {
		t.Errorf("compared %d times in a merge and %d times out of one, want both", stages[true], stages[false])
	}
	if n := journalsOf(t, store); n > 2 {
		t.Errorf("%d journals are left, want 2 at most", n)
	}
	check(t, store.file)
}

// change makes the i-th change of a row, that of an entry of long ago too.
func change(t *testing.T, store *Bolt, want model, i int, value []byte) {
	t.Helper()
	id, token := randomID(), claims.NewToken()
	reserve(t, store, id, token, time.Hour)
	want[id] = claims.Pending
	switch i % 10 {
	case 0: // held
	case 1:
		if err := store.Release(t.Context(), id, token); err != nil {
			t.Fatal(err)
		}
		want[id] = claims.Free
	case 2:
		if _, err := store.Import(t.Context(), []claims.ID{id}); err != nil {
			t.Fatal(err)
		}
		want[id] = claims.Committed
	case 3:
		if err := store.Commit(t.Context(), id, token, value, time.Hour); err != nil {
			t.Fatal(err)
		}
		want[id] = claims.Committed
	case 4:
		for id, state := range want {
			if there, err := store.Forget(t.Context(), id); err != nil || there != (state != claims.Free) {
				t.Fatalf("Forget of an entry that is %s tells %t (%v)", state, there, err)
			}
			want[id] = claims.Free
			break
		}
	default:
		commit(t, store, id, token, value)
		want[id] = claims.Committed
	}
}

func compare(t *testing.T, store *Bolt, want model) {
	t.Helper()
	committed := 0
	for id, state := range want {
		if found := look(t, store, id); found.State != state {
			t.Fatalf("an entry is %s, want %s", found.State, state)
		}
		if state == claims.Committed {
			committed++
		}
	}
	if n, err := store.Count(t.Context(), claims.Email); err != nil || n != committed {
		t.Fatalf("Count tells %d (%v), want %d", n, err, committed)
	}
}

// copyOf opens a copy of the file as it is on the disk.
func copyOf(t *testing.T, store *Bolt) *Bolt {
	t.Helper()
	path := filepath.Join(t.TempDir(), "copy.db")
	err := store.file.view(func(tx *bolt.Tx) error { return tx.CopyFile(path, 0o600) })
	if err != nil {
		t.Fatal(err)
	}
	return openStore(t, path)
}

// TestMemoryIsBounded: what is merged leaves the memory, but for reservations.
func TestMemoryIsBounded(t *testing.T) {
	store := openStore(t, filepath.Join(t.TempDir(), "claims.db"))
	held, before := randomID(), heap()
	reserve(t, store, held, claims.NewToken(), time.Hour)
	for range 24 {
		commit(t, store, randomID(), claims.NewToken(), make([]byte, 2<<20))
	}
	if grown := int64(heap() - before); grown > 3*journalSize {
		t.Errorf("the process needs %d MiB more for 48 MiB of values", grown>>20)
	}
	if found := look(t, store, held); found.State != claims.Pending {
		t.Errorf("the reservation is %s", found.State)
	}
}

// TestBatchKeepsNoLargeSpace: what a batch of long values took is not kept for
// the next one.
func TestBatchKeepsNoLargeSpace(t *testing.T) {
	store := openStore(t, filepath.Join(t.TempDir(), "claims.db"))
	const large = 4 * journalSize
	id, before := randomID(), heap()
	commit(t, store, id, claims.NewToken(), make([]byte, large))
	for !inTree(t, store, id) || journalsOf(t, store) > 1 { // it is in memory until it is merged
		commit(t, store, randomID(), claims.NewToken(), make([]byte, mergeStep))
	}
	if grown := int64(heap() - before); grown > large/2 {
		t.Errorf("the process needs %d MiB more", grown>>20)
	}
}

// TestReserveSeesWhatCameSince: between looking whether an entry is free and
// reserving it, others may have got it into the tree.
func TestReserveSeesWhatCameSince(t *testing.T) {
	store := openStore(t, filepath.Join(t.TempDir(), "claims.db"))
	value := bytes.Repeat([]byte("v"), 60<<10)
	for name, come := range map[string]func(claims.ID){
		"imported": func(id claims.ID) {
			if _, err := store.Import(t.Context(), []claims.ID{id}); err != nil {
				t.Fatal(err)
			}
		},
		"committed and merged": func(id claims.ID) {
			commit(t, store, id, claims.NewToken(), nil)
			for !inTree(t, store, id) || journalsOf(t, store) > 1 {
				commit(t, store, randomID(), claims.NewToken(), value)
			}
		},
	} {
		id, seen := randomID(), store.file.table.revealed.Load()
		come(id)
		var found claims.Found
		err := store.file.writer.do(t.Context(), func(b *batch) error {
			found = b.reserve(keyOf(id), claims.NewToken(), time.Minute, seen)
			return nil
		})
		if err != nil || found.State != claims.Committed {
			t.Errorf("%s: it finds %s (%v), want committed", name, found.State, err)
		}
	}
}

// inTree reports whether an entry has left the journals.
func inTree(t *testing.T, store *Bolt, id claims.ID) bool {
	t.Helper()
	var e entry
	err := store.file.view(func(tx *bolt.Tx) (err error) {
		e, err = treeOf(tx).get(keyOf(id))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return e.state != claims.Free
}

// TestReserveSeesWhatIsBeingWritten: a look at the tree shows nothing of an
// import whose transaction is not over.
func TestReserveSeesWhatIsBeingWritten(t *testing.T) {
	store, id := openStore(t, filepath.Join(t.TempDir(), "claims.db")), randomID()
	var seen uint64
	err := store.file.writer.do(t.Context(), func(b *batch) error {
		b.load(keyOf(id))
		seen = store.file.table.revealed.Load() // as Reserve does, which then finds
		if e, err := store.file.look(keyOf(id)); err != nil || e.state != claims.Free {
			t.Errorf("it is %s already (%v)", e.state, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var found claims.Found
	err = store.file.writer.do(t.Context(), func(b *batch) error {
		found = b.reserve(keyOf(id), claims.NewToken(), time.Minute, seen)
		return nil
	})
	if err != nil || found.State != claims.Committed {
		t.Errorf("Reserve finds %s (%v), want committed", found.State, err)
	}
}
