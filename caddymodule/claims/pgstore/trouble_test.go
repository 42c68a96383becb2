package pgstore

import (
	"context"
	"errors"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
	"github.com/customergate/customergate/caddymodule/secret"
	"github.com/customergate/customergate/internal/testservers"
)

const canary = "canary-8d1f-secret"

func TestServerThatGoesAwayAndComesBack(t *testing.T) {
	const timeout = 400 * time.Millisecond
	server := testservers.NewPostgres(t, testservers.PostgresOptions{})
	s := storetest.Start(t, &Store{DSN: setDSN(t, server.DSN("postgres")), Timeout: caddy.Duration(timeout)})
	storetest.RunOutages(t, server, s, timeout)
}

func TestSweepSaysOnceThatItFails(t *testing.T) {
	server := testservers.NewPostgres(t, testservers.PostgresOptions{})
	s := storetest.Start(t, &Store{DSN: setDSN(t, server.DSN("postgres"))})
	core, logs := observer.New(zap.DebugLevel)
	s.sweeping = sweepTrouble(zap.New(core))
	server.Stop()
	s.sweepAndSay(t.Context())
	s.sweepAndSay(t.Context())
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	s.sweepAndSay(t.Context())
	s.sweepAndSay(t.Context())
	var levels []zapcore.Level
	for _, entry := range logs.All() {
		levels = append(levels, entry.Level)
	}
	if !slices.Equal(levels, []zapcore.Level{zap.ErrorLevel, zap.InfoLevel}) {
		t.Errorf("it logged %v", logs.All())
	}
}

// A connection may break without a word, say at a firewall.
func TestConnectionsThatBreak(t *testing.T) {
	s := storetest.Provision(t, &Store{DSN: setDSN(t, shared.NewDatabase(t))})
	var mutex sync.Mutex
	var connections []net.Conn
	s.config.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		mutex.Lock()
		defer mutex.Unlock()
		connections = append(connections, conn)
		return conn, err
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Cleanup() })
	race(t, s, 50)
	mutex.Lock()
	if len(connections) < 2 {
		t.Errorf("there are only %d connections", len(connections))
	}
	for _, conn := range connections {
		conn.Close()
	}
	mutex.Unlock()
	if _, err := storetest.Claim(t.Context(), s); err != nil {
		t.Error(err)
	}
}

func TestStartWithoutItsServer(t *testing.T) {
	server := testservers.NewPostgres(t, testservers.PostgresOptions{})
	server.Stop()
	s := storetest.Start(t, &Store{DSN: setDSN(t, server.DSN("postgres"))})
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := storetest.Claim(t.Context(), s); err != nil {
		t.Error(err)
	}
}

func TestAcknowledgedCommitsOutliveKills(t *testing.T) {
	server := testservers.NewPostgres(t, testservers.PostgresOptions{})
	s := storetest.Start(t, &Store{DSN: setDSN(t, server.DSN("postgres"))})
	for range 2 {
		acknowledged := claimUntilItFails(t, s, server.Kill)
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		for _, id := range acknowledged {
			if found := storetest.Look(t, s, id); found.State != claims.Committed {
				t.Fatalf("a claim that was acknowledged is %v", found.State)
			}
		}
	}
}

// claimUntilItFails claims new entries while the server is killed, and returns
// those that were acknowledged.
func claimUntilItFails(t *testing.T, s *Store, kill func()) (acknowledged []claims.ID) {
	t.Helper()
	enough, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			id, err := storetest.Claim(t.Context(), s)
			if err != nil {
				return
			}
			if acknowledged = append(acknowledged, id); len(acknowledged) == 50 {
				close(enough)
			}
		}
	}()
	select {
	case <-enough:
	case <-done:
		t.Fatal("too few claims before the kill")
	}
	kill()
	<-done
	return acknowledged
}

