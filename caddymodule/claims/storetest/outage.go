package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

// Server is that of a store.
type Server interface {
	Stop()
	Start() error
	Freeze() // it accepts connections, and nothing more
	Thaw()
}

// RunOutages tests that a store says within its timeout, and a little more, that
// its server is gone, and works again when it is back.
func RunOutages(t *testing.T, server Server, store claims.Store, timeout time.Duration) {
	t.Run("stopped", func(t *testing.T) {
		claim(t, store)
		server.Stop()
		if err := failToClaim(t, store, timeout); errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it waits for a server that refuses connections: %v", err)
		}
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		claim(t, store)
	})
	t.Run("frozen", func(t *testing.T) {
		claim(t, store)
		server.Freeze()
		if err := failToClaim(t, store, timeout); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %v", err)
		}
		server.Thaw()
		claim(t, store)
	})
}

func claim(t *testing.T, store claims.Store) {
	t.Helper()
	if _, err := Claim(t.Context(), store); err != nil {
		t.Fatal(err)
	}
}

func failToClaim(t *testing.T, store claims.Store, timeout time.Duration) error {
	t.Helper()
	const slack = 500 * time.Millisecond
	began := time.Now()
	_, err := Claim(t.Context(), store)
	if took := time.Since(began); err == nil || took > timeout+slack {
		t.Errorf("without its server the store says %v after %v", err, took)
	}
	return err
}
