package caddymodule

import (
	"net/http"
	"time"

	"github.com/customergate/customergate/caddymodule/internal/attempts"
	"github.com/customergate/customergate/caddymodule/internal/clientip"
	"github.com/customergate/customergate/caddymodule/languages"
)

// mayTry turns away who has failed too often, before anything is decrypted.
func (p *passage) mayTry() *refusal {
	if !p.countsAttempts() {
		return nil
	}
	return tooManyAttempts(p.gate.attempts.Wait(p.trying(), time.Now()))
}

// try notes an attempt, which the customer service's answer ends.
func (p *passage) try() *refusal {
	if !p.countsAttempts() {
		return nil
	}
	var wait time.Duration
	p.attempt, wait = p.gate.attempts.Begin(p.r.Context(), p.trying(), p.gate.app.failures(), time.Now())
	return tooManyAttempts(wait)
}

// countsAttempts spares most requests finding out who sends them.
func (p *passage) countsAttempts() bool { return p.gate.attempts.Count > 0 }

func (p *passage) trying() attempts.Who {
	return attempts.Who{Client: clientip.Of(p.r), Tenant: p.ring.Tenant, Account: p.submission.Text(p.gate.served().Contract.Account())}
}

// failures are counted in the one store that all gates with unique_email have, too, if
// there is one.
func (a *App) failures() attempts.Counter {
	if len(a.keepers) == 0 {
		return nil
	}
	first := a.keepers[0].Failures()
	for _, other := range a.keepers[1:] {
		if !first.SameStore(other.Failures()) {
			return nil
		}
	}
	return first
}

// settleAttempt counts an attempt by what the customer service says of it, as soon as
// it says so.
func (p *passage) settleAttempt(status int) {
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		p.attempt.Failed(time.Now())
	case status >= 200 && status < 300:
		p.attempt.Succeeded()
	}
}

func tooManyAttempts(wait time.Duration) *refusal {
	if wait == 0 {
		return nil
	}
	return newRefusal(codeTooManyAttempts, languages.Say(codeTooManyAttempts)).
		with("Retry-After", seconds(wait))
}
