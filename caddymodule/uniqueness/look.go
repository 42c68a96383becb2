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

var errCannotLook = errors.New("the store cannot be searched")

// Look finds what Claim would find of an address whose domain is in lower case, and
// changes nothing. Its error tells that nobody knows: the store is not ready, fails
// or cannot be searched.
func (k *Keeper) Look(ctx context.Context, tenant, address string) (claims.Found, error) {
	if k == nil {
		return claims.Found{}, nil
	}
	visit := k.Enter()
	defer visit.Leave()
	store, ok := k.store.bare.(claims.Administrator)
	if !ok {
		return claims.Found{}, errCannotLook
	}
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	if err := visit.Await(ctx); err != nil {
		return claims.Found{}, err
	}
	if err := k.store.mark.look(ctx, store); err != nil {
		return claims.Found{}, err
	}
	return store.Look(ctx, k.store.mark.pepper.emailID(tenant, address))
}

// Ready reports whether the store answers, or requests go on without it.
func (k *Keeper) Ready(ctx context.Context) bool {
	if k == nil || k.onward {
		return true
	}
	_, err := k.Look(ctx, "", "")
	return err == nil || errors.Is(err, errCannotLook)
}
