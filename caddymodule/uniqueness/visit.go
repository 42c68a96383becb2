package uniqueness

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/netip"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/claims"
)

// A Visit is what one request reserves. It belongs to the goroutine of the
// request. Nil is that of a gate without unique_email: it waits for nothing and
// reserves nothing.
type Visit struct {
	keeper *Keeper
	leave  func()

	repeat *repeatable // nil unless the client may repeat the request
	email  *claim      // nil unless the address was free

	turn *turn         // at the upstream; nil without neutral answers
	due  time.Duration // of a neutral answer, from the beginning of the turn

	leased   time.Time     // when the lease began that bounds the upstream's time
	settling time.Duration // time that settling has taken so far

	span trace.SpanContext // of the request, if it is traced
}

// repeatable is a request that its client may send again, to get the first
// answer again.
type repeatable struct {
	*claim
	fingerprint [sha256.Size]byte // of what was asked for
}

// Leave ends the visit.
func (v *Visit) Leave() {
	if v != nil {
		v.turn.end()
		v.leave()
	}
}

// Await waits for the store, and for the pepper, to be ready.
func (v *Visit) Await(ctx context.Context) error {
	if v == nil {
		return nil
	}
	return v.keeper.app.Await(ctx)
}

// An Earlier request is one that came with the same key.
type Earlier struct {
	// Wait is how long its lease still runs; 0 if it has been answered.
	Wait time.Duration

	// Mismatch tells that it asked for something else, or that nobody is told
	// any more whether it did.
	Mismatch bool

	// Answer is what it was answered; nil if it has not been, or is a mismatch.
	Answer *Answer
}

// Repeat looks for an earlier request with a key. Where there was none, it
// reserves the key, returns nil, and what this request is answered will be the
// answer to later ones. The target is the path with the query. The body is the
// normalised one, so a request that is encrypted anew has the same.
func (v *Visit) Repeat(ctx context.Context, tenant, key, target string, body []byte) (*Earlier, error) {
	pepper := v.keeper.store.mark.pepper
	repeat := &repeatable{newClaim(v.keeper.store, pepper.requestID(tenant, key)), pepper.fingerprint(target, body)}
	found, err := v.reserve(ctx, repeat.claim, v.keeper.lease)
	switch {
	case v.keeper.goesOnWithout(err):
		return nil, nil
	case err != nil:
		return nil, v.failed(err)
	case found.State == claims.Pending:
		return &Earlier{Wait: found.Wait}, nil
	case found.State == claims.Committed:
		return v.compare(ctx, repeat)
	}
	v.repeat = repeat
	return nil, nil
}

// Claim reserves an address whose domain is in lower case. What it finds is not
// free where a customer has it, or another request is registering it. Where nobody
// is to be told, it waits for its turn first, fairly by client, and returns the error
// of a client that has gone meanwhile.
func (v *Visit) Claim(ctx context.Context, from netip.Addr, tenant, address string) (claims.Found, error) {
	if v == nil {
		return claims.Found{}, nil
	}
	if err := v.takeTurn(ctx, from); err != nil {
		return claims.Found{}, err
	}
	c := newClaim(v.keeper.store, v.keeper.store.mark.pepper.emailID(tenant, address))
	found, err := v.reserve(ctx, c, v.keeper.lease)
	switch {
	case v.keeper.goesOnWithout(err):
		countClaim(claimOpen)
		v.goOnWithout()
		return claims.Found{}, nil
	case err != nil:
		return claims.Found{}, v.failed(err)
	case found.State == claims.Free:
		v.email = c
	}
	return found, nil
}

// goOnWithout has the times begin anew that waiting for the store in vain has
// taken a part of, but for that of the key's lease.
func (v *Visit) goOnWithout() {
	if v.turn != nil {
		v.turn.began = time.Now()
	}
	if v.repeat == nil {
		v.leased = time.Now() // there is no claim whose lease could end before the upstream answers
	}
}

// failed says what is wrong with a store that works. That it fails, it has said.
func (v *Visit) failed(err error) error {
	if errors.Is(err, errOtherPepper) {
		v.keeper.logger.Error("a request is answered 503", zap.Error(err))
	}
	return err
}

// reserveLimit is how long a store may take to answer whether something is free,
// unless half of the lease is less.
const reserveLimit = 5 * time.Second

// reserve asks the store for a claim, also for a client that goes away
// meanwhile: a reservation that nobody knows of would stay until its lease ends.
func (v *Visit) reserve(ctx context.Context, c *claim, lease time.Duration) (claims.Found, error) {
	start := time.Now()
	if v.leased.IsZero() {
		v.leased, v.span = start, trace.SpanContextFromContext(ctx)
	}
	limit := min(reserveLimit, v.keeper.lease/2)
	if deadline, bounded := ctx.Deadline(); bounded {
		limit = min(limit, time.Until(deadline))
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	found, err := v.keeper.reserve(ctx, c, lease)
	countOperation(v.span, "reserve", reserveOutcome(found, err), c.id.Kind, start)
	return found, err
}
