package redisstore

import (
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/options"
	"github.com/customergate/customergate/caddymodule/secret"
)

// UnmarshalCaddyfile sets up the module from Caddyfile tokens. Syntax:
//
//	redis <address>... {
//		user          <name>
//		password      {env.<name>}|{file.<path>}
//		password_file <path>
//		database      <number>
//		cluster
//		sentinel <master> {
//			user          <name>
//			password      {env.<name>}|{file.<path>}
//			password_file <path>
//		}
//		tls {
//			ca          <file>...
//			server_name <name>
//			certificate <file> <key file>
//		}
//		timeout <duration>
//	}
//
// Every option may be left out, and so may the blocks of sentinel and tls.
func (s *Store) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the module's name
	if err := options.List(d, &s.Addresses, "<address>...", "localhost:6379"); err != nil {
		return err
	}
	return options.Parse(d, s, storeOptions, s.check)
}

var storeOptions = map[string]options.Parser[*Store]{
	"user":          func(s *Store, d *caddyfile.Dispenser) error { return options.Word(d, &s.User, "<name>") },
	"password":      func(s *Store, d *caddyfile.Dispenser) error { return secret.Parse(&s.Secret, d) },
	"password_file": func(s *Store, d *caddyfile.Dispenser) error { return options.Word(d, &s.PasswordFile, "<path>") },
	"database":      (*Store).parseDatabase,
	"cluster":       (*Store).parseCluster,
	"sentinel":      (*Store).parseSentinel,
	"tls":           (*Store).parseTLS,
	"timeout":       func(s *Store, d *caddyfile.Dispenser) error { return options.Span(d, &s.Timeout) },
}

var sentinelOptions = map[string]options.Parser[*Sentinel]{
	"user":          func(s *Sentinel, d *caddyfile.Dispenser) error { return options.Word(d, &s.User, "<name>") },
	"password":      func(s *Sentinel, d *caddyfile.Dispenser) error { return secret.Parse(&s.Secret, d) },
	"password_file": func(s *Sentinel, d *caddyfile.Dispenser) error { return options.Word(d, &s.PasswordFile, "<path>") },
}

var tlsOptions = map[string]options.Parser[*TLS]{
	"ca":          func(t *TLS, d *caddyfile.Dispenser) error { return options.List(d, &t.CA, "<file>...") },
	"server_name": func(t *TLS, d *caddyfile.Dispenser) error { return options.Word(d, &t.ServerName, "<name>") },
	"certificate": func(t *TLS, d *caddyfile.Dispenser) error {
		if !d.AllArgs(&t.Certificate, &t.Key) {
			return options.Usage(d, "certificate", "<file> <key file>")
		}
		return nil
	},
}

func (s *Store) parseDatabase(d *caddyfile.Dispenser) error {
	var number *int
	if err := options.Number(d, &number, "<number>"); err != nil {
		return err
	}
	s.Database = *number
	return nil
}

func (s *Store) parseCluster(d *caddyfile.Dispenser) error {
	s.Cluster = true
	return options.Flag(d)
}

func (s *Store) parseSentinel(d *caddyfile.Dispenser) error {
	s.Sentinel = new(Sentinel)
	if err := options.Word(d, &s.Sentinel.Master, "<master>"); err != nil {
		return err
	}
	return options.Parse(d, s.Sentinel, sentinelOptions, s.check)
}

func (s *Store) parseTLS(d *caddyfile.Dispenser) error {
	if err := options.Flag(d); err != nil {
		return err
	}
	s.TLS = new(TLS)
	return options.Parse(d, s.TLS, tlsOptions, s.check)
}

// Interface guard
var _ caddyfile.Unmarshaler = (*Store)(nil)
