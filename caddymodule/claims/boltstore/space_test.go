//go:build linux || darwin

package boltstore

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/customergate/customergate/caddymodule/claims"
)

// TestNoSpace: what could not be written has not happened, and when there is
// space again, the store goes on.
func TestNoSpace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "claims.db")
	store := openStore(t, path)
	lost, kept, token := randomID(), randomID(), claims.NewToken()
	large := make([]byte, 40<<20)
	giveSpace := takeSpace(t, path)
	if err := store.Commit(t.Context(), lost, token, large, 0); err == nil {
		t.Fatal("the value has been written")
	}
	if found := look(t, store, lost); found.State != claims.Free {
		t.Errorf("the entry is %s, want free", found.State)
	}
	giveSpace()
	commit(t, store, kept, token, large)
	if found := look(t, store, kept); found.State != claims.Committed {
		t.Errorf("the entry is %s, want committed", found.State)
	}
	check(t, store.file)
}

// spareSpace is what the log of the test's own process needs, and no large value has
// room in.
const spareSpace = 4 << 20

// takeSpace keeps all files of this process from growing beyond the size of one by
// much.
func takeSpace(t *testing.T, path string) (giveSpace func()) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	set := func(size uint64) {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: limit.Max}); err != nil {
			t.Fatal(err)
		}
	}
	set(uint64(info.Size()) + spareSpace)
	return func() { set(limit.Cur) }
}
