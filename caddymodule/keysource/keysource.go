// Package keysource is the options `tenant` and `keys` of the handlers, and at work:
// whose keys a request is about.
package keysource

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
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
}

// Source is a KeySource at work.
type Source struct {
	Template tenant.Template // of the tenant's name
	Config   string          // the provider's
	Provider keys.Provider
}

// Ring is the keys that a request is about.
type Ring struct {
	Tenant string // whose they are; may not be the name of a tenant at all
	Keys   []keys.Key

	// Err is why there are none. That a provider has failed matters only to a request
	// with ciphertexts, so it is no refusal yet.
	Err error
}

// Sharer is what the handlers of a configuration share providers by.
type Sharer interface {
	// Share returns what has a configuration, which the first who asks loads.
	Share(config string, load func() (any, error)) (any, error)
}

// CheckTenant refuses a placeholder that cannot be one.
func (s *KeySource) CheckTenant() error { return tenant.Check(s.Tenant) }

// LoadKeys readies the source. module is the handler that the KeySource is a
// part of.
func (s *KeySource) LoadKeys(ctx caddy.Context, by Sharer, module any) (*Source, error) {
	if s.KeysRaw == nil {
		s.KeysRaw = json.RawMessage(`{"provider":"auto"}`)
	}
	source := s.WithoutKeys()
	source.Config = string(s.KeysRaw)
	provider, err := by.Share(source.Config, func() (any, error) { return ctx.LoadModule(module, "KeysRaw") })
	if err != nil {
		return nil, fmt.Errorf("loading keys: %w", err)
	}
	var ok bool
	if source.Provider, ok = provider.(keys.Provider); !ok {
		return nil, fmt.Errorf("loading keys: module %T is not a key provider", provider)
	}
	return source, source.check()
}

// WithoutKeys is a source that tells tenants apart by name, and takes any that is
// well-formed.
func (s *KeySource) WithoutKeys() *Source {
	return &Source{Template: tenant.New(s.Tenant), Provider: noKeys{}}
}

// RingFor returns the keys of the tenant of a request.
func (s *Source) RingFor(r *http.Request) Ring { return s.RingOf(s.Template.Of(r)) }

// RingOf returns the keys of a tenant, as many as may be tried.
func (s *Source) RingOf(tenant string) Ring {
	if !keys.ValidTenant(tenant) {
		return Ring{Tenant: tenant, Err: keys.ErrUnknownTenant}
	}
	ring, err := s.Provider.Keys(tenant)
	return Ring{Tenant: tenant, Keys: ring[:min(len(ring), keys.MaxKeys)], Err: err}
}

// HasKeys reports whether any tenant that is known has keys: one of many without is no
// reason to turn all others away.
func (s *Source) HasKeys() bool {
	tenants := s.Tenants()
	if tenants == nil {
		return true // nobody can tell
	}
	_, needsNone := s.Provider.(noKeys)
	return slices.ContainsFunc(tenants, func(tenant string) bool {
		found, err := s.Provider.Keys(tenant)
		return err == nil && (len(found) > 0 || needsNone)
	})
}

// Tenants are those that are known to have keys, or should; nil where nobody can tell.
func (s *Source) Tenants() []string {
	if s.Template.Text == "" {
		return []string{keys.DefaultTenant}
	}
	if lister, ok := s.Provider.(keys.Lister); ok {
		return lister.Tenants()
	}
	return nil
}

// noKeys is the provider of a gate that decrypts nothing.
type noKeys struct{}

func (noKeys) Keys(string) ([]keys.Key, error) { return nil, nil }

// check refuses a source that could not serve a single tenant, or hardly one.
func (s *Source) check() error {
	lister, ok := s.Provider.(keys.Lister)
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
	case s.Template.Text != "" && slices.Equal(tenants, []string{keys.DefaultTenant}):
		return errors.New("tenant: the key provider has keys for a tenant named default and for no other; " +
			"give `keys file` a directory, or name the `tenants` of `keys auto`")
	case s.Template.Text == "" && !slices.Contains(tenants, keys.DefaultTenant):
		return errors.New("keys: there is none for the tenant named default, and the option `tenant` does not say how else to name it")
	}
	return nil
}
