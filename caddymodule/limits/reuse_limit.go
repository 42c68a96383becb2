package limits

import (
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/internal/reuse"
)

// ReuseLimit bounds how often one ciphertext may be sent: who captured it
// elsewhere could send it with guesses, and learn from the answers what it
// holds. Past the limit it is answered as one that cannot be decrypted.
//
// Past 24 different words in the names and addresses beside it, it is too, in every
// later window as well: one person makes some ten, and each is a guess at what the
// password holds.
type ReuseLimit struct {
	// How many times in a window. Default: 20; 0 turns the limit off; at most
	// 65535.
	Count *int `json:"count,omitempty"`

	// The window, which begins when a ciphertext is decrypted for the first
	// time. One that cannot be decrypted is not counted.
	// Default: 1h; at least 1s, at most 168h.
	Window caddy.Duration `json:"window,omitempty"`
}

const (
	defaultReuseCount  = 20
	maxReuseCount      = 1<<16 - 1
	defaultReuseWindow = time.Hour
	minReuseWindow     = time.Second
	maxReuseWindow     = 7 * 24 * time.Hour
)

// Limit is that of the option at work; a nil receiver is all defaults.
func (l *ReuseLimit) Limit() reuse.Limit {
	limit := reuse.Limit{Count: defaultReuseCount, Window: defaultReuseWindow}
	if l != nil && l.Count != nil {
		limit.Count = *l.Count
	}
	if l != nil && l.Window != 0 {
		limit.Window = time.Duration(l.Window)
	}
	return limit
}

// Check refuses what is out of range.
func (l *ReuseLimit) Check() error {
	limit := l.Limit()
	if limit.Count < 0 || limit.Count > maxReuseCount {
		return fmt.Errorf("reuse_limit: a count of %d is out of range: want 1 to %d, or off", limit.Count, maxReuseCount)
	}
	if limit.Window < minReuseWindow || limit.Window > maxReuseWindow {
		return fmt.Errorf("reuse_limit: a window of %s is out of range: want %s to %s", limit.Window, minReuseWindow, maxReuseWindow)
	}
	return nil
}

// ParseReuseLimit reads the option's line.
func ParseReuseLimit(d *caddyfile.Dispenser) (*ReuseLimit, error) {
	count, window, err := parse(d, "20 1h")
	return &ReuseLimit{Count: count, Window: window}, err
}
