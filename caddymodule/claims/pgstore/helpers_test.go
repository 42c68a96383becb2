package pgstore

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/claims/storetest"
	"github.com/customergate/customergate/internal/leak"
	"github.com/customergate/customergate/internal/testservers"
)

// shared is a server for all tests that only need one.
var shared *testservers.Postgres

func TestMain(m *testing.M) {
	var err error
	if shared, err = testservers.StartPostgres(testservers.PostgresOptions{}); err != nil {
		panic(err)
	}
	leak.Main(m, shared.Close)
}

// patience is for stores whose timeout a test is not about: a machine that does
// much else may need long for what takes milliseconds.
const patience = caddy.Duration(time.Minute)

// start starts a store in a database, until the end of the test.
func start(t testing.TB, dsn string) *Store {
	t.Helper()
	return storetest.Start(t, &Store{DSN: setDSN(t, dsn), Timeout: patience})
}

// setDSN puts a DSN into a file, and returns the placeholder for it.
func setDSN(t testing.TB, dsn string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "dsn")
	if err := os.WriteFile(file, []byte(dsn+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return "{file." + file + "}"
}
