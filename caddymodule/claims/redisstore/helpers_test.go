package redisstore

import (
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/claims/storetest"
	"github.com/customergate/customergate/internal/leak"
	"github.com/customergate/customergate/internal/testservers"
)

// shared is a server for all tests that only need one.
var shared *testservers.Redis

func TestMain(m *testing.M) {
	var err error
	if shared, err = testservers.StartRedis(testservers.RedisOptions{}); err != nil {
		panic(err)
	}
	leak.Main(m, shared.Close)
}

// patience is for stores whose timeout a test is not about: a machine that does
// much else may need long for what takes milliseconds.
const patience = caddy.Duration(time.Minute)

// start starts a patient store, until the end of the test.
func start(t testing.TB, store Store) *Store {
	t.Helper()
	store.Timeout = patience
	return storetest.Start(t, &store)
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
