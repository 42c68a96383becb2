// Package mariadb is an example of a claims store in a repository of its own: it
// keeps claims in MariaDB or MySQL, so that several gateways share them.
package mariadb

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/go-sql-driver/mysql"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/options"
	"github.com/customergate/customergate/caddymodule/secret"
)

func init() { caddy.RegisterModule(new(Store)) }

// Store keeps claims in a table that schema.sql makes.
type Store struct {
	// Where the server is, `<host>:<port>`. Required.
	Address string `json:"address,omitempty"`

	// The database that the table is in. Required.
	Database string `json:"database,omitempty"`

	// The user, who needs SELECT, INSERT, UPDATE and DELETE on the table.
	User string `json:"user,omitempty"`

	// The password of the user. Default: none.
	secret.Secret

	// How long an operation may take before it fails. Default: 1s.
	Timeout caddy.Duration `json:"timeout,omitempty"`

	config *mysql.Config
	db     *sql.DB
}

// CaddyModule returns the Caddy module information.
func (*Store) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.handlers.customer_gate.claims.mariadb", New: func() caddy.Module { return new(Store) }}
}

// UnmarshalCaddyfile sets up the module from Caddyfile tokens. Syntax:
//
//	mariadb <host>:<port> {
//		database      <name>
//		user          <name>
//		password      {env.<name>}|{file.<path>}
//		password_file <path>
//		timeout       <duration>
//	}
func (s *Store) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the module's name
	if err := options.Word(d, &s.Address, "<address>"); err != nil {
		return err
	}
	return options.ParseModule(d, s, storeOptions, s.check)
}

var storeOptions = map[string]options.Parser[*Store]{
	"database":      func(s *Store, d *caddyfile.Dispenser) error { return options.Word(d, &s.Database, "<name>") },
	"user":          func(s *Store, d *caddyfile.Dispenser) error { return options.Word(d, &s.User, "<name>") },
	"password":      func(s *Store, d *caddyfile.Dispenser) error { return secret.Parse(&s.Secret, d) },
	"password_file": func(s *Store, d *caddyfile.Dispenser) error { return options.Word(d, &s.PasswordFile, "<path>") },
	"timeout":       func(s *Store, d *caddyfile.Dispenser) error { return options.Span(d, &s.Timeout) },
}

// check judges what is configured so far.
func (s *Store) check() error {
	if s.Timeout < 0 {
		return errors.New("timeout: it cannot be negative")
	}
	return secret.Check(s.Secret)
}

// Provision checks the configuration. It connects to nothing, for `caddy
// validate` does it too.
func (s *Store) Provision(caddy.Context) error {
	if err := s.check(); err != nil {
		return err
	}
	if s.Address == "" || s.Database == "" {
		return errors.New("mariadb: the address of the server or the name of the database is missing")
	}
	if s.Timeout == 0 {
		s.Timeout = caddy.Duration(time.Second)
	}
	s.config = mysql.NewConfig()
	s.config.Net, s.config.Addr, s.config.DBName, s.config.User = "tcp", s.Address, s.Database, s.User
	s.config.ClientFoundRows = true   // a row that stays as it is counts, too
	s.config.InterpolateParams = true // one round trip to the server instead of two
	s.config.Logger = new(mysql.NopLogger)
	return s.config.Apply(mysql.BeforeConnect(s.setPassword))
}

// setPassword reads the password for each connection, so that it may change.
func (s *Store) setPassword(_ context.Context, config *mysql.Config) (err error) {
	config.Passwd, err = secret.Read(s.Secret)
	return err
}

// Start makes the pool of connections. It fails where the server answers that
// this configuration will never work. A server that does not answer is no error,
// because it may later: the gate says in the log that the store fails, and
// decides what becomes of registrations meanwhile.
func (s *Store) Start() error {
	connector, err := mysql.NewConnector(s.config)
	if err != nil {
		return err
	}
	s.db = sql.OpenDB(connector)
	s.db.SetMaxOpenConns(10)
	s.db.SetMaxIdleConns(10)
	if _, err := s.Look(context.Background(), claims.ID{Kind: claims.Email}); errors.As(err, new(misconfigured)) {
		return err
	}
	return nil
}

// Cleanup closes the connections.
func (s *Store) Cleanup() error {
	if s.db == nil {
		return nil // never started
	}
	return s.db.Close()
}

// Interface guards
var (
	_ claims.Administrator  = (*Store)(nil)
	_ claims.Starter        = (*Store)(nil)
	_ caddy.Provisioner     = (*Store)(nil)
	_ caddy.CleanerUpper    = (*Store)(nil)
	_ caddyfile.Unmarshaler = (*Store)(nil)
)
