package limits

import (
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/internal/attempts"
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

// Limit is that of the option at work; a nil receiver is all defaults.
func (a *Attempts) Limit() attempts.Limit {
	limit := attempts.Limit{Count: defaultAttempts, Window: defaultAttemptsWindow}
	if a != nil && a.Count != nil {
		limit.Count = *a.Count
	}
	if a != nil && a.Window != 0 {
		limit.Window = time.Duration(a.Window)
	}
	return limit
}

// Check refuses what is out of range.
func (a *Attempts) Check() error {
	limit := a.Limit()
	if limit.Count < 0 || limit.Count > maxAttempts {
		return fmt.Errorf("attempts: a count of %d is out of range: want 1 to %d, or off", limit.Count, maxAttempts)
	}
	if limit.Window < minAttemptsWindow || limit.Window > maxAttemptsWindow {
		return fmt.Errorf("attempts: a window of %s is out of range: want %s to %s", limit.Window, minAttemptsWindow, maxAttemptsWindow)
	}
	return nil
}

// ParseAttempts reads the option's line.
func ParseAttempts(d *caddyfile.Dispenser) (*Attempts, error) {
	count, window, err := parse(d, "20 15m")
	return &Attempts{Count: count, Window: window}, err
}
