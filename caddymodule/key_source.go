package caddymodule

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/internal/tenant"
	"github.com/customergate/customergate/caddymodule/keys"
	_ "github.com/customergate/customergate/caddymodule/keys/autokeys" // the provider of a gate that names none
)

// KeySource says whose key pair a request is about, and where it is kept.
type KeySource struct {
	// Who the tenant of a request is: a text with at least one placeholder,
	// such as `{http.request.host.labels.2}`, which is `acme` for
	// `acme.fincode.software`. A-Z become a-z; what is then not 1 to 63
	// characters of a-z, 0-9 and `-`, or not the name of a tenant with a key,
	// is answered 404. So is a request in which the upstream might read another
	// tenant: where the placeholder can have come from the path, one whose path
	// has an empty segment, one that ends in a dot, a `;`, a `\` or anything
	// percent-encoded. Default: all requests are those of one tenant, named
	// `default`.
	Tenant string `json:"tenant,omitempty"`

	// Where the private keys come from. Default: `auto`, which makes a key
	// pair in Caddy's storage at the first start and keeps it there.
	KeysRaw json.RawMessage `json:"keys,omitempty" caddy:"namespace=http.handlers.customer_gate.keys inline_key=provider"`

	source *keySource
}

// keySource is a KeySource at work.
type keySource struct {
	template tenant.Template // of the tenant's name
	keys     string          // the provider's configuration
	provider keys.Provider
}

func (s *KeySource) checkTenant() error { return tenant.Check(s.Tenant) }

// loadKeys readies the source. module is the handler that the KeySource is a
// part of.
func (s *KeySource) loadKeys(ctx caddy.Context, app *App, module any) error {
	if s.KeysRaw == nil {
		s.KeysRaw = json.RawMessage(`{"provider":"auto"}`)
	}
	s.source = s.withoutKeys()
	s.source.keys = string(s.KeysRaw)
	provider, err := app.Share(s.source.keys, func() (any, error) { return ctx.LoadModule(module, "KeysRaw") })
	if err != nil {
		return fmt.Errorf("loading keys: %w", err)
	}
	var ok bool
	if s.source.provider, ok = provider.(keys.Provider); !ok {
		return fmt.Errorf("loading keys: module %T is not a key provider", provider)
	}
	return s.source.check()
}

// withoutKeys is a source that tells tenants apart by name, and takes any that is
// well-formed.
func (s *KeySource) withoutKeys() *keySource {
	return &keySource{template: tenant.New(s.Tenant), provider: noKeys{}}
}

// noKeys is the provider of a gate that decrypts nothing.
type noKeys struct{}

func (noKeys) Keys(string) ([]keys.Key, error) { return nil, nil }

// check refuses a source that could not serve a single tenant, or hardly one.
func (s *keySource) check() error {
	lister, ok := s.provider.(keys.Lister)
	if !ok {
		return nil
	}
	tenants := lister.Tenants()
	for _, name := range tenants {
		if !keys.ValidTenant(name) {
			return fmt.Errorf("keys: %q cannot be the name of a tenant: want 1 to 63 characters of a-z, 0-9 and -", name)
		}
	}
	switch {
	case s.template.Text != "" && slices.Equal(tenants, []string{keys.DefaultTenant}):
		return errors.New("tenant: the key provider has keys for a tenant named default and for no other; " +
			"give `keys file` a directory, or name the `tenants` of `keys auto`")
	case s.template.Text == "" && !slices.Contains(tenants, keys.DefaultTenant):
		return errors.New("keys: there is none for the tenant named default, and the option `tenant` does not say how else to name it")
	}
	return nil
}
