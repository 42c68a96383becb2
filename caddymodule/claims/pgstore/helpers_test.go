package pgstore

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/customergate/customergate/internal/testservers"
)

// shared is a server for all tests that only need one.
var shared *testservers.Postgres

func TestMain(m *testing.M) {
	var err error
	if shared, err = testservers.StartPostgres(testservers.PostgresOptions{}); err != nil {
		panic(err)
	}
	code := m.Run()
	shared.Close()
	os.Exit(code)
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
