package pgstore

import (
	"context"
	"errors"
	"io"
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

	"github.com/customergate/customergate/caddymodule/claims/storetest"
	"github.com/customergate/customergate/caddymodule/secret"
	"github.com/customergate/customergate/internal/testservers"
)

const canary = "canary-8d1f-secret"

func TestServerThatGoesAwayAndComesBack(t *testing.T) {
	t.Parallel() // it waits for the timeout
	server := testservers.NewPostgres(t, testservers.PostgresOptions{})
	storetest.RunOutages(t, server, storetest.Start(t, &Store{
		DSN: setDSN(t, server.DSN("postgres")), Timeout: caddy.Duration(10 * time.Second),
	}))
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
	wire := newWire(t, shared.Address)
	s := start(t, strings.Replace(shared.NewDatabase(t), shared.Address, wire.Addr().String(), 1))
	race(t, s, 50)
	if cut := wire.cut(); cut < 2 {
		t.Errorf("there were only %d connections", cut)
	}
	if _, err := storetest.Claim(t.Context(), s); err != nil {
		t.Error(err)
	}
}

// A wire leads to a server, and can be cut.
type wire struct {
	net.Listener
	mutex sync.Mutex
	ends  []net.Conn
}

func newWire(t *testing.T, address string) *wire {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{Listener: listener}
	var all sync.WaitGroup
	all.Go(func() {
		for near, err := w.Accept(); err == nil; near, err = w.Accept() {
			far, err := net.Dial("tcp", address)
			if err != nil {
				t.Error(err)
				return
			}
			w.mutex.Lock()
			w.ends = append(w.ends, near, far)
			w.mutex.Unlock()
			all.Go(func() { _, _ = io.Copy(near, far) })
			all.Go(func() { _, _ = io.Copy(far, near) })
		}
	})
	t.Cleanup(func() {
		_ = w.Close()
		w.cut()
		all.Wait()
	})
	return w
}

// cut ends all connections, and returns how many there were.
func (w *wire) cut() int {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	cut := len(w.ends) / 2
	for _, end := range w.ends {
		end.Close()
	}
	w.ends = nil
	return cut
}

func TestStartWithoutItsServer(t *testing.T) {
	server := testservers.NewPostgres(t, testservers.PostgresOptions{})
	server.Stop()
	s := start(t, server.DSN("postgres"))
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := storetest.Claim(t.Context(), s); err != nil {
		t.Error(err)
	}
}

func TestAcknowledgedCommitsOutliveKills(t *testing.T) {
	server := testservers.NewPostgres(t, testservers.PostgresOptions{})
	s := start(t, server.DSN("postgres"))
	storetest.RunKills(t, server, s, 2)
}

func TestCallerThatGivesUp(t *testing.T) {
	dsn := shared.NewDatabase(t)
	s := start(t, dsn)
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
	start(t, dsn) // for its table
	s := storetest.Start(t, &Store{DSN: setDSN(t, dsn), Timeout: caddy.Duration(500 * time.Millisecond)})
	tx, err := connect(t, dsn).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	run(t, tx, "LOCK TABLE customergate_claims")
	if _, err := storetest.Claim(t.Context(), s); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v", err)
	}
	for waiting := 1; waiting != 0; { // or else the server never gives up
		err := tx.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
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
			s := storetest.Provision(t, &Store{DSN: setDSN(t, test.dsn), Timeout: patience, Secret: secret.Secret{Password: test.password}})
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
	}
	for name, store := range tests {
		t.Run(name, func(t *testing.T) {
			store.Timeout = patience
			if _, err := storetest.Claim(t.Context(), storetest.Start(t, store)); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestHostThatDoesNotAnswer: it leaves time for the next one.
func TestHostThatDoesNotAnswer(t *testing.T) {
	t.Parallel() // it waits for a part of the timeout, twice
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	dsn := strings.Replace(shared.NewDatabase(t), shared.Address, silent.Addr().String()+","+shared.Address, 1)
	s := storetest.Start(t, &Store{DSN: setDSN(t, dsn+"?pool_max_conns=2"), Timeout: caddy.Duration(10 * time.Second)})
	if _, err := storetest.Claim(t.Context(), s); err != nil {
		t.Error(err)
	}
}

func TestServerThatIsNotTheOneMeant(t *testing.T) {
	server := testservers.NewPostgres(t, testservers.PostgresOptions{Certificate: testservers.NewCertificate(t)})
	s := start(t, server.DSN("postgres")+"?sslmode=verify-full")
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
