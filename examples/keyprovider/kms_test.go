package kms_test

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/keys"
	kms "github.com/customergate/customergate/examples/keyprovider"
)

// newTenants is a KMS with two tenants, one of which has replaced its key.
func newTenants(t *testing.T) *service {
	return newService(t, newPair("k3", "other"), newPair("k2", "acme"), newPair("k1", "acme"))
}

func TestRegistrationIsDecryptedByTheKMS(t *testing.T) {
	s := newTenants(t)
	g := startGateway(t, s.URL)
	for name, test := range map[string]struct {
		key  string
		mgf1 crypto.Hash
	}{
		"MGF1 with SHA-256":               {"k2", crypto.SHA256},
		"MGF1 with SHA-1":                 {"k2", crypto.SHA1},
		"key that was replaced":           {"k1", crypto.SHA256},
		"key that was replaced and SHA-1": {"k1", crypto.SHA1},
	} {
		t.Run(name, func(t *testing.T) {
			a := g.register(t, "acme", s.encrypt(t, test.key, test.mgf1))
			a.check(t, http.StatusCreated)
			if sent := <-g.upstream; !strings.Contains(sent, `"password":"`+password+`"`) {
				t.Errorf("the upstream received %s", sent)
			}
		})
	}
}

func TestRegistrationIsRefused(t *testing.T) {
	s := newTenants(t)
	g := startGateway(t, s.URL)
	junk := base64.StdEncoding.EncodeToString(make([]byte, keys.DefaultBits/8))
	for name, test := range map[string]struct {
		tenant, ciphertext string
		status             int
		says               string
	}{
		"junk":                    {"acme", junk, http.StatusUnprocessableEntity, "password_undecryptable"},
		"key of another tenant":   {"acme", s.encrypt(t, "k3", crypto.SHA256), http.StatusUnprocessableEntity, "password_undecryptable"},
		"tenant of which no keys": {"nobody", s.encrypt(t, "k2", crypto.SHA256), http.StatusNotFound, "NOT_FOUND"},
	} {
		t.Run(name, func(t *testing.T) {
			g.register(t, test.tenant, test.ciphertext).check(t, test.status, test.says)
		})
	}
}

// TestRegistrationWhileTheKMSIsInTrouble: nobody knows whether the password can
// be decrypted, so it is not called undecryptable.
func TestRegistrationWhileTheKMSIsInTrouble(t *testing.T) {
	for name, begin := range map[string]func(*service){
		"down":               func(s *service) { s.Close() },
		"failing":            (*service).fail,
		"not answering":      (*service).hang,
		"cutting its answer": (*service).cut,
	} {
		t.Run(name, func(t *testing.T) {
			s := newTenants(t)
			g := startGateway(t, s.URL)
			ciphertext := s.encrypt(t, "k2", crypto.SHA256)
			begin(s)
			a := g.register(t, "acme", ciphertext)
			a.check(t, http.StatusServiceUnavailable, "SERVICE_UNAVAILABLE")
			if a.header.Get("Retry-After") == "" {
				t.Error("it has no Retry-After")
			}
		})
	}
}

func TestConfigurationDoesNotLoad(t *testing.T) {
	down := newTenants(t)
	down.Close()
	failing := newTenants(t)
	failing.fail()
	for name, test := range map[string]struct{ url, says string }{
		"KMS that is down":           {down.URL, "listing the keys of the KMS"},
		"KMS that fails":             {failing.URL, "the KMS answered 500"},
		"list that is none":          {newService(t).listing(`{}`).URL, "listing the keys of the KMS"},
		"key that cannot be read":    {newService(t).listing(`[{"id":"k9"}]`).URL, `key "k9" of the KMS`},
		"scheme that is not of HTTP": {"gopher://kms.example.com", "unsupported protocol scheme"},
		"no key of the one tenant":   {newService(t).URL, "there is none for the tenant named default"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := validate(t, "keys kms "+test.url); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("the error is %v, it should say %q", err, test.says)
			}
		})
	}
}

// validate does what `caddy validate` does.
func validate(t *testing.T, options string) error {
	t.Helper()
	text, err := adapt(site(t, "8080", options, "127.0.0.1:8081"))
	if err != nil {
		t.Fatal(err)
	}
	var config caddy.Config
	if err := json.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	return caddy.Validate(&config)
}

func TestTenantsAreInOrder(t *testing.T) {
	provider := &kms.KMS{URL: newTenants(t).URL}
	if err := provider.Provision(caddy.Context{Context: t.Context()}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(keys.Lister(provider).Tenants(), " "); got != "acme other" {
		t.Errorf("the tenants are %s", got)
	}
}

func TestCaddyfileRefused(t *testing.T) {
	for name, test := range map[string]struct{ option, says string }{
		"no URL":         {"keys kms", "at Caddyfile:3"},
		"two URLs":       {"keys kms http://127.0.0.1:1 http://127.0.0.1:2", "at Caddyfile:3"},
		"not a URL":      {"keys kms kms.example.com", "kms wants a URL, such as https://kms.example.com, at Caddyfile:3"},
		"unknown option": {"keys kms http://127.0.0.1:1 {\n\t\ttimeout 5s\n\t}", "at Caddyfile:4"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := adapt(":8080 {\n\tcustomer_gate {\n\t\t" + test.option + "\n\t}\n}\n")
			if err == nil || !strings.HasSuffix(err.Error(), test.says) {
				t.Errorf("the error is %v, it should end with %q", err, test.says)
			}
		})
	}
}

func TestCaddyfileOfTheReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "## Use it\n\n```text\n")
	site, _, _ := strings.Cut(rest, "```")
	config, err := adapt(site)
	if err != nil || !strings.Contains(string(config), `{"provider":"kms","url":"https://kms.internal:8443"}`) {
		t.Errorf("it is adapted to %s, %v", config, err)
	}
}
