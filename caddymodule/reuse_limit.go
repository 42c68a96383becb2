package caddymodule

import (
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"
)

// ReuseLimit bounds how often one ciphertext may be sent: who captured it
// elsewhere could send it with guesses, and learn from the answers what it
// holds. Past the limit it is answered as one that cannot be decrypted.
//
// Past 24 different words in the names and addresses beside it, it is too: one
// person makes some ten, and each is a guess at what the password holds.
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

// count is 0 where there is no limit.
func (l *ReuseLimit) count() int {
	if l == nil || l.Count == nil {
		return defaultReuseCount
	}
	return *l.Count
}

func (l *ReuseLimit) window() time.Duration {
	if l == nil || l.Window == 0 {
		return defaultReuseWindow
	}
	return time.Duration(l.Window)
}

func (l *ReuseLimit) check() error {
	if count := l.count(); count < 0 || count > maxReuseCount {
		return fmt.Errorf("reuse_limit: a count of %d is out of range: want 1 to %d, or off", count, maxReuseCount)
	}
	if window := l.window(); window < minReuseWindow || window > maxReuseWindow {
		return fmt.Errorf("reuse_limit: a window of %s is out of range: want %s to %s", window, minReuseWindow, maxReuseWindow)
	}
	return nil
}
