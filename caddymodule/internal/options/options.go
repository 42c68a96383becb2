// Package options reads the options of a handler or a guest module from
// Caddyfile tokens, each on a line of its own, and refuses with file and line
// what is misspelt, doubled or out of place.
package options

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// Parser reads the arguments of one option into its target.
type Parser[T any] func(target T, d *caddyfile.Dispenser) error

// ParseModule reads the options of a handler or guest module as Parse does, and
// refuses what stands behind their block.
func ParseModule[T any](d *caddyfile.Dispenser, target T, options map[string]Parser[T], check func() error, repeatable ...string) error {
	if err := Parse(d, target, options, check, repeatable...); err != nil {
		return err
	}
	if d.Next() {
		return d.Errf("unexpected '%s' behind the block", d.Val())
	}
	return nil
}

// Parse reads a block of options, each at most once unless repeatable,
// and has what is read so far checked after each, while the parser still
// stands on its line.
func Parse[T any](d *caddyfile.Dispenser, target T, options map[string]Parser[T], check func() error, repeatable ...string) error {
	seen := make(map[string]bool, len(options))
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		name := d.Val()
		parse, known := options[name]
		if !known {
			return d.Errf("unknown option '%s'; the options are %s", name, strings.Join(slices.Sorted(maps.Keys(options)), ", "))
		}
		if seen[name] && !slices.Contains(repeatable, name) {
			return d.Errf("%s is set twice; keep one", name)
		}
		seen[name] = true
		if err := parse(target, d); err != nil {
			return err
		}
		if err := check(); err != nil {
			return d.WrapErr(err)
		}
		if err := refuseBlock(d, name); err != nil {
			return err
		}
	}
	return nil
}

// refuseBlock reports a block, even an empty one, behind an option that has
// not read one itself.
func refuseBlock(d *caddyfile.Dispenser, option string) error {
	if d.ValRaw() == "}" {
		return nil // the option's own block ends here
	}
	refused := d.Errf("%s takes no block", option) // while the parser still stands on its line
	if d.NextBlock(d.Nesting()) || d.ValRaw() == "}" {
		return refused
	}
	return nil
}

// Word reads the one argument of an option.
func Word(d *caddyfile.Dispenser, word *string) error {
	option := d.Val()
	if !d.AllArgs(word) {
		return d.ArgErr()
	}
	if *word == "" {
		return d.Errf("%s: the value is empty", option)
	}
	return nil
}

// List reads the arguments of an option, of which there is at least one.
func List(d *caddyfile.Dispenser, words *[]string) error {
	if *words = d.RemainingArgs(); len(*words) == 0 {
		return d.ArgErr()
	}
	return nil
}

// Number reads a whole number.
func Number(d *caddyfile.Dispenser, number **int) error {
	option := d.Val()
	var word string
	if err := Word(d, &word); err != nil {
		return err
	}
	n, err := strconv.Atoi(word)
	if err != nil {
		return d.Errf("%s: '%s' is not a whole number", option, word)
	}
	*number = &n
	return nil
}

// Duration reads a duration such as 90s, 24h or 30d.
func Duration(d *caddyfile.Dispenser, duration **caddy.Duration) error {
	option := d.Val()
	var word string
	if err := Word(d, &word); err != nil {
		return err
	}
	parsed, err := caddy.ParseDuration(word)
	if err != nil {
		return d.Errf("%s: '%s' is not a duration such as 90s, 24h or 30d", option, word)
	}
	*duration = (*caddy.Duration)(&parsed)
	return nil
}

// Span is Duration for an option of which 0 stands for its default, and so can
// not be asked for.
func Span(d *caddyfile.Dispenser, span *caddy.Duration) error {
	option := d.Val()
	var duration *caddy.Duration
	if err := Duration(d, &duration); err != nil {
		return err
	}
	if *duration == 0 {
		return d.Errf("%s: it cannot be 0; leave it out for the default", option)
	}
	*span = *duration
	return nil
}
