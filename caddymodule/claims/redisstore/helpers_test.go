package redisstore

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
	"github.com/customergate/customergate/internal/testservers"
)

// shared is a server for all tests that only need one.
var shared *testservers.Redis

func TestMain(m *testing.M) {
	var err error
	if shared, err = testservers.StartRedis(testservers.RedisOptions{}); err != nil {
		panic(err)
	}
	code := m.Run()
	shared.Close()
	os.Exit(code)
}

// provision makes a store of a configuration that is right.
func provision(t testing.TB, s *Store) *Store {
	t.Helper()
	if err := s.Provision(storetest.NewContext(t)); err != nil {
		t.Fatal(err)
	}
	return s
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

func look(t testing.TB, s *Store, id claims.ID) claims.Found {
	t.Helper()
	found, err := s.Look(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// eventually repeats what takes a server a while.
func eventually(t testing.TB, check func() bool) bool {
	for t.Context().Err() == nil {
		if check() {
			return true
		}
		if deadline, ok := t.(*testing.T).Deadline(); ok && time.Until(deadline) < 10*time.Second {
			return false
		}
	}
	return false
}
