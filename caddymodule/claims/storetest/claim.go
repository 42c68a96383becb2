package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/claims"
)

// NewContext is that of a configuration, until the end of the test.
func NewContext(t testing.TB) caddy.Context {
	ctx, cancel := caddy.NewContext(caddy.Context{Context: context.Background()})
	t.Cleanup(cancel)
	return ctx
}

// Claim reserves and commits a new entry.
func Claim(ctx context.Context, s claims.Store) (claims.ID, error) {
	id, token := NewID(claims.Email), claims.NewToken()
	if _, err := s.Reserve(ctx, id, token, time.Minute); err != nil {
		return id, err
	}
	return id, s.Commit(ctx, id, token, []byte("value"), 0)
}
