package caddymodule

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"

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
	template string // of the tenant's name; empty for the default tenant
	spelling spelling
	vary     string // the fields that it asks for, as a Vary header has them
	keys     string // the provider's configuration
	provider keys.Provider
}

var placeholder = regexp.MustCompile(`\{[^{} ]+\}`)

func (s *KeySource) checkTenant() error {
	if s.Tenant != "" && !placeholder.MatchString(s.Tenant) {
		return fmt.Errorf("tenant: %q is the same for every request; name a placeholder, such as {http.request.host.labels.2}", s.Tenant)
	}
	return nil
}

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
	return &keySource{
		template: s.Tenant,
		spelling: spellingOf(s.Tenant),
		vary:     headersIn(s.Tenant),
		provider: noKeys{},
	}
}

// noKeys is the provider of a gate that decrypts nothing.
type noKeys struct{}

func (noKeys) Keys(string) ([]keys.Key, error) { return nil, nil }

// headersIn names the header fields that a template asks for: answers that
// differ by tenant must not be mixed up by a cache. Host and path are a part of
// what a cache goes by already.
func headersIn(template string) string {
	var names []string
	for _, match := range headerPlaceholder.FindAllStringSubmatch(template, -1) {
		names = append(names, cmp.Or(match[1], "Cookie"))
	}
	return strings.Join(names, ", ")
}

var headerPlaceholder = regexp.MustCompile(`\{http\.request\.(?:header\.([^}]+)|cookie\.[^}]+)\}`)

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
	case s.template != "" && slices.Equal(tenants, []string{keys.DefaultTenant}):
		return errors.New("tenant: the key provider has keys for a tenant named default and for no other; " +
			"give `keys file` a directory, or name the `tenants` of `keys auto`")
	case s.template == "" && !slices.Contains(tenants, keys.DefaultTenant):
		return errors.New("keys: there is none for the tenant named default, and the option `tenant` does not say how else to name it")
	}
	return nil
}
