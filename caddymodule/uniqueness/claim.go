package uniqueness

import (
	"context"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

// claim is a reservation by one request: of an email address, or of an
// idempotency key.
type claim struct {
	store claims.Store
	id    claims.ID
	token claims.Token
}

func newClaim(store claims.Store, id claims.ID) *claim {
	return &claim{store: store, id: id, token: claims.NewToken()}
}

func (c *claim) commit(ctx context.Context, value []byte, keep time.Duration) error {
	return c.store.Commit(ctx, c.id, c.token, value, keep)
}

func (c *claim) reserve(ctx context.Context, lease time.Duration) (claims.Found, error) {
	return c.store.Reserve(ctx, c.id, c.token, lease)
}

func (c *claim) release(ctx context.Context) error { return c.store.Release(ctx, c.id, c.token) }
