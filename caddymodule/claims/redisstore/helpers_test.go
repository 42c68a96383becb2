package redisstore

import (
	"os"
	"testing"
	"time"

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
