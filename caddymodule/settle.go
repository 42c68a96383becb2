package caddymodule

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/claims"
)

// forwardSettled hands the request on and settles by the answer what it has
// reserved.
func (p *passage) forwardSettled(next caddyhttp.Handler, r *http.Request) error {
	if p.gate.registry.neutral != nil {
		return p.answerNeutrally(next, r)
	}
	answer := watchAnswer(p.w, p.repeat != nil)
	v, err := p.outcome(next, answer, r)
	p.settle(v, answer.kept())
	answer.finish()
	return err
}

// outcome is what the upstream does with the request. A handler that panics in
// mid-answer, as reverse_proxy does, leaves it unclear.
func (p *passage) outcome(next caddyhttp.Handler, answer *upstreamAnswer, r *http.Request) (verdict, error) {
	returned := false
	defer func() {
		if !returned {
			p.settle(unclear, nil)
		}
	}()
	err := next.ServeHTTP(answer, r)
	returned = true
	p.normalised.wipe() // settling may take a while
	return p.judge(answer, err), err
}

// settle does with what is reserved what the verdict asks for, once. given is
// what the client is answered, nil if that is not to be answered again.
func (p *passage) settle(v verdict, given *keptAnswer) {
	if p.claim == nil && p.repeat == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), settleLimit) // the client may have gone
	defer cancel()
	if p.claim != nil {
		p.gate.settleEmail(ctx, p.claim, v)
		p.claim = nil
	}
	if p.repeat != nil {
		p.settleRepeat(ctx, v, given)
		p.repeat = nil
	}
}

// giveUp releases what a request has reserved that goes no further.
func (p *passage) giveUp() { p.settle(unsent, nil) }

func (g *Gate) settleEmail(ctx context.Context, c *claim, v verdict) {
	switch v {
	case created, exists:
		g.commit(ctx, c, nil, 0)
	case refusedByUpstream, unsent:
		g.release(ctx, c)
	case unclear:
		g.metrics.claims.WithLabelValues(claimHeld).Inc()
	}
}

func (g *Gate) commit(ctx context.Context, c *claim, value []byte, keep time.Duration) {
	g.attempt(ctx, c, "commit", claimCommitted, func(ctx context.Context) error { return c.commit(ctx, value, keep) })
}

func (g *Gate) release(ctx context.Context, c *claim) {
	g.attempt(ctx, c, "release", claimReleased, c.release)
}

// Where the store fails, settling is tried again until the limit, which leaves a
// server time to start anew. That may be when the lease has ended: the token
// keeps it from harming whoever has the entry by then.
const (
	settlePause        = 250 * time.Millisecond // after the first time, then twice as long each time
	settlePauseLongest = time.Second
	settleLimit        = 10 * time.Second
)

// attempt settles a claim.
func (g *Gate) attempt(ctx context.Context, c *claim, verb, outcome string, do func(context.Context) error) {
	start := time.Now()
	err := do(ctx)
	wait := settlePause
	for err != nil && !errors.Is(err, claims.ErrFenced) && pause(ctx, wait) {
		err = do(ctx)
		wait = min(2*wait, settlePauseLongest)
	}
	switch {
	case errors.Is(err, claims.ErrFenced):
		outcome = claimFenced
	case err != nil:
		outcome = claimFailed
		g.logger.Error("a claim could not be settled, so it is held until its lease ends", zap.String("verb", verb), zap.Error(err))
	}
	g.metrics.claimed(verb, outcome, c.id.Kind, start)
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
