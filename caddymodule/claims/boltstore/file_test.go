package boltstore

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/customergate/customergate/caddymodule/claims"
)

// damage changes a file that holds some claims, and is closed.
func damage(t *testing.T, change func(file []byte) []byte) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "claims.db")
	f, err := openFile(path, startClock())
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]claims.ID, 5000)
	for i := range ids {
		ids[i] = randomID()
	}
	if _, err := f.load(t.Context(), ids); err != nil {
		t.Fatal(err)
	}
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpenRefuses(t *testing.T) {
	page := os.Getpagesize()
	tests := map[string]struct {
		path func(t *testing.T) string
		want error
	}{
		"text": {func(t *testing.T) string {
			return damage(t, func([]byte) []byte { return bytes.Repeat([]byte("text"), 10_000) })
		}, errNotOurs},
		"a few octets": {func(t *testing.T) string {
			return damage(t, func([]byte) []byte { return []byte("text") })
		}, errNotOurs},
		"another program's": {func(t *testing.T) string {
			return withBucket(t, func(tx *bolt.Tx) error {
				_, err := tx.CreateBucket([]byte("raft"))
				return err
			})
		}, errNotOurs},
		"a later version's": {func(t *testing.T) string {
			return withBucket(t, func(tx *bolt.Tx) error {
				b, err := tx.CreateBucket(bucketAbout)
				return errors.Join(err, b.Put(keyFormat, []byte{2}))
			})
		}, errLater},
		"both heads broken": {func(t *testing.T) string {
			return damage(t, func(file []byte) []byte {
				file[40]++
				file[page+40]++
				return file
			})
		}, errDamaged},
		"cut off": {func(t *testing.T) string {
			return damage(t, func(file []byte) []byte { return file[:4*page] })
		}, errDamaged},
		"all but the heads overwritten": {func(t *testing.T) string {
			return damage(t, func(file []byte) []byte {
				for i := range file[2*page:] {
					file[2*page+i] = byte(i * 7)
				}
				return file
			})
		}, errDamaged},
		"a journal of another form": {func(t *testing.T) string {
			return withBucket(t, func(tx *bolt.Tx) error {
				b, err := tx.CreateBucket(bucketAbout)
				return errors.Join(err, b.Put(keyFormat, format), journal{number: 1}.write(tx, []byte("records")))
			})
		}, errDamaged},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := test.path(t)
			store := provision(t, path)
			err := store.Start()
			if !errors.Is(err, test.want) {
				t.Fatalf("Start: %v, want that %v", err, test.want)
			}
			if !strings.Contains(err.Error(), path) {
				t.Errorf("%q does not name the file", err)
			}
			// Its lock is not held on to.
			if err := os.Truncate(path, 0); err != nil {
				t.Fatal(err)
			}
			openStore(t, path)
		})
	}
}

