package pgstore

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/claims/storetest"
	"github.com/customergate/customergate/caddymodule/secret"
)

func TestCaddyfile(t *testing.T) {
	tests := map[string]struct {
		input, want string
	}{
		"DSN alone":           {`postgres {env.DSN}`, `{"dsn":"{env.DSN}"}`},
		"no password in it":   {`postgres postgres://gate@db.example/shop`, `{"dsn":"postgres://gate@db.example/shop"}`},
		"every option":        {"postgres \"host=db user=gate\" {\n password {env.PW}\n timeout 250ms\n}", `{"dsn":"host=db user=gate","password":"{env.PW}","timeout":250000000}`},
		"password in a file":  {"postgres {env.DSN} {\n password_file /run/secrets/pg\n}", `{"dsn":"{env.DSN}","password_file":"/run/secrets/pg"}`},
		"placeholder in URL":  {`postgres postgres://gate:{file./run/pw}@db/shop`, `{"dsn":"postgres://gate:{file./run/pw}@db/shop"}`},
		"placeholder keyword": {`postgres "host=db password={env.PW} user=gate"`, `{"dsn":"host=db password={env.PW} user=gate"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := new(Store)
			if err := s.UnmarshalCaddyfile(caddyfile.NewTestDispenser(test.input)); err != nil {
				t.Fatal(err)
			}
			if got, err := json.Marshal(s); string(got) != test.want || err != nil {
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
}

func TestCaddyfileThatIsRefused(t *testing.T) {
	tests := map[string]struct {
		input, want string
	}{
		"no DSN":                   {"postgres", "one argument"},
		"two":                      {"postgres {env.A} " + canary, "one argument"},
		"password in the URL":      {"postgres postgres://gate:" + canary + "@db/shop", "holds a password"},
		"part of it":               {"postgres postgres://gate:{env.A}" + canary + "@db/shop", "holds a password"},
		"password in the query":    {"postgres postgres://db/shop?password=" + canary, "holds a password"},
		"password keyword":         {`postgres "host=db password = '` + canary + `'"`, "holds a password"},
		"key's password":           {`postgres "host=db sslpassword=` + canary + `"`, "holds a password"},
		"literal password":         {"postgres {env.A} {\n password " + canary + "\n}", "give a placeholder"},
		"two passwords":            {"postgres {env.A} {\n password {env.A} " + canary + "\n}", "one argument"},
		"password and file":        {"postgres {env.A} {\n password {env.A}\n password_file b\n}", "keep one"},
		"doubled":                  {"postgres {env.A} {\n timeout 1s\n timeout 1s\n}", "set twice"},
		"unknown":                  {"postgres {env.A} {\n tls\n}", "unknown option 'tls'"},
		"timeout 0":                {"postgres {env.A} {\n timeout 0\n}", "timeout: it cannot be 0"},
		"timeout too long":         {"postgres {env.A} {\n timeout 2m\n}", "from 10ms to 1m"},
		"timeout, not a duration":  {"postgres {env.A} {\n timeout soon\n}", "not a duration"},
		"block behind an option":   {"postgres {env.A} {\n timeout 1s {\n a\n }\n}", "takes no block"},
		"empty password file name": {"postgres {env.A} {\n password_file \"\"\n}", "empty"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := new(Store).UnmarshalCaddyfile(caddyfile.NewTestDispenser(test.input))
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "Testfile:") {
				t.Errorf("the error is %v", err)
			}
			if err != nil && strings.Contains(err.Error(), canary) {
				t.Error("the error holds the password")
			}
		})
	}
}

func TestProvisionThatIsRefused(t *testing.T) {
	tests := map[string]struct {
		store *Store
		dsn   string
		want  string
	}{
		"no DSN":         {store: &Store{}, want: "is missing"},
		"nothing behind": {store: &Store{DSN: "{env.TEST_NOTHING}"}, want: "TEST_NOTHING"},
		"not a DSN":      {store: &Store{}, dsn: "postgres://gate:" + canary + "/x@db:port", want: "neither a URL"},
		"no such authority": {store: &Store{DSN: "postgres://db/shop?sslmode=verify-full&sslrootcert=/nowhere/ca.pem"},
			want: "/nowhere/ca.pem"},
		"no password": {store: &Store{DSN: "postgres://db/shop", Secret: secret.Secret{Password: "{env.TEST_NOTHING}"}}, want: "TEST_NOTHING"},
		"literal":     {store: &Store{DSN: "postgres://db/shop", Secret: secret.Secret{Password: canary}}, want: "give a placeholder"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.dsn != "" {
				test.store.DSN = setDSN(t, test.dsn)
			}
			err := test.store.Provision(storetest.NewContext(t))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v", err)
			}
			if err != nil && strings.Contains(err.Error(), canary) {
				t.Error("the error holds the password")
			}
			if err := test.store.Cleanup(); err != nil { // Caddy calls it all the same
				t.Error(err)
			}
		})
	}
}

func TestModule(t *testing.T) {
	info, err := caddy.GetModule("http.handlers.customer_gate.claims.postgres")
	if err != nil {
		t.Fatal(err)
	}
	if _, is := info.New().(*Store); !is {
		t.Errorf("it is a %T", info.New())
	}
}
