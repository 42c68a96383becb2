package languages

import (
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/options"
)

// Parse reads the block of the option `languages`, and has what is read so far checked
// after each of its own options:
//
//	languages {
//		file    <path>...
//		default <language>
//	}
func Parse(d *caddyfile.Dispenser, l *Languages, check func() error) error {
	if err := options.Flag(d); err != nil {
		return err
	}
	return options.Parse(d, l, parsers, check)
}

var parsers = map[string]options.Parser[*Languages]{
	"file": func(l *Languages, d *caddyfile.Dispenser) error {
		return options.List(d, &l.Files, "<path>...", "/etc/customergate/it.json")
	},
	"default": func(l *Languages, d *caddyfile.Dispenser) error {
		return options.Word(d, &l.Default, "<language>", "fr")
	},
}
