package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/customergate/customergate/internal/testservers"
)

// sharedServer is one that tests share, each with data of its own in it. It
// starts when the first of them asks.
type sharedServer[S interface{ Close() }] struct {
	start func() (S, error)

	mu      sync.Mutex
	server  S
	running bool
}

var (
	sharedRedis = sharedServer[*testservers.Redis]{start: func() (*testservers.Redis, error) {
		return testservers.StartRedis(testservers.RedisOptions{AppendOnly: true, Directives: []string{"databases 10000"}})
	}}
	sharedPostgres = sharedServer[*testservers.Postgres]{start: func() (*testservers.Postgres, error) {
		return testservers.StartPostgres(testservers.PostgresOptions{})
	}}
)

func (s *sharedServer[S]) get(t testing.TB) S {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.running {
		server, err := s.start()
		if err != nil {
			t.Fatal(err)
		}
		s.server, s.running = server, true
	}
	return s.server
}

func (s *sharedServer[S]) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running {
		s.server.Close()
	}
}

// claimStore is where the gateways of a test keep their claims.
type claimStore struct {
	arguments string   // of unique_email
	options   string   // of the store
	env       []string // of the gateways
	gateways  int      // how many can share it, of those that a test would have
}

// patientStore has a store wait for a busy machine instead of failing.
const patientStore = "timeout 1m\n"

var claimStores = map[string]func(testing.TB) claimStore{
	"bolt": func(testing.TB) claimStore { return boltStore },
	"redis": func(t testing.TB) claimStore {
		return redisStore(sharedRedis.get(t).Address).with(patientStore).with(newRedisDatabase())
	},
	"postgres": func(t testing.TB) claimStore {
		return postgresStore(sharedPostgres.get(t).NewDatabase(t)).with(patientStore)
	},
}

var boltStore = claimStore{arguments: "bolt {$DIR}/claims.db", gateways: 1}

var redisDatabases atomic.Int64

// newRedisDatabase is an option for what a test keeps in sharedRedis: a store
// belongs to those who have its pepper.
func newRedisDatabase() string { return fmt.Sprintf("database %d\n", redisDatabases.Add(1)) }

func redisStore(address string) claimStore {
	return claimStore{arguments: "redis " + address, gateways: 2}
}

func postgresStore(dsn string) claimStore {
	return claimStore{arguments: "postgres {env.CLAIMS_DSN}", env: []string{"CLAIMS_DSN=" + dsn}, gateways: 2}
}

func (s claimStore) with(options string) claimStore {
	s.options += options
	return s
}

// shortLease lets tests see the end of a reservation.
const shortLease = "lease 5s\n"

const (
	defaultLease = 2 * time.Minute
	leaseOfTests = 5 * time.Second // the same as shortLease
)

// gate is a customer_gate that keeps claims in the store. Behind it, the request
// goes to the upstream.
func (s claimStore) gate(options string) string {
	block := s.options + options
	if block != "" {
		block = " {\n" + block + "}"
	}
	return `
	customer_gate {
		keys file {$DIR}/private.pem
		reuse_limit off
		` + patient + `
		unique_email ` + s.arguments + block + `
		idempotency
	}
	reverse_proxy {$UPSTREAM}
	`
}

// startGates returns as many gateways as can share the store, with one storage
// and so one pepper.
func startGates(t *testing.T, s claimStore, upstream, options string) []*gateway {
	t.Helper()
	storage := filepath.Join(t.TempDir(), "storage")
	gates := make([]*gateway, s.gateways)
	var starting sync.WaitGroup
	for i := range gates {
		gates[i] = prepareGateway(t, setup{
			upstream: upstream,
			site:     s.gate(options),
			env:      append([]string{"STORAGE=" + storage}, s.env...),
		})
		starting.Go(func() { gates[i].start(t) })
	}
	starting.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return gates
}

// claimsMetric is how often claims had an outcome at a gateway.
func claimsMetric(t testing.TB, g *gateway, outcome string) int {
	t.Helper()
	return metric(g.metrics(t), `caddy_customer_gate_claims_total{outcome="`+outcome+`"}`)
}

// through is the DSN of the same database by way of another address.
func through(dsn, server, address string) string { return strings.Replace(dsn, server, address, 1) }
