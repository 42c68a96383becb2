// Package pgstore keeps claims in a table of PostgreSQL, so that several
// gateways share them.
package pgstore

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/internal/trouble"
	"github.com/customergate/customergate/caddymodule/secret"
)

func init() {
	caddy.RegisterModule(new(Store))
}

// defaultTimeout bounds each operation on the store.
const defaultTimeout = time.Second

// Store keeps claims in PostgreSQL 12 or newer, one row each, in the table
// `customergate_claims`. The first gateway to start creates it, and one of its
// version, `customergate_schema`. A user who may not create tables can do with
// such that exist and the rights SELECT, INSERT, UPDATE and DELETE on the first
// and SELECT on the second, and no more.
//
// What is acknowledged is on the server's disk, unless the database has
// `synchronous_commit` off. A standby that takes over lacks the last commits
// of the primary unless it is a synchronous one.
//
// Each operation is a statement of its own that depends on no state of the
// connection, so pgbouncer may stand in between, pooling transactions.
type Store struct {
	// Where the database is, as a URL (`postgres://user@host/database`) or as
	// keywords and values (`host=... dbname=...`) as libpq knows them, with
	// `pool_max_conns` (default here: 10). What it leaves open, the usual
	// variables (`PGHOST`, ...) and files of libpq say. Placeholders `{env.*}`
	// and `{file.*}` are replaced, each of which may be all of it. A password
	// in it must be such a placeholder, with reserved characters
	// percent-encoded. Several hosts are tried in order; with
	// `target_session_attrs=read-write` the primary is found. Encryption needs
	// `sslmode=verify-full`, and perhaps `sslrootcert`. Required.
	DSN string `json:"dsn,omitempty"`

	// The password, in place of one in the DSN.
	secret.Secret

	// How long an operation may take, connecting and repeating it included,
	// before it fails. From 10ms to 1m. Default: 1s.
	Timeout caddy.Duration `json:"timeout,omitempty"`

	pool     *pgxpool.Pool
	config   *pgxpool.Config
	timeout  time.Duration
	hasTable atomic.Bool
	sweeping *trouble.Log
	stop     context.CancelFunc
	swept    chan struct{}
}

// CaddyModule returns the Caddy module information.
func (*Store) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.handlers.customer_gate.claims.postgres",
		New: func() caddy.Module { return new(Store) },
	}
}

// Provision checks the configuration, and reads the files and variables that it
// names. It connects to nothing.
func (s *Store) Provision(ctx caddy.Context) error {
	s.sweeping = sweepTrouble(ctx.Logger())
	if err := s.check(); err != nil {
		return err
	}
	s.timeout = defaultTimeout
	if s.Timeout != 0 {
		s.timeout = time.Duration(s.Timeout)
	}
	var err error
	s.config, err = s.poolConfig()
	return err
}

// Start makes the pool of connections, creates the table where it is missing,
// and begins to sweep up what has expired. It fails where the server answers
// that this configuration will never work: a wrong password, a missing right or
// database, a table of a newer version. A server that does not answer, or is
// not ready, is no error: what happens to requests meanwhile is the gate's to
// decide. The table is then created as soon as the server answers.
func (s *Store) Start() error {
	var err error
	s.pool, err = pgxpool.NewWithConfig(context.Background(), s.config)
	if err != nil {
		return errDSN
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.stop, s.swept = cancel, make(chan struct{})
	go s.sweepUntilDone(ctx)
	if _, err := s.Look(ctx, claims.ID{Kind: claims.Email}); isMisconfigured(err) {
		return err
	}
	return nil
}

// Cleanup closes the connections, each when the operation that it is used for
// is done.
func (s *Store) Cleanup() error {
	if s.pool == nil {
		return nil // never started
	}
	s.stop()
	<-s.swept
	s.pool.Close()
	return nil
}

// Interface guards
var (
	_ claims.Administrator = (*Store)(nil)
	_ caddy.Module         = (*Store)(nil)
	_ caddy.Provisioner    = (*Store)(nil)
	_ caddy.CleanerUpper   = (*Store)(nil)
)
