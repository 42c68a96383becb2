package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/customergate/customergate/caddymodule/claims"
)

// Server is that of a store.
type Server interface {
	Stop()
	Start() error
	Freeze() // it accepts connections, and nothing more
	Thaw()
}

// RunOutages tests that a store says by itself that its server is gone, at the
// latest when its timeout is over, and works again when it is back.
func RunOutages(t *testing.T, server Server, store claims.Store) {
	t.Run("stopped", func(t *testing.T) {
		claim(t, store)
		server.Stop()
		if err := failToClaim(t, store); errors.Is(err, context.DeadlineExceeded) {
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
		if err := failToClaim(t, store); !errors.Is(err, context.DeadlineExceeded) {
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

func failToClaim(t *testing.T, store claims.Store) error {
	t.Helper()
	_, err := Claim(t.Context(), store)
	if err == nil {
		t.Error("without its server the store works")
	}
	return err
}
