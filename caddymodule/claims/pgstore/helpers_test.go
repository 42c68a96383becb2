package pgstore

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/internal/testservers"
)

// shared is a server for all tests that only need one.
var shared *testservers.Postgres

func TestMain(m *testing.M) {
	var err error
	if shared, err = testservers.StartPostgres(testservers.PostgresOptions{}); err != nil {
		panic(err)
	}
	code := m.Run()
	shared.Close()
	os.Exit(code)
}

// provision makes a store of a configuration that is right.
func provision(t testing.TB, s *Store) *Store {
	t.Helper()
	if err := s.Provision(newContext(t)); err != nil {
		t.Fatal(err)
	}
	return s
}

func newContext(t testing.TB) caddy.Context {
	ctx, cancel := caddy.NewContext(caddy.Context{Context: context.Background()})
	t.Cleanup(cancel)
	return ctx
}

// start starts a store until the end of the test.
func start(t testing.TB, s *Store) *Store {
	t.Helper()
	provision(t, s)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Cleanup(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func newID() claims.ID {
	id := claims.ID{Kind: claims.Email}
	for i := 0; i < len(id.Sum); i += 16 {
		token := claims.NewToken()
		copy(id.Sum[i:], token[:])
	}
	return id
}

func look(t testing.TB, s *Store, id claims.ID) claims.Found {
	t.Helper()
	found, err := s.Look(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// claim reserves and commits a new entry.
func claim(ctx context.Context, s *Store) (claims.ID, error) {
	id, token := newID(), claims.NewToken()
	if _, err := s.Reserve(ctx, id, token, time.Minute); err != nil {
		return id, err
	}
	return id, s.Commit(ctx, id, token, []byte("value"), 0)
}

// setDSN puts a DSN into a file, and returns the placeholder for it.
func setDSN(t testing.TB, dsn string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "dsn")
	if err := os.WriteFile(file, []byte(dsn+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return "{file." + file + "}"
}
