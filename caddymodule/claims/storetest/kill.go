package storetest

import (
	"testing"

	"github.com/customergate/customergate/caddymodule/claims"
)

// KillableServer is that of a store, which can end without warning.
type KillableServer interface {
	Kill()
	Start() error
}

// RunKills tests that a server which is killed so many times loses nothing that a
// store has acknowledged.
func RunKills(t *testing.T, server KillableServer, store claims.Administrator, kills int) {
	for range kills {
		acknowledged := claimUntilItFails(t, store, server.Kill)
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		for _, id := range acknowledged {
			if found := Look(t, store, id); found.State != claims.Committed {
				t.Fatalf("a claim that was acknowledged is %v", found.State)
			}
		}
	}
}

// claimUntilItFails claims new entries while the server is killed, and returns
// those that were acknowledged.
func claimUntilItFails(t *testing.T, store claims.Store, kill func()) (acknowledged []claims.ID) {
	t.Helper()
	enough, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			id, err := Claim(t.Context(), store)
			if err != nil {
				return
			}
			if acknowledged = append(acknowledged, id); len(acknowledged) == 50 {
				close(enough)
			}
		}
	}()
	select {
	case <-enough:
	case <-done:
		t.Fatal("too few claims before the kill")
	}
	kill()
	<-done
	return acknowledged
}
