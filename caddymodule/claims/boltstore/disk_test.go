package boltstore

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/customergate/customergate/caddymodule/claims"
)

// A fault is what a disk does once, in one transaction.
type fault struct {
	after   int  // transactions that succeed before
	meta    bool // it fails at the meta page, which makes the others count; else before
	written int  // octets of the page that are written all the same
}

const wholePage = 1 << 30

// strike puts a disk under the file that has a fault, and returns when one
// transaction has succeeded on it. A full journal makes others due.
func strike(t *testing.T, store *Bolt, f fault, fullJournal bool) {
	t.Helper()
	ops := reflect.ValueOf(store.file.db).Elem().FieldByName("ops").FieldByName("writeAt")
	writeAt := (*func([]byte, int64) (int, error))(unsafe.Pointer(ops.UnsafeAddr())) // bbolt's own tests have no other way
	err := store.file.writer.do(t.Context(), func(*batch) error {
		if fullJournal {
			store.file.journal.limit = 0
		}
		*writeAt = f.over(*writeAt)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (f fault) over(writeAt func([]byte, int64) (int, error)) func([]byte, int64) (int, error) {
	return func(page []byte, offset int64) (int, error) {
		meta := offset < int64(2*os.Getpagesize())
		if f.after == 0 && meta == f.meta {
			f.after--
			n, _ := writeAt(page[:min(f.written, len(page))], offset)
			return n, syscall.ENOSPC
		}
		if meta {
			f.after--
		}
		return writeAt(page, offset)
	}
}

// TestDiskFails: whichever transaction meets a fault, what is acknowledged
// lasts. The store goes on, unless nobody knows whether the disk has it.
func TestDiskFails(t *testing.T) {
	for name, f := range map[string]fault{
		"at a page":                  {},
		"at a page that was written": {written: wholePage},
		"at the meta page":           {meta: true},
		"within the meta page":       {meta: true, written: 48},
		"before the meta page's sum": {meta: true, written: 72},
		"after the meta page":        {meta: true, written: wholePage},
	} {
		for f.after = 1; f.after <= 4; f.after++ {
			for _, fullJournal := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/after %d transactions/full journal %t", name, f.after, fullJournal), func(t *testing.T) {
					testDiskFails(t, f, fullJournal)
				})
			}
		}
	}
}

func testDiskFails(t *testing.T, f fault, fullJournal bool) {
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
	strike(t, store, f, fullJournal)

	failures := 0
	acknowledged := func(id claims.ID, state claims.State, err error) {
		if err != nil {
			failures++
		} else {
			want[id] = state
		}
	}
	enoughToMerge := bytes.Repeat([]byte("v"), mergeStep)
	acknowledged(ids[0], claims.Committed, store.Commit(ctx, ids[0], token, enoughToMerge, 0))
	acknowledged(ids[3], claims.Committed, second(store.Import(ctx, ids[3:4])))
	acknowledged(ids[1], claims.Free, store.Release(ctx, ids[1], token))
	acknowledged(ids[4], claims.Pending, second(store.Reserve(ctx, ids[4], token, time.Hour)))
	acknowledged(ids[2], claims.Free, second(store.Forget(ctx, ids[2])))
	acknowledged(ids[5], claims.Committed, store.Commit(ctx, ids[5], token, enoughToMerge, 0))

	if unknown := f.meta && f.written == wholePage; !unknown {
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
