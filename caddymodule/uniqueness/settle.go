package uniqueness

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/claims"
)

// GiveUp frees what was reserved for a request that goes no further.
func (v *Visit) GiveUp() {
	if v != nil {
		v.settle(unsent, nil)
	}
}

// settle does with what is reserved what the verdict asks for, once. given is
// what the client is answered, nil if that is not to be answered again.
func (v *Visit) settle(judged verdict, given *Answer) {
	v.settleEmail(judged)
	v.settleRepeat(judged, given)
}

func (v *Visit) settleEmail(judged verdict) {
	c := v.email
	if c == nil {
		return
	}
	v.email = nil
	switch judged {
	case created, exists:
		v.commit(c, nil, 0)
	case refused, unsent:
		v.release(c)
	case unclear:
		countClaim(claimHeld)
	}
}

// settleRepeat keeps the answer for a while, or lets the client use its key once
// more.
func (v *Visit) settleRepeat(judged verdict, given *Answer) {
	repeat := v.repeat
	if repeat == nil {
		return
	}
	v.repeat = nil
	if judged == unclear || judged == unsent || given == nil {
		v.release(repeat.claim)
		return
	}
	sealed, err := v.keeper.store.mark.pepper.seal(repeat.id, &keptAnswer{Fingerprint: repeat.fingerprint, Answer: *given, Token: repeat.token})
	if err != nil {
		v.keeper.logger.Error("an answer could not be kept for a repeated request", zap.Error(err))
		v.release(repeat.claim)
		return
	}
	v.commit(repeat.claim, sealed, repeatWindow)
}

func (v *Visit) commit(c *claim, value []byte, keep time.Duration) {
	v.attempt(c, "commit", claimCommitted, func(ctx context.Context) error { return c.commit(ctx, value, keep) })
}

func (v *Visit) release(c *claim) { v.attempt(c, "release", claimReleased, c.release) }

// Where the store fails, settling is tried again until the limit, which leaves a
// server time to start anew. That may be when the lease has ended: the token
// keeps it from harming whoever has the entry by then.
const (
	settlePause        = 250 * time.Millisecond // after the first time, then twice as long each time
	settlePauseLongest = time.Second
	settleLimit        = 10 * time.Second // for all that a request has reserved
)

// attempt settles a claim. The client may have gone by then.
func (v *Visit) attempt(c *claim, verb, outcome string, do func(context.Context) error) {
	start := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), settleLimit-v.settling)
	defer cancel()
	defer func() { v.settling += time.Since(start) }()
	err := persist(ctx, do)
	switch {
	case errors.Is(err, claims.ErrFenced):
		outcome = claimFenced
	case err != nil:
		outcome = claimFailed
		v.keeper.logger.Error("a claim could not be settled, so it is held until its lease ends", zap.String("verb", verb), zap.Error(err))
	}
	countOperation(v.span, verb, outcome, c.id.Kind, start)
}

// persist does something again and again, until it succeeds or cannot.
func persist(ctx context.Context, do func(context.Context) error) error {
	err := do(ctx)
	for wait := settlePause; err != nil && !errors.Is(err, claims.ErrFenced) && pause(ctx, wait); {
		err = do(ctx)
		wait = min(2*wait, settlePauseLongest)
	}
	return err
}

// pause waits, and reports false if the context has ended before.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
