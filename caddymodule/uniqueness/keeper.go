// Package uniqueness lets one registration of an email address through to the
// upstream, and gives a client that repeats a request the first answer again.
//
// A [Keeper] is the option unique_email at work. Each request is a [Visit] to
// it, which reserves an idempotency key, then an address.
//
// What a visit has reserved is settled (committed, released, or left to its
// lease) by that visit alone, in its own goroutine, and once: settling takes the
// reservation out of the visit. It happens at one of three times:
//
//   - in Forward, when the upstream's answer has been judged and the password
//     wiped, and before the client is given any of its body, so that what a
//     client was told is remembered, however slowly it reads. An answer that is
//     longer than what it is judged by settles the address when that much of it
//     has come. A panic on the way is an answer that cannot be judged.
//   - in AnswerNeutrally, when the client is given an answer that hides who has
//     the address. There is no more than a key to settle then.
//   - in GiveUp, before the client is told that the request goes no further.
//
// A reservation that the store may have made without saying so is no visit's. It
// is given up beside it, see abandon; where even that fails, its lease ends it.
package uniqueness

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/claims"
)

// An App is what the handlers of a configuration share.
type App interface {
	// Share returns what was loaded first for a configuration, and has it
	// started with the app.
	Share(config string, load func() (any, error)) (any, error)

	// Await returns when all that is shared has started.
	Await(ctx context.Context) error

	// AtEnd has something done at the end of the configuration, which another
	// one may have replaced.
	AtEnd(do func(replaced bool))
}

// A Keeper is a UniqueEmail at work. Nil is that of a gate without one.
type Keeper struct {
	app     App
	store   *sharedStore
	lease   time.Duration
	onward  bool // let registrations through while the store is down
	success answerRule
	taken   answerRule
	neutral *neutrality // nil for an answer that tells
	logger  *zap.Logger

	abandoned chan struct{} // holds one for each reservation that is being given up
	blind     atomic.Int64  // until when nobody looks again; in nanoseconds since 1970
}

// Provision readies the store without opening it. It returns nil where the
// option is not set.
func (u *UniqueEmail) Provision(ctx caddy.Context, app App) (*Keeper, error) {
	if u == nil {
		return nil, nil
	}
	if u.StoreRaw == nil {
		return nil, errors.New("unique_email: the store is missing; name bolt, redis or postgres")
	}
	store, err := u.store(ctx, app)
	if err != nil {
		return nil, fmt.Errorf("unique_email: %w", err)
	}
	return &Keeper{
		app:     app,
		store:   store,
		lease:   u.lease(),
		onward:  failurePolicies[u.OnFailure],
		success: u.Success.orElse(defaultSuccess),
		taken:   u.Taken.orElse(defaultTaken),
		neutral: u.Neutral.ready(store.pace),
		logger:  ctx.Logger(),

		abandoned: make(chan struct{}, maxAbandoned),
	}, nil
}

// Enter begins a visit, which keeps the store open until Leave, also when the
// configuration is replaced meanwhile.
func (k *Keeper) Enter() *Visit {
	if k == nil {
		return nil
	}
	v := &Visit{keeper: k, leave: func() {}}
	if k.store.use.begin() {
		v.leave = k.store.use.end
	}
	return v
}

// reserve asks the store for something, if it is filled under the gate's pepper.
func (k *Keeper) reserve(ctx context.Context, c *claim, lease time.Duration) (claims.Found, error) {
	if err := k.store.mark.pass(ctx, k.store); err != nil {
		return claims.Found{}, err
	}
	found, err := c.reserve(ctx, lease)
	if err != nil {
		k.abandon(c)
	}
	return found, err
}

// maxAbandoned is how many reservations of a gate are given up at a time: a
// store that is down is not to be busy with them when it is back.
const maxAbandoned = 64

// abandon gives up what the store may have reserved although it did not say so
// in time, for it would be in the way of the client's next attempt until the
// lease ends. Nobody waits for it. What it cannot do, the end of the lease does.
func (k *Keeper) abandon(c *claim) {
	select {
	case k.abandoned <- struct{}{}:
	default:
		return
	}
	visit := k.Enter()
	go func() {
		defer func() { visit.Leave(); <-k.abandoned }()
		ctx, cancel := context.WithTimeout(context.Background(), settleLimit)
		defer cancel()
		_ = persist(ctx, c.release)
	}()
}

// goesOnWithout tells whether a registration goes on after an error of the store.
// Another pepper is no failure that passes: nothing would ever be claimed.
func (k *Keeper) goesOnWithout(err error) bool {
	return err != nil && k.onward && !errors.Is(err, errOtherPepper)
}
