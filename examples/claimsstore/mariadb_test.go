package mariadb_test

import (
	_ "embed"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
	"github.com/customergate/customergate/caddymodule/secret"
	mariadb "github.com/customergate/customergate/examples/claimsstore"
	"github.com/customergate/customergate/internal/testservers"
)

//go:embed schema.sql
var schema string

const canary = "canary-8d1f-secret"

// patient is a timeout for tests that are about something else.
const patient = caddy.Duration(30 * time.Second)

// newServer returns a server with the table in it, and the store of a gateway
// whose user has the rights that are documented, and no others.
func newServer(t *testing.T) (*testservers.MariaDB, mariadb.Store) {
	t.Helper()
	server := testservers.NewMariaDB(t)
	database := server.NewDatabase(t, schema)
	server.Exec(t, database, "CREATE USER gateway IDENTIFIED BY '"+canary+"'")
	server.Exec(t, database, "GRANT SELECT, INSERT, UPDATE, DELETE ON customergate_claims TO gateway")
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte(canary+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return server, mariadb.Store{
		Address: server.Address, Database: database,
		User: "gateway", Secret: secret.Secret{PasswordFile: password},
		Timeout: patient,
	}
}

func TestConformance(t *testing.T) {
	_, store := newServer(t)
	storetest.Run(t, func(t *testing.T) claims.Administrator {
		handle := store
		return storetest.Start(t, &handle)
	})
}

func TestServerThatComesLateAndGoesAway(t *testing.T) {
	server, store := newServer(t)
	server.Stop()
	store.Timeout = caddy.Duration(10 * time.Second)
	s := storetest.Start(t, &store)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	storetest.RunOutages(t, server, s)
}

func TestConfigurationThatTheServerRefuses(t *testing.T) {
	server, right := newServer(t)
	server.Exec(t, "", "CREATE DATABASE empty")
	server.Exec(t, "", "GRANT SELECT ON empty.* TO gateway")
	server.Exec(t, "", "CREATE USER nobody IDENTIFIED BY '"+canary+"'")
	for name, test := range map[string]struct {
		change func(*mariadb.Store)
		want   string
	}{
		"wrong password": {func(s *mariadb.Store) { s.PasswordFile = "" }, "refuses the user or the password"},
		"no right":       {func(s *mariadb.Store) { s.User = "nobody" }, "grant SELECT"},
		"no table":       {func(s *mariadb.Store) { s.Database = "empty" }, "schema.sql"},
		"no database":    {func(s *mariadb.Store) { s.Database, s.User, s.Secret = "none", "root", secret.Secret{} }, "no such database"},
	} {
		t.Run(name, func(t *testing.T) {
			store := right
			test.change(&store)
			s := storetest.Provision(t, &store)
			err := s.Start()
			t.Cleanup(func() { _ = s.Cleanup() })
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Start says %v, it should say %q", err, test.want)
			}
		})
	}
}
