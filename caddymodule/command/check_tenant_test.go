package command

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/keys"
)

// TestCheckCommandTenant: a body is judged with the keys of one tenant, and who
// has used those of another is told.
func TestCheckCommandTenant(t *testing.T) {
	noStorage(t)
	byTenant := configFile(t, ":80 {\n\tcustomer_gate {\n\t\ttenant "+byLabel+"\n\t\tkeys file "+tenantFolder(t)+"\n\t}\n}\n")
	tests := map[string]struct {
		args   []string
		body   string
		reject bool
		says   string
	}{
		"its own key":             {[]string{"--tenant", "acme"}, sealedFor("acme"), false, `"payloadEncrypted": false`},
		"in upper case":           {[]string{"--tenant", "Acme"}, sealedFor("acme"), false, `"payloadEncrypted": false`},
		"the key of another":      {[]string{"--tenant", "acme"}, sealedFor("globex"), true, "\nwhy: it was encrypted with a public key of the tenant globex\n"},
		"nobody":                  {[]string{"--tenant", "nobody"}, validBody, true, "404 NOT_FOUND: There is no such tenant.\nwhy: choose a tenant with --tenant"},
		"not even a name":         {[]string{"--tenant", "../acme"}, validBody, true, "404 NOT_FOUND"},
		"none chosen":             {nil, validBody, true, "404 NOT_FOUND"},
		"a key that is named":     {[]string{"--key", keyFile(t)}, validBody, false, `"Lovelace"`},
		"a key that opens it not": {[]string{"--key", keyFile(t)}, sealedFor("acme"), true, "another public key, or damaged"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			run := execute(t, test.body, append([]string{"check", "--config", byTenant, "-"}, test.args...)...)
			if errors.Is(run.err, errRefused) != test.reject || run.err != nil && !test.reject {
				t.Errorf("the error is %v", run.err)
			}
			if !strings.Contains(run.stdout, test.says) {
				t.Errorf("%q is not in\n%s", test.says, run.stdout)
			}
			if run.stderr != "" {
				t.Errorf("beside the output it says %s", run.stderr)
			}
		})
	}
}

func TestCheckCommandTenantFails(t *testing.T) {
	noStorage(t)
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"gate of one tenant": {[]string{"--tenant", "acme"}, "does not tell tenants apart"},
		"beside a key":       {[]string{"--tenant", "acme", "--key", keyFile(t)}, "none of the others can be"},
	} {
		t.Run(name, func(t *testing.T) {
			run := execute(t, validBody, append([]string{"check", "-"}, test.args...)...)
			if run.err == nil || !strings.Contains(run.err.Error(), test.says) || run.stdout != "" {
				t.Errorf("the error is %v, it should say %q; output %s", run.err, test.says, run.stdout)
			}
		})
	}
}

// TestCheckCommandNotesTheKey: an app that is still on an old key is found
// before the key has retired. The note stays out of the normalised body.
func TestCheckCommandNotesTheKey(t *testing.T) {
	noStorage(t)
	config := configFile(t, ":80 {\n\tcustomer_gate {\n\t\tkeys test_plan\n\t}\n}\n")
	use := "; clients are to use " + kid("acme") + "\n"
	for name, test := range map[string]struct {
		sealed string
		ring   []keys.Key
		note   string
	}{
		"in use": {"acme", []keys.Key{keyAt("acme", 0), keyAt("globex", 0)}, ""},
		"retiring": {
			"globex", []keys.Key{keyAt("acme", 0), keyAt("globex", -time.Hour)},
			"note: encrypted with the key " + kid("globex") + ", which is retiring" + use,
		},
		"retiring by a plan": {
			"globex", []keys.Key{keyAt("acme", 0), keyInYears("globex", 2020, 2998)},
			"note: encrypted with the key " + kid("globex") + ", which is retiring and decrypts until 2998-01-01T00:00:00Z" + use,
		},
		"next": {
			"globex", []keys.Key{keyAt("acme", 0), keyAt("globex", time.Hour)},
			"note: encrypted with the key " + kid("globex") + ", which is next" + use,
		},
	} {
		t.Run(name, func(t *testing.T) {
			plan(t, map[string]func() ([]keys.Key, error){keys.DefaultTenant: ring(test.ring...)})
			run := execute(t, sealedFor(test.sealed), "check", "--config", config, "-")
			if run.err != nil || !strings.HasPrefix(run.stdout, "{") || !strings.HasSuffix(run.stdout, "}\n") {
				t.Errorf("error %v, output %s", run.err, run.stdout)
			}
			if run.stderr != test.note {
				t.Errorf("it notes %q, want %q", run.stderr, test.note)
			}
		})
	}
}
