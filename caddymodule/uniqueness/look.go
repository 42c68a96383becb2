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

// lookPause is how long nobody looks again when a store has not answered: whoever is
// only watched is not to wait for it.
const lookPause = time.Second

var errBlind = errors.New("the claims store has not answered a moment ago")

// Look finds what Claim would find of an address whose domain is in lower case, and
// changes nothing. Its error tells that nobody knows: the store is not ready, fails
// or cannot be searched, or has done so less than lookPause ago.
func (k *Keeper) Look(ctx context.Context, tenant, address string) (found claims.Found, err error) {
	if k == nil {
		return found, nil
	}
	if time.Now().UnixNano() < k.blind.Load() {
		return found, errBlind
	}
	found, err = k.look(ctx, tenant, address)
	if err != nil {
		k.blind.Store(time.Now().Add(lookPause).UnixNano())
	}
	return found, err
}

func (k *Keeper) look(ctx context.Context, tenant, address string) (found claims.Found, err error) {
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
	_, err := k.look(ctx, "", "")
	return err == nil || errors.Is(err, errNoAdministrator)
}
