package redisstore

import (
	"encoding/json"
	"os"
	"path/filepath"
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
		"address alone": {`redis cache.example`, `{"addresses":["cache.example"]}`},
		"one server": {`redis cache.example:6380 {
				user gate
				password {env.REDIS_PASSWORD}
				database 3
				timeout 250ms
			}`, `{"addresses":["cache.example:6380"],"user":"gate","password":"{env.REDIS_PASSWORD}","database":3,"timeout":250000000}`},
		"cluster over TLS": {`redis a b {
				cluster
				tls
				password_file /run/secrets/redis
			}`, `{"addresses":["a","b"],"password_file":"/run/secrets/redis","cluster":true,"tls":{}}`},
		"sentinel": {`redis a b {
				sentinel main
			}`, `{"addresses":["a","b"],"sentinel":{"master":"main"}}`},
		"every option of sentinel and TLS": {`redis a b {
				sentinel main {
					user watch
					password_file /run/secrets/sentinel
				}
				tls {
					ca one.pem two.pem
					server_name cache.example
					certificate own.pem own.key
				}
			}`, `{"addresses":["a","b"],"sentinel":{"master":"main","user":"watch","password_file":"/run/secrets/sentinel"},` +
			`"tls":{"ca":["one.pem","two.pem"],"server_name":"cache.example","certificate":"own.pem","key":"own.key"}}`},
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
		option, want string
	}{
		"unknown":                    {"sentinels main", "unknown option 'sentinels'"},
		"unknown of tls":             {"tls {\n insecure\n}", "unknown option 'insecure'"},
		"unknown of sentinel":        {"sentinel main {\n timeout 1s\n}", "unknown option 'timeout'"},
		"doubled":                    {"user a\nuser b", "set twice"},
		"doubled in tls":             {"tls {\n server_name a\n server_name b\n}", "set twice"},
		"literal password":           {"password " + canary, "give a placeholder"},
		"part of it literal":         {"password {env.A}" + canary, "give a placeholder"},
		"another placeholder":        {"password {http.request.header.password}", "give a placeholder"},
		"two passwords":              {"password {env.A} " + canary, "one argument"},
		"no password":                {"password", "one argument"},
		"password and file":          {"password {env.A}\npassword_file b", "keep one"},
		"literal for sentinel":       {"sentinel main {\n password " + canary + "\n}", "give a placeholder"},
		"sentinel without a name":    {"sentinel", "sentinel: write `sentinel <master>`"},
		"sentinel and cluster":       {"cluster\nsentinel main", "keep one"},
		"cluster with an argument":   {"cluster yes", "cluster takes no argument"},
		"database of a cluster":      {"cluster\ndatabase 1", "only database 0"},
		"database under 0":           {"database -1", "a number from 0"},
		"database that is no number": {"database main", "not a whole number"},
		"tls with an argument":       {"tls on", "tls takes no argument"},
		"certificate without a key":  {"tls {\n certificate own.pem\n}", "certificate: write `certificate <file> <key file>`"},
		"timeout 0":                  {"timeout 0", "timeout: it cannot be 0"},
		"timeout too short":          {"timeout 1ms", "from 10ms to 1m"},
		"timeout, not a duration":    {"timeout soon", "not a duration"},
		"block behind an option":     {"user a {\n b\n}", "takes no block"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := new(Store).UnmarshalCaddyfile(caddyfile.NewTestDispenser("redis a {\n" + test.option + "\n}"))
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "Testfile:") {
				t.Errorf("the error is %v", err)
			}
			if err != nil && strings.Contains(err.Error(), canary) {
				t.Error("the error holds the password")
			}
		})
	}
	if err := new(Store).UnmarshalCaddyfile(caddyfile.NewTestDispenser("redis")); err == nil {
		t.Error("no address is accepted")
	}
}

func TestProvisionThatIsRefused(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	one := []string{"a"}
	tests := map[string]struct {
		store Store
		want  string
	}{
		"no address":              {Store{}, "is missing"},
		"a URL":                   {Store{Addresses: []string{"redis://gate:" + canary + "@a"}}, "not a URL"},
		"a URL without a scheme":  {Store{Addresses: []string{"gate:" + canary + "@a"}}, "not a URL"},
		"no host":                 {Store{Addresses: []string{":6379"}}, "not <host>:<port>"},
		"no port":                 {Store{Addresses: []string{"a:"}}, "not <host>:<port>"},
		"unknown placeholder":     {Store{Addresses: []string{"{env.TEST_NOTHING}"}}, "TEST_NOTHING"},
		"several of nothing":      {Store{Addresses: []string{"a", "b"}}, "`cluster` or `sentinel <master>`"},
		"nameless master":         {Store{Addresses: one, Sentinel: &Sentinel{}}, "master is missing"},
		"literal password":        {Store{Addresses: one, Secret: secret.Secret{Password: canary}}, "give a placeholder"},
		"no password":             {Store{Addresses: one, Secret: secret.Secret{Password: "{env.TEST_NOTHING}"}}, "TEST_NOTHING"},
		"no password file":        {Store{Addresses: one, Secret: secret.Secret{PasswordFile: "/nowhere/password"}}, "/nowhere/password"},
		"unknown password file":   {Store{Addresses: one, Secret: secret.Secret{PasswordFile: "{env.TEST_NOTHING}"}}, "TEST_NOTHING"},
		"empty password file":     {Store{Addresses: one, Secret: secret.Secret{PasswordFile: empty}}, "is empty"},
		"no password of sentinel": {Store{Addresses: one, Sentinel: &Sentinel{Master: "m", Secret: secret.Secret{PasswordFile: empty}}}, "sentinel: "},
		"no authority":            {Store{Addresses: one, TLS: &TLS{CA: []string{"/nowhere/ca.pem"}}}, "/nowhere/ca.pem"},
		"not an authority":        {Store{Addresses: one, TLS: &TLS{CA: []string{empty}}}, "no certificate in"},
		"no certificate":          {Store{Addresses: one, TLS: &TLS{Certificate: "/nowhere/own.pem", Key: empty}}, "/nowhere/own.pem"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
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

func TestAddresses(t *testing.T) {
	tests := map[string]struct {
		configured string
		sentinel   *Sentinel
		want       string
	}{
		"host":             {"a", nil, "a:6379"},
		"host and port":    {"a:1", nil, "a:1"},
		"IPv6":             {"[::1]", nil, "[::1]:6379"},
		"IPv6 and port":    {"[::1]:1", nil, "[::1]:1"},
		"IPv6 without []":  {"::1", nil, "[::1]:6379"},
		"socket":           {"unix//run/redis.sock", nil, "/run/redis.sock"},
		"sentinel":         {"a", &Sentinel{Master: "m"}, "a:26379"},
		"sentinel at port": {"a:1", &Sentinel{Master: "m"}, "a:1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := storetest.Provision(t, &Store{Addresses: []string{test.configured}, Sentinel: test.sentinel})
			if got := s.options.Addrs[0]; got != test.want {
				t.Errorf("it is %s", got)
			}
		})
	}
}

func TestModule(t *testing.T) {
	info, err := caddy.GetModule("http.handlers.customer_gate.claims.redis")
	if err != nil {
		t.Fatal(err)
	}
	if _, is := info.New().(*Store); !is {
		t.Errorf("it is a %T", info.New())
	}
}
