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

// leaseMargin is what is left of a lease when the upstream's time is over:
// enough to settle the claim before somebody else can take it.
const leaseMargin = time.Second

// forwardSettled hands the request on and settles by the answer what it has
// reserved. It goes on to the end when the client goes away, because the
// upstream does so too; what bounds it is the lease.
func (p *passage) forwardSettled(next caddyhttp.Handler) error {
	registry := p.gate.registry
	ctx, cancel := context.WithDeadline(context.WithoutCancel(p.r.Context()), p.since.Add(registry.lease-leaseMargin))
	defer cancel()
	r := p.upstreamRequest(ctx)
	if registry.neutral != nil {
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
	p.settleEmail(v)
	p.settleRepeat(v, given)
}

func (p *passage) settleEmail(v verdict) {
	c := p.claim
	if c == nil {
		return
	}
	p.claim = nil
	switch v {
	case created, exists:
		p.commit(c, nil, 0)
	case refusedByUpstream, unsent:
		p.release(c)
	case unclear:
		p.gate.metrics.claims.WithLabelValues(claimHeld).Inc()
	}
}

func (p *passage) commit(c *claim, value []byte, keep time.Duration) {
	p.attempt(c, "commit", claimCommitted, func(ctx context.Context) error { return c.commit(ctx, value, keep) })
}

func (p *passage) release(c *claim) {
	p.attempt(c, "release", claimReleased, c.release)
}

// Where the store fails, settling is tried again until the limit, which leaves a
// server time to start anew. That may be when the lease has ended: the token
// keeps it from harming whoever has the entry by then.
const (
	settlePause        = 250 * time.Millisecond // after the first time, then twice as long each time
	settlePauseLongest = time.Second
	settleLimit        = 10 * time.Second // for all that a request has reserved
)

// attempt settles a claim. The client may have gone by then.
func (p *passage) attempt(c *claim, verb, outcome string, do func(context.Context) error) {
	start := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), settleLimit-p.settling)
	defer cancel()
	defer func() { p.settling += time.Since(start) }()
	err := persist(ctx, do)
	switch {
	case errors.Is(err, claims.ErrFenced):
		outcome = claimFenced
	case err != nil:
		outcome = claimFailed
		p.gate.logger.Error("a claim could not be settled, so it is held until its lease ends", zap.String("verb", verb), zap.Error(err))
	}
	p.gate.metrics.claimed(verb, outcome, c.id.Kind, start)
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
