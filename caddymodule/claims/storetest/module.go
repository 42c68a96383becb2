package storetest

import (
	"context"
	"testing"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/claims"
)

// Module is a store as a configuration has it.
type Module interface {
	claims.Administrator
	claims.Starter
	caddy.Provisioner
	caddy.CleanerUpper
}

// NewContext is that of a configuration, until the end of the test.
func NewContext(t testing.TB) caddy.Context {
	ctx, cancel := caddy.NewContext(caddy.Context{Context: context.Background()})
	t.Cleanup(cancel)
	return ctx
}

// Provision makes a store of a configuration that is right.
func Provision[M Module](t testing.TB, store M) M {
	t.Helper()
	if err := store.Provision(NewContext(t)); err != nil {
		t.Fatal(err)
	}
	return store
}

// Start provisions a store and starts it, until the end of the test.
func Start[M Module](t testing.TB, store M) M {
	t.Helper()
	if err := Provision(t, store).Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Cleanup(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// Look returns what a store has of an entry.
func Look(t testing.TB, store claims.Administrator, id claims.ID) claims.Found {
	t.Helper()
	found, err := store.Look(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return found
}
