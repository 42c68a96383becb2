// Package options reads the options of a handler or a guest module, such as a
// key provider or a claims store, from Caddyfile tokens: each on a line of its
// own, in a block that may be left out. What is misspelt, doubled or out of
// place is refused with file and line.
//
// A module has a table of its options, and an UnmarshalCaddyfile that consumes
// the module's name and arguments and leaves the block to ParseModule:
//
//	func (s *Store) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
//		d.Next() // consume the module's name
//		if err := options.List(d, &s.Addresses, "<address>..."); err != nil {
//			return err
//		}
//		return options.ParseModule(d, s, storeOptions, s.check)
//	}
//
//	var storeOptions = map[string]options.Parser[*Store]{
//		"user":    func(s *Store, d *caddyfile.Dispenser) error { return options.Word(d, &s.User, "<name>") },
//		"timeout": func(s *Store, d *caddyfile.Dispenser) error { return options.Span(d, &s.Timeout) },
//	}
//
// The same check belongs into the module's Provision, where a configuration in
// JSON meets it.
package options

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/dustin/go-humanize"
)

// Parser reads the arguments of one option, at whose name the dispenser stands,
// into its target. It may read a block of the option's own with Parse.
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

// Parse reads a block of options, each at most once unless it is named as
// repeatable. What is read so far is checked after each option, while the
// dispenser still stands on its line, so that the check's error gets that line;
// the check must let pass what may still come.
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

// Usage refuses an option that has too few or too many arguments, and says how it
// is written, as in `age <min> <max>`. examples are such arguments.
func Usage(d *caddyfile.Dispenser, option, arguments string, examples ...string) error {
	text := fmt.Sprintf("%s: write `%s %s`", option, option, arguments)
	for i, example := range examples {
		text += fmt.Sprintf("%s `%s %s`", []string{", such as", " or"}[min(i, 1)], option, example)
	}
	return d.Err(text)
}

// Flag reads an option that has no arguments, though perhaps a block.
func Flag(d *caddyfile.Dispenser) error {
	option := d.Val()
	if d.NextArg() {
		return d.Errf("%s takes no argument", option)
	}
	return nil
}

// Word reads the one argument of an option, which is not empty. What it can be,
// and examples, are for people who have left it out, as in `<name>` and `on|off`.
func Word(d *caddyfile.Dispenser, word *string, argument string, examples ...string) error {
	option := d.Val()
	if !d.AllArgs(word) {
		return Usage(d, option, argument, examples...)
	}
	if *word == "" {
		return d.Errf("%s: the value is empty", option)
	}
	return nil
}

// List reads the arguments of an option, of which there is at least one. What they
// can be, and examples, are for people who have left them out.
func List(d *caddyfile.Dispenser, words *[]string, arguments string, examples ...string) error {
	option := d.Val()
	if *words = d.RemainingArgs(); len(*words) == 0 {
		return Usage(d, option, arguments, examples...)
	}
	return nil
}

// Number reads a whole number, which may be negative. What it can be is for people
// who have left it out, as in `<min>` and `1|2`.
func Number(d *caddyfile.Dispenser, number **int, argument string) error {
	option := d.Val()
	var word string
	if err := Word(d, &word, argument); err != nil {
		return err
	}
	n, err := strconv.Atoi(word)
	if err != nil {
		return d.Errf("%s: '%s' is not a whole number", option, word)
	}
	*number = &n
	return nil
}

// Size reads a number of bytes, such as 64KiB.
func Size(d *caddyfile.Dispenser, size *int64, example string) error {
	option := d.Val()
	var word string
	if err := Word(d, &word, "<size>", example); err != nil {
		return err
	}
	bytes, err := humanize.ParseBytes(word)
	if err != nil || bytes == 0 || bytes > math.MaxInt64 {
		return d.Errf("%s: '%s' is not a size such as %s", option, word, example)
	}
	*size = int64(bytes)
	return nil
}

// InSize refuses a number of bytes out of a range; 0 is the default.
func InSize(option string, size, least, most int64) error {
	if size != 0 && (size < least || size > most) {
		return fmt.Errorf("%s %s is out of range: want %s to %s", option,
			humanize.IBytes(uint64(max(size, 0))), humanize.IBytes(uint64(least)), humanize.IBytes(uint64(most)))
	}
	return nil
}

// Duration reads a duration such as 90s, 24h or 30d, which may be 0 or
// negative.
func Duration(d *caddyfile.Dispenser, duration **caddy.Duration) error {
	option := d.Val()
	var word string
	if err := Word(d, &word, "<duration>"); err != nil {
		return err
	}
	parsed, err := caddy.ParseDuration(word)
	if err != nil {
		return d.Errf("%s: '%s' is not a duration such as 90s, 24h or 30d", option, word)
	}
	*duration = (*caddy.Duration)(&parsed)
	return nil
}

// Span is Duration for a field of which 0 stands for the default, and so can
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

// Choice refuses an option whose value is not one of a few words; empty
// is the default.
func Choice[T any](option, value string, choices map[string]T) error {
	if _, ok := choices[value]; ok || value == "" {
		return nil
	}
	words := slices.DeleteFunc(slices.Sorted(maps.Keys(choices)), func(word string) bool { return word == "" })
	return fmt.Errorf("%s: %q is not a choice: want one of %s", option, value, strings.Join(words, ", "))
}