func TestCallerThatGivesUp(t *testing.T) {
	dsn := shared.NewDatabase(t)
	s := storetest.Start(t, &Store{DSN: setDSN(t, dsn)})
	tx, err := connect(t, dsn).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	run(t, tx, "LOCK TABLE customergate_claims")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := storetest.Claim(ctx, s)
		done <- err
	}()
	awaitLock(t, dsn)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestStatementThatTakesTooLong(t *testing.T) {
	dsn := shared.NewDatabase(t)
	s := storetest.Start(t, &Store{DSN: setDSN(t, dsn), Timeout: caddy.Duration(100 * time.Millisecond)})
	tx, err := connect(t, dsn).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	run(t, tx, "LOCK TABLE customergate_claims")
	if _, err := storetest.Claim(t.Context(), s); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v", err)
	}
	var waiting int
	if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&waiting); waiting != 0 || err != nil {
		t.Errorf("%d statements still wait at the server, %v", waiting, err)
	}
}

func TestConfigurationThatTheServerRefuses(t *testing.T) {
	t.Setenv("TEST_PG_PASSWORD", canary)
	database := shared.NewDatabase(t)
	shared.Exec(t, database, "CREATE ROLE newcomer LOGIN PASSWORD 'newcomer'; REVOKE CREATE ON SCHEMA public FROM PUBLIC")
	t.Cleanup(func() { shared.Exec(t, database, "DROP ROLE newcomer") })
	tests := map[string]struct{ dsn, password, want string }{
		"wrong password":   {asUser(t, database, "newcomer", canary), "", "password authentication failed"},
		"wrong password 2": {asUser(t, database, "newcomer", ""), "{env.TEST_PG_PASSWORD}", "password authentication failed"},
		"no such database": {shared.DSN("nowhere"), "", "does not exist; create the database"},
		"no right":         {asUser(t, database, "newcomer", "newcomer"), "", "grant the user"},
		"no schema":        {database + "?search_path=nowhere", "", "no schema has been selected"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := storetest.Provision(t, &Store{DSN: setDSN(t, test.dsn), Secret: secret.Secret{Password: test.password}})
			t.Cleanup(func() { _ = s.Cleanup() })
			err := s.Start()
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Start says %v", err)
			}
			if err != nil && strings.Contains(err.Error(), canary) {
				t.Error("the error holds the password")
			}
		})
	}
}

func TestWaysToConnect(t *testing.T) {
	certificate := testservers.NewCertificate(t)
	server := testservers.NewPostgres(t, testservers.PostgresOptions{Certificate: certificate})
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte(testservers.PostgresPassword+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TEST_PG_ADDRESS", server.Address)
	t.Setenv("TEST_PG_PASSWORD", testservers.PostgresPassword)
	t.Setenv("TEST_PG_PASSWORD_IN_URL", url.PathEscape(testservers.PostgresPassword))
	tests := map[string]*Store{
		"all of it in the environment": {DSN: setDSN(t, server.DSN("postgres"))},
		"placeholders in a URL":        {DSN: "postgres://postgres:{env.TEST_PG_PASSWORD_IN_URL}@{env.TEST_PG_ADDRESS}/postgres"},
		"keywords, password in a file": {DSN: "user=postgres dbname=postgres host=127.0.0.1 port=" + server.Address[len("127.0.0.1:"):],
			Secret: secret.Secret{PasswordFile: file}},
		"password in the environment": {DSN: "postgres://postgres@" + server.Address, Secret: secret.Secret{Password: "{env.TEST_PG_PASSWORD}"}},
		"TLS": {DSN: "postgres://postgres@" + server.Address + "?sslmode=verify-full&sslrootcert=" + certificate.File,
			Secret: secret.Secret{PasswordFile: file}},
		"a host that does not answer first": {DSN: "postgres://postgres@192.0.2.1," + server.Address + "/postgres?pool_max_conns=2",
			Secret: secret.Secret{PasswordFile: file}},
	}
	for name, store := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := storetest.Claim(t.Context(), storetest.Start(t, store)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestServerThatIsNotTheOneMeant(t *testing.T) {
	server := testservers.NewPostgres(t, testservers.PostgresOptions{Certificate: testservers.NewCertificate(t)})
	s := storetest.Start(t, &Store{DSN: setDSN(t, server.DSN("postgres")+"?sslmode=verify-full")})
	if _, err := storetest.Claim(t.Context(), s); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("the error is %v", err)
	}
}

// asUser puts other credentials into a URL.
func asUser(t *testing.T, dsn, user, password string) string {
	t.Helper()
	parsed, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	parsed.User = url.UserPassword(user, password)
	return parsed.String()
}
