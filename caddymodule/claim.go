package caddymodule

import (
	"context"
	"errors"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

// claim is a reservation by one request: of an email address, or of an
// idempotency key.
type claim struct {
	*registry
	store claims.Store
	id    claims.ID
	token claims.Token
	since time.Time
}

// claim begins a reservation.
func (r *registry) claim(id claims.ID) claim {
	return claim{registry: r, store: r.store, id: id, token: claims.NewToken(), since: time.Now()}
}

// errStorePanicked takes the place of a panic, whose value might tell of a
// person.
var errStorePanicked = errors.New("the claims store has panicked")

func (c *claim) reserve(ctx context.Context) (found claims.Found, err error) {
	defer catch(&err)
	if err := c.check.pass(ctx, c.store); err != nil {
		return claims.Found{}, err
	}
	found, err = c.store.Reserve(ctx, c.id, c.token, c.lease)
	if err != nil {
		c.abandon()
	}
	return found, err
}

func (c *claim) commit(ctx context.Context, value []byte, keep time.Duration) (err error) {
	defer catch(&err)
	return c.store.Commit(ctx, c.id, c.token, value, keep)
}

func (c *claim) release(ctx context.Context) (err error) {
	defer catch(&err)
	return c.store.Release(ctx, c.id, c.token)
}

// catch is to be deferred.
func catch(err *error) {
	if recover() != nil {
		*err = errStorePanicked
	}
}

// maxAbandoned is how many reservations of a gate are given up at a time: a
// store that is down is not to be busy with them when it is back.
const maxAbandoned = 64

// abandon gives up what the store may have reserved although it did not say so
// in time, for it would be in the way of the client's next attempt until the
// lease ends. Nobody waits for it. What it cannot do, the end of the lease does.
func (c *claim) abandon() {
	select {
	case c.abandoned <- struct{}{}:
	default:
		return
	}
	leaveStore := c.enter()
	go func() {
		defer func() { leaveStore(); <-c.abandoned }()
		ctx, cancel := context.WithTimeout(context.Background(), settleLimit)
		defer cancel()
		_ = persist(ctx, c.release)
	}()
}
