// Package redisstore keeps claims in Redis, or a server that speaks its
// protocol and its scripts, so that several gateways share them.
package redisstore

import (
	"context"
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/redis/go-redis/v9"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/secret"
)

func init() {
	caddy.RegisterModule(new(Store))
	redis.SetLogger(driverLog{})
}

// defaultTimeout bounds each operation on the store.
const defaultTimeout = time.Second

// Store keeps claims in Redis 5 or newer: one server, a cluster, or what
// Sentinel says is the master. Each entry is one key, `customergate:<kind>:<hash>`,
// that the server itself lets expire.
//
// A claim is as durable as the server makes it. Without an append-only file
// (`appendonly yes`), a server that restarts has forgotten what was committed
// since its last snapshot; with `appendfsync always` it forgets nothing that was
// acknowledged. A replica that takes over may lack the last writes of its master.
// The server must not evict keys (`maxmemory-policy noeviction`).
//
// The user needs these rights, and no more:
//
//	~customergate:* +evalsha +eval +get +set +del +pttl +getrange +scan
//
// and in a cluster `+cluster|slots +command`.
type Store struct {
	// Where the server is: `<host>:<port>`, `<host>` (port 6379) or
	// `unix/<path>`. Several are nodes of a cluster, or sentinels (port 26379),
	// any of which is asked for the rest. Placeholders that are known without a
	// request are replaced. Required.
	Addresses []string `json:"addresses,omitempty"`

	// The user of Redis' access control list. Default: `default`.
	User string `json:"user,omitempty"`

	// The password of the user. Default: none.
	secret.Secret

	// The number of the database; a cluster has only 0. Default: 0.
	Database int `json:"database,omitempty"`

	// Whether the addresses are nodes of a Redis cluster. Default: false.
	Cluster bool `json:"cluster,omitempty"`

	// The sentinels that the addresses are of. Default: they are none.
	Sentinel *Sentinel `json:"sentinel,omitempty"`

	// Makes the connections TLS, to sentinels too. Default: they are plain.
	TLS *TLS `json:"tls,omitempty"`

	// How long an operation may take, connecting and repeating it included,
	// before it fails. From 10ms to 1m. Default: 1s.
	Timeout caddy.Duration `json:"timeout,omitempty"`

	client  redis.UniversalClient
	timeout time.Duration
	options *redis.UniversalOptions
}

// Sentinel says what sentinels are asked for, and how.
type Sentinel struct {
	// The name under which the sentinels know the master. Required.
	Master string `json:"master,omitempty"`

	// The user that the sentinels know. Default: `default`.
	User string `json:"user,omitempty"`

	// The password that the sentinels want. Default: none; the server's own
	// password is not sent to them.
	secret.Secret
}

// TLS says how a server proves who it is, and the gateway to it.
type TLS struct {
	// PEM files of the authorities that the server's certificate may come from.
	// Default: those of the operating system.
	CA []string `json:"ca,omitempty"`

	// The name that the certificate must be for. Default: the host of the address.
	ServerName string `json:"server_name,omitempty"`

	// PEM file of the gateway's own certificate, and of its key. Default: none.
	Certificate string `json:"certificate,omitempty"`
	Key         string `json:"key,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (*Store) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.handlers.customer_gate.claims.redis",
		New: func() caddy.Module { return new(Store) },
	}
}

// Provision checks the configuration, and reads the files and variables that it
// names. It connects to nothing.
func (s *Store) Provision(caddy.Context) error {
	if err := s.check(); err != nil {
		return err
	}
	if len(s.Addresses) == 0 {
		return fmt.Errorf("the address of the Redis server is missing")
	}
	s.timeout = defaultTimeout
	if s.Timeout != 0 {
		s.timeout = time.Duration(s.Timeout)
	}
	var err error
	s.options, err = s.clientOptions()
	return err
}

// Start makes the client and asks the server something. It fails where the
// server answers that this configuration will never work: a wrong password, a
// missing right, a cluster that is not said to be one. A server that does not
// answer, or is not ready, is no error: what happens to requests meanwhile is
// the gate's to decide, and nothing needs a restart when it is back.
func (s *Store) Start() error {
	s.client = redis.NewUniversalClient(s.options)
	if _, err := s.Look(context.Background(), claims.ID{Kind: claims.Email}); isMisconfigured(err) {
		return err
	}
	return nil
}

// Cleanup closes the connections.
func (s *Store) Cleanup() error {
	if s.client == nil {
		return nil // never started
	}
	return s.client.Close()
}

// driverLog has the driver write to Caddy's log what it would write to standard
// error. Every failure is returned as well, so it is for debugging. The values
// are left out: one may be an answer that repeats a password.
type driverLog struct{}

func (driverLog) Printf(_ context.Context, format string, _ ...any) {
	caddy.Log().Named("redis").Debug("the driver says: " + format)
}

// Interface guards
var (
	_ claims.Administrator = (*Store)(nil)
	_ caddy.Module         = (*Store)(nil)
	_ caddy.Provisioner    = (*Store)(nil)
	_ caddy.CleanerUpper   = (*Store)(nil)
)
