package caddymodule

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/internal/attempts"
	"github.com/customergate/customergate/caddymodule/options"
)

// Attempts bounds how often the secret of a customer may be tried in vain: from one
// client IP (an IPv6 address with the rest of its /64), and about one account, whether
// there is such an account or not. What the customer service answers 401 or 403 has
// failed; a success makes the account free again. Past the limit the answer is 429
// with `Retry-After`. Failures are counted in the store of `unique_email`, where the
// gates that have one have the same, and else in memory, by each gateway alone.
type Attempts struct {
	// How many may fail in a window. Default: 20; 0 turns the limit off; at most
	// 10000.
	Count *int `json:"count,omitempty"`

	// The window, which begins with the first failure. Default: 15m; at least 1s, at
	// most 168h.
	Window caddy.Duration `json:"window,omitempty"`
}

const (
	defaultAttempts       = 20
	maxAttempts           = 10_000
	defaultAttemptsWindow = 15 * time.Minute
	minAttemptsWindow     = time.Second
	maxAttemptsWindow     = 7 * 24 * time.Hour
)

// limit is that of the option at work.
func (a *Attempts) limit() attempts.Limit {
	limit := attempts.Limit{Count: defaultAttempts, Window: defaultAttemptsWindow}
	if a != nil && a.Count != nil {
		limit.Count = *a.Count
	}
	if a != nil && a.Window != 0 {
		limit.Window = time.Duration(a.Window)
	}
	return limit
}

func (a *Attempts) check() error {
	limit := a.limit()
	if limit.Count < 0 || limit.Count > maxAttempts {
		return fmt.Errorf("attempts: a count of %d is out of range: want 1 to %d, or off", limit.Count, maxAttempts)
	}
	if limit.Window < minAttemptsWindow || limit.Window > maxAttemptsWindow {
		return fmt.Errorf("attempts: a window of %s is out of range: want %s to %s", limit.Window, minAttemptsWindow, maxAttemptsWindow)
	}
	return nil
}

func (g *Gate) parseAttempts(d *caddyfile.Dispenser) (err error) {
	g.Attempts = new(Attempts)
	g.Attempts.Count, g.Attempts.Window, err = parseLimit(d, "20 15m")
	return err
}

// parseLimit reads how many of something there may be in a window of time, or off.
func parseLimit(d *caddyfile.Dispenser, example string) (*int, caddy.Duration, error) {
	option := d.Val()
	words := d.RemainingArgs()
	if slices.Equal(words, []string{"off"}) {
		return new(int), 0, nil
	}
	if len(words) != 2 {
		return nil, 0, options.Usage(d, option, "<count> <window>", example, "off")
	}
	count, err := strconv.Atoi(words[0])
	if err != nil || count < 1 {
		return nil, 0, d.Errf("%s: '%s' is not a whole number from 1 up", option, words[0])
	}
	window, err := caddy.ParseDuration(words[1])
	if err != nil || window <= 0 {
		return nil, 0, d.Errf("%s: '%s' is not a duration such as 1h", option, words[1])
	}
	return &count, caddy.Duration(window), nil
}

// mayTry turns away who has failed too often, before anything is decrypted.
func (p *passage) mayTry() *refusal {
	return tooManyAttempts(p.gate.attempts.Wait(p.trying(), time.Now()))
}

// try notes an attempt, which the customer service's answer ends.
func (p *passage) try() *refusal {
	var wait time.Duration
	p.attempt, wait = p.gate.attempts.Begin(p.r.Context(), p.trying(), p.gate.app.failures(), time.Now())
	return tooManyAttempts(wait)
}

func (p *passage) trying() attempts.Who {
	return attempts.Who{Client: clientIP(p.r), Tenant: p.tenantName, Account: p.submission.Text(p.gate.served().Contract.Account())}
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
	return newRefusal(codeTooManyAttempts, "There have been too many attempts; try again later.").
		with("Retry-After", seconds(wait))
}
