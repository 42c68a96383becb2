package mariadb_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	_ "github.com/caddyserver/caddy/v2/modules/standard"

	_ "github.com/customergate/customergate"
)

// validate does what `caddy validate` does, with a gate that has such a store.
func validate(t *testing.T, store string) error {
	t.Helper()
	text := `{
	storage file_system "` + t.TempDir() + `"
}
http://localhost:8080 {
	@registration customer_gate_path register-customer
	customer_gate @registration {
		unique_email ` + store + `
	}
}
`
	adapted, _, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(text), nil)
	if err != nil {
		return err
	}
	var config caddy.Config
	if err := json.Unmarshal(adapted, &config); err != nil {
		t.Fatal(err)
	}
	return caddy.Validate(&config)
}

func TestGateHasTheStore(t *testing.T) {
	err := validate(t, `mariadb db:3306 {
		database      customers
		user          gateway
		password_file /etc/customergate/mariadb.password
		timeout       2s
		lease         1m
	}`)
	if err != nil {
		t.Error(err)
	}
}

func TestGateRefusesTheStore(t *testing.T) {
	for name, test := range map[string]struct{ store, says string }{
		"no address":          {"mariadb", "mariadb: write `mariadb <address>`"},
		"no database":         {"mariadb db:3306", "name of the database is missing"},
		"unknown option":      {"mariadb db:3306 {\ncluster\n}", "unknown option 'cluster'"},
		"option set twice":    {"mariadb db:3306 {\ndatabase a\ndatabase b\n}", "database is set twice"},
		"password itself":     {"mariadb db:3306 {\npassword " + canary + "\n}", "would be shown on Caddy's admin endpoint"},
		"timeout in the past": {"mariadb db:3306 {\ntimeout -1s\n}", "it cannot be negative"},
	} {
		t.Run(name, func(t *testing.T) {
			err := validate(t, test.store)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("the error is %v, it should say %q", err, test.says)
			}
			if strings.Contains(err.Error(), canary) {
				t.Error("the error holds the password")
			}
		})
	}
}
