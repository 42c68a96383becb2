package caddymodule

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/internal/routes"
	"github.com/customergate/customergate/caddymodule/keys"
)

func init() {
	caddy.RegisterModule(testVault{})
	caddy.RegisterModule(testSafe{})
	caddy.RegisterModule(testImposter{})
}

// testVault is a key provider of another author, with a block of options.
type testVault struct {
	Mount string `json:"mount,omitempty"`
}

func (testVault) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.handlers.customer_gate.keys.test_vault", New: func() caddy.Module { return new(testVault) }}
}

func (testVault) Keys(string) ([]keys.Key, error) { return nil, nil }

func (v *testVault) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next()
	for d.NextBlock(0) {
		if !d.AllArgs(&v.Mount) {
			return d.ArgErr()
		}
	}
	return nil
}

// testSafe is a provider that takes no notice of what follows its name.
type testSafe struct{ testVault }

func (testSafe) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.handlers.customer_gate.keys.test_safe", New: func() caddy.Module { return new(testSafe) }}
}

func (*testSafe) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next()
	return nil
}

// testImposter is in the namespace, but provides no keys.
type testImposter struct{}

func (testImposter) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.handlers.customer_gate.keys.test_imposter", New: func() caddy.Module { return new(testImposter) }}
}

func (*testImposter) UnmarshalCaddyfile(*caddyfile.Dispenser) error { return nil }

// TestProviderOfAnotherAuthor: a guest module may have a block, and the options
// behind it are read on.
func TestProviderOfAnotherAuthor(t *testing.T) {
	for name, block := range map[string]string{
		"with a block":    " {\n\t\t\tmount secret\n\t\t}",
		"without a block": "",
	} {
		t.Run(name, func(t *testing.T) {
			config, err := adapt(":8080 {\n\tcustomer_gate {\n\t\tkeys test_vault" + block + "\n\t\tmgf1 sha1\n\t}\n}\n")
			if err != nil {
				t.Fatal(err)
			}
			var tree any
			if err := json.Unmarshal(config, &tree); err != nil {
				t.Fatal(err)
			}
			gate := routes.Gates(tree)[0]
			mount, _ := gate["keys"].(map[string]any)["mount"].(string)
			if gate["mgf1"] != "sha1" || (mount == "secret") != (block != "") {
				t.Errorf("the gate is %v", gate)
			}
		})
	}
}

func TestProviderRefused(t *testing.T) {
	tests := map[string]struct{ option, says string }{
		"mistake in its block":     {"keys test_vault {\n\t\t\tmount a b\n\t\t}", "at Caddyfile:4"},
		"empty block":              {"keys test_vault {\n\t\t}", "keys: the block of test_vault is empty; leave it out, at Caddyfile:3"},
		"no provider":              {"keys test_imposter", "keys: a Caddyfile cannot set up module http.handlers.customer_gate.keys.test_imposter, at Caddyfile:3"},
		"argument that it ignores": {"keys test_vault secret", "keys: test_vault has no use for 'secret', at Caddyfile:3"},
		"block that it ignores":    {"keys test_safe {\n\t\t\tmount a\n\t\t}", "keys: test_safe has no use for '{', at Caddyfile:3"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := adapt(":8080 {\n\tcustomer_gate {\n\t\t" + test.option + "\n\t}\n}\n")
			if err == nil || !strings.HasSuffix(err.Error(), test.says) {
				t.Errorf("the error is %v, it should end with %q", err, test.says)
			}
		})
	}
}

// TestProviderOfNoKeysInJSON: what the Caddyfile refuses must not panic when it
// comes as JSON.
func TestProviderOfNoKeysInJSON(t *testing.T) {
	if _, err := provision(t, `{"keys":{"provider":"test_imposter"}}`); err == nil || !strings.Contains(err.Error(), "not a key provider") {
		t.Errorf("the error is %v", err)
	}
}
