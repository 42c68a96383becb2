package pgstore

import (
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/options"
	"github.com/customergate/customergate/caddymodule/secret"
)

// UnmarshalCaddyfile sets up the module from Caddyfile tokens. Syntax:
//
//	postgres <dsn> {
//		password      {env.<name>}|{file.<path>}
//		password_file <path>
//		timeout       <duration>
//	}
//
// Every option may be left out. The DSN may be a placeholder as a whole, or
// with placeholders in it.
func (s *Store) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the module's name
	if !d.AllArgs(&s.DSN) {
		return d.Err("postgres takes one argument, the DSN; put one with blanks into quotes")
	}
	if err := s.check(); err != nil {
		return d.WrapErr(err)
	}
	return options.Parse(d, s, storeOptions, s.check)
}

var storeOptions = map[string]options.Parser[*Store]{
	"password":      func(s *Store, d *caddyfile.Dispenser) error { return secret.Parse(&s.Secret, d) },
	"password_file": func(s *Store, d *caddyfile.Dispenser) error { return options.Word(d, &s.PasswordFile, "<path>") },
	"timeout":       func(s *Store, d *caddyfile.Dispenser) error { return options.Span(d, &s.Timeout) },
}

// Interface guard
var _ caddyfile.Unmarshaler = (*Store)(nil)
