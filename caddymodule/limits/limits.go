// Package limits is the options of a gate that bound how often something may be tried
// in a window of time: `attempts` and `reuse_limit`.
package limits

import (
	"slices"
	"strconv"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/options"
)

// parse reads how many of something there may be in a window of time, or off.
func parse(d *caddyfile.Dispenser, example string) (*int, caddy.Duration, error) {
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
