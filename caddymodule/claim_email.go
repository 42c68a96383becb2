package caddymodule

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/validation"
)

// awaitStore waits for the store, and for the pepper, to be ready.
func (p *passage) awaitStore() *refusal {
	r := p.gate.registry
	if r == nil {
		return nil
	}
	if err := r.app.await(p.r.Context()); err != nil {
		if errors.Is(err, context.Canceled) {
			return clientGone()
		}
		return unavailable()
	}
	return nil
}

// claimEmail reserves the address, which has passed every rule by now. It is
// refused where a customer has it, or another request is registering it.
func (p *passage) claimEmail() *refusal {
	r := p.gate.registry
	if r == nil {
		return nil
	}
	c := r.claim(r.pepper.emailID(p.tenantName, p.submission.Text("email")))
	found, err := p.reserve(&c)
	switch {
	case r.goesOnWithout(err):
		p.gate.metrics.claims.WithLabelValues(claimOpen).Inc()
		p.gate.logger.Error("the claims store failed, so a registration goes on without a claim on its email address", zap.Error(err))
		if p.repeat == nil {
			p.since = time.Now() // there is no claim whose lease could end before the upstream answers
		}
		return nil
	case err != nil:
		return p.storeFailed(err)
	case found.State == claims.Committed:
		return p.conflict(validation.EmailTaken, "A customer with this email address exists already.", idempotencyWindow)
	case found.State == claims.Pending:
		return p.conflict(validation.EmailPending, "A registration of this email address is under way; try again later.", found.Wait).
			with("Retry-After", seconds(found.Wait))
	}
	p.claim = &c
	if errors.Is(p.r.Context().Err(), context.Canceled) {
		return clientGone()
	}
	return nil
}

// reserveLimit is how long a store may take to answer whether something is free,
// unless half of the lease is less.
const reserveLimit = 5 * time.Second

// reserve asks the store for a claim, also for a client that goes away
// meanwhile: a reservation that nobody knows of would stay until its lease ends.
func (p *passage) reserve(c *claim) (claims.Found, error) {
	if p.since.IsZero() {
		p.since = c.since
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.r.Context()), min(reserveLimit, c.lease/2))
	defer cancel()
	found, err := c.reserve(ctx)
	p.gate.metrics.claimed("reserve", reserveOutcome(found, err), c.id.Kind, c.since)
	return found, err
}

func reserveOutcome(found claims.Found, err error) string {
	switch {
	case err != nil:
		return claimFailed
	case found.State == claims.Committed:
		return claimTaken
	case found.State == claims.Pending:
		return claimPending
	}
	return claimReserved
}

func (p *passage) storeFailed(err error) *refusal {
	p.gate.logger.Error("the claims store failed, so a registration is answered 503", zap.Error(err))
	return unavailable()
}

// seconds is a wait as Retry-After has it (RFC 9110, section 10.2.3).
func seconds(wait time.Duration) string {
	return strconv.Itoa(int(wholeSeconds(wait) / time.Second))
}

// wholeSeconds rounds up what is left of a wait.
func wholeSeconds(wait time.Duration) time.Duration {
	return max(time.Second, (wait + time.Second - 1).Truncate(time.Second))
}

var emailPointer = jsontext.Pointer("/email")

// conflict refuses an address that somebody else has for as long as said, or
// does not tell of it.
func (p *passage) conflict(code validation.Code, message string, lasts time.Duration) *refusal {
	refused := newRefusal(http.StatusConflict, codeConflict, message)
	refused.details = []detail{{Pointer: &emailPointer, Code: code, Message: message, place: string(emailPointer)}}
	if neutral := p.gate.registry.neutral; neutral != nil {
		refused.instead = func(http.ResponseWriter) { p.showNeutral(neutral.sample(), lasts) }
	}
	return refused
}
