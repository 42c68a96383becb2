package boltstore

import (
	"context"
	"crypto/rand"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	bolt "go.etcd.io/bbolt"
	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/claims"
)

// provision returns a module that has been configured, but not started.
func provision(t testing.TB, path string) *Bolt {
	t.Helper()
	ctx, cancel := caddy.NewContext(caddy.Context{Context: context.Background()})
	t.Cleanup(cancel)
	store := &Bolt{File: path}
	if err := store.Provision(ctx); err != nil {
		t.Fatal(err)
	}
	store.logger = zap.NewNop()
	return store
}

// openStore returns a module that is used until the test ends.
func openStore(t testing.TB, path string) *Bolt {
	t.Helper()
	store := provision(t, path)
	if err := store.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Cleanup(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func randomID() claims.ID {
	id := claims.ID{Kind: claims.Email}
	_, _ = rand.Read(id.Sum[:]) // it never fails
	return id
}

func reserve(t testing.TB, store *Bolt, id claims.ID, token claims.Token, lease time.Duration) {
	t.Helper()
	found, err := store.Reserve(t.Context(), id, token, lease)
	if err != nil || found.State != claims.Free {
		t.Fatalf("Reserve found %s (%v), want free", found.State, err)
	}
}

func commit(t testing.TB, store *Bolt, id claims.ID, token claims.Token, value []byte) {
	t.Helper()
	if err := store.Commit(t.Context(), id, token, value, 0); err != nil {
		t.Fatal(err)
	}
}

func look(t testing.TB, store *Bolt, id claims.ID) claims.Found {
	t.Helper()
	found, err := store.Look(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// openAt returns a module whose file has a clock of its own.
func openAt(t testing.TB, path string, now *atomic.Int64) *Bolt {
	t.Helper()
	f, err := openFile(path, func() instant { return instant(now.Load()) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.close(); err != nil {
			t.Error(err)
		}
	})
	return &Bolt{file: f}
}

// journalsOf is how many journals the file has: more than one while a merge goes
// on.
func journalsOf(t testing.TB, store *Bolt) (n int) {
	t.Helper()
	err := store.file.view(func(tx *bolt.Tx) error {
		n = len(journals(tx))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// heap is how many octets the process still needs.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // for what the first one has only taken out of pools
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// transactionsOf is how many the file has seen. Each costs two fdatasync.
func transactionsOf(t testing.TB, store *Bolt) (n int) {
	t.Helper()
	err := store.file.view(func(tx *bolt.Tx) error {
		n = tx.ID()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
