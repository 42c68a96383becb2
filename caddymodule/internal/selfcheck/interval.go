package selfcheck

import (
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/options"
)

const (
	defaultInterval = time.Minute
	minInterval     = time.Second
	maxInterval     = 24 * time.Hour
)

// Interval is that of the option `self_check`: 0 where it is off.
func Interval(option *caddy.Duration) time.Duration {
	if option == nil {
		return defaultInterval
	}
	return time.Duration(*option)
}

// CheckInterval refuses what is out of range.
func CheckInterval(option *caddy.Duration) error {
	if every := Interval(option); every != 0 && (every < minInterval || every > maxInterval) {
		return fmt.Errorf("self_check %s is out of range: want %s to %s, or off", every, minInterval, maxInterval)
	}
	return nil
}

// ParseInterval reads the option's line.
func ParseInterval(d *caddyfile.Dispenser, option **caddy.Duration) error {
	var word string
	if err := options.Word(d, &word, "<interval>|off", "1m"); err != nil {
		return err
	}
	if word == "off" {
		*option = new(caddy.Duration)
		return nil
	}
	interval, err := caddy.ParseDuration(word)
	if err != nil || interval <= 0 {
		return d.Errf("self_check: '%s' is not a duration such as 1m, or off", word)
	}
	*option = (*caddy.Duration)(&interval)
	return nil
}