// withBucket makes a file of bbolt's that was not made by this package.
func withBucket(t *testing.T, fill func(*bolt.Tx) error) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "claims.db")
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(fill), db.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestInUse: the lock is that of an open file, so another one in the same
// process stands for another process.
func TestInUse(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "claims.db")
	other, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = provision(t, path).Start()
	if !errors.Is(err, claims.ErrInUse) || !strings.Contains(err.Error(), "another process") {
		t.Errorf("Start: %v, want that another process has the file open", err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	openStore(t, path)
}

// TestDamagedWhileOpen: bbolt panics, and reads memory that is not there. The
// process goes on, and every call fails.
func TestDamagedWhileOpen(t *testing.T) {
	for name, harm := range map[string]func(file *os.File, size int64) error{
		"cut off": func(file *os.File, _ int64) error { return file.Truncate(int64(2 * os.Getpagesize())) },
		"overwritten": func(file *os.File, size int64) error {
			_, err := file.WriteAt(bytes.Repeat([]byte{0xa5}, int(size)-2*os.Getpagesize()), int64(2*os.Getpagesize()))
			return err
		},
		"emptied": func(file *os.File, _ int64) error { return file.Truncate(0) },
		"overwritten from the start": func(file *os.File, size int64) error {
			_, err := file.WriteAt(bytes.Repeat([]byte{0xa5}, int(size)), 0)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := damage(t, bytes.Clone)
			store := provision(t, path)
			if err := store.Start(); err != nil {
				t.Fatal(err)
			}
			file, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			info, err := file.Stat()
			if err != nil {
				t.Fatal(err)
			}
			if err := harm(file, info.Size()); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				id, token := randomID(), claims.NewToken()
				for call, err := range map[string]error{
					"Reserve": second(store.Reserve(t.Context(), id, token, time.Minute)),
					"Commit":  store.Commit(t.Context(), id, token, nil, 0),
					"Import":  second(store.Import(t.Context(), []claims.ID{id})),
					"Count":   second(store.Count(t.Context(), claims.Email)),
				} {
					if !errors.Is(err, errUnusable) {
						t.Errorf("%s: %v, want that the file is damaged", call, err)
					}
				}
			}
			if err := store.Cleanup(); err != nil {
				t.Errorf("Cleanup: %v", err)
			}
			if err := file.Truncate(0); err != nil {
				t.Fatal(err)
			}
			openStore(t, path) // nobody has it locked
		})
	}
}

// TestNoWrite: to find what another has costs no write.
func TestNoWrite(t *testing.T) {
	store := openStore(t, filepath.Join(t.TempDir(), "claims.db"))
	pending, committed := randomID(), randomID()
	reserve(t, store, pending, claims.NewToken(), time.Minute)
	commit(t, store, committed, claims.NewToken(), nil)
	before := transactionsOf(t, store)
	for range 10 {
		for _, id := range []claims.ID{pending, committed} {
			if found, err := store.Reserve(t.Context(), id, claims.NewToken(), time.Minute); err != nil || found.State == claims.Free {
				t.Fatalf("Reserve found %s (%v)", found.State, err)
			}
		}
	}
	if n := transactionsOf(t, store) - before; n != 0 {
		t.Errorf("%d transactions, want none", n)
	}
}

// TestDamagedEntry: whoever meets an entry that cannot be read, no claim is
// taken any more, as others may be damaged that can be.
func TestDamagedEntry(t *testing.T) {
	id, token := randomID(), claims.NewToken()
	for name, meet := range map[string]func(ctx context.Context, store *Bolt) error{
		"Reserve": func(ctx context.Context, s *Bolt) error { return second(s.Reserve(ctx, id, token, time.Minute)) },
		"Commit":  func(ctx context.Context, s *Bolt) error { return s.Commit(ctx, id, token, nil, 0) },
		"Release": func(ctx context.Context, s *Bolt) error { return s.Release(ctx, id, token) },
		"Import":  func(ctx context.Context, s *Bolt) error { return second(s.Import(ctx, []claims.ID{id})) },
		"Count":   func(ctx context.Context, s *Bolt) error { return second(s.Count(ctx, claims.Email)) },
		"Look":    func(ctx context.Context, s *Bolt) error { return second(s.Look(ctx, id)) },
		"Forget":  func(ctx context.Context, s *Bolt) error { return second(s.Forget(ctx, id)) },
		"sweep":   func(ctx context.Context, s *Bolt) error { return s.file.sweep(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			store := openStore(t, filepath.Join(t.TempDir(), "claims.db"))
			k := keyOf(id)
			err := store.file.update(func(tx *bolt.Tx) error {
				tree := treeOf(tx)
				return errors.Join(tree.entries.Put(k[:], []byte("form")), tree.ends().Put(endKey(0, k), nil))
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := meet(t.Context(), store); !errors.Is(err, errUnusable) {
				t.Errorf("%s: %v, want that the file is damaged", name, err)
			}
			if err := store.Commit(t.Context(), randomID(), token, nil, 0); !errors.Is(err, errUnusable) {
				t.Errorf("then Commit: %v, want that the file is damaged", err)
			}
		})
	}
}
