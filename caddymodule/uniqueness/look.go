package uniqueness

import (
	"context"
	"errors"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

// lookLimit is how long a store may take to say who has an address to somebody who
// changes nothing.
const lookLimit = 250 * time.Millisecond

// Look finds what Claim would find of an address whose domain is in lower case, and
// changes nothing. Its error tells that nobody knows: the store is not ready, fails
// or cannot be searched.
func (k *Keeper) Look(ctx context.Context, tenant, address string) (found claims.Found, err error) {
	if k == nil {
		return found, nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	err = k.With(ctx, func(c *Claims) error {
		found, err = c.Look(ctx, c.ID(tenant, address))
		return err
	})
	return found, err
}

// Ready reports whether the store answers, or requests go on without it.
func (k *Keeper) Ready(ctx context.Context) bool {
	if k == nil || k.onward {
		return true
	}
	_, err := k.Look(ctx, "", "")
	return err == nil || errors.Is(err, errNoAdministrator)
}
