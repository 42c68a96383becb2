package caddymodule

import (
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/customergate/customergate/caddymodule/internal/options"
	"github.com/customergate/customergate/caddymodule/keys"
)

func init() {
	httpcaddyfile.RegisterHandlerDirective("customer_gate_keys", parsePublisher)
	// Before customer_gate, which answers everything if it has no matcher.
	httpcaddyfile.RegisterDirectiveOrder("customer_gate_keys", httpcaddyfile.After, "templates")
}

func parsePublisher(h httpcaddyfile.Helper) (caddyhttp.MiddlewareHandler, error) {
	p := new(Publisher)
	return p, p.UnmarshalCaddyfile(h.Dispenser)
}

// UnmarshalCaddyfile sets up the handler from Caddyfile tokens. Syntax:
//
//	customer_gate_keys [<matcher>] {
//		tenant <placeholder>
//		keys   <provider> ...
//	}
//
// Without both options, it publishes the keys of the configuration's
// customer_gate.
func (p *Publisher) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the directive's name
	if d.NextArg() {
		return d.ArgErr()
	}
	return options.ParseModule(d, p, publisherOptions, p.checkTenant)
}

var publisherOptions = map[string]options.Parser[*Publisher]{
	"tenant": func(p *Publisher, d *caddyfile.Dispenser) error { return p.parseTenant(d) },
	"keys":   func(p *Publisher, d *caddyfile.Dispenser) error { return p.parseKeys(d) },
}

func (s *KeySource) parseTenant(d *caddyfile.Dispenser) error {
	return options.Word(d, &s.Tenant)
}

func (s *KeySource) parseKeys(d *caddyfile.Dispenser) error {
	if !d.NextArg() {
		return d.ArgErr()
	}
	name := d.Val()
	info, err := caddy.GetModule(keysNamespace + "." + name)
	if err != nil {
		return d.Errf("keys: there is no provider '%s'; there are %s", name, strings.Join(keyProviders(), ", "))
	}
	provider, ok := info.New().(interface {
		keys.Provider
		caddyfile.Unmarshaler
	})
	if !ok {
		return d.Errf("keys: module %s is not a key provider that a Caddyfile can set up", info.ID)
	}
	segment := d.NewFromNextSegment()
	if err := provider.UnmarshalCaddyfile(segment); err != nil {
		return err
	}
	if segment.Next() {
		return segment.Errf("keys: the provider %s has no use for '%s'", name, segment.Val())
	}
	if isEmptyBlock(d) {
		return d.Errf("keys: the block of %s is empty; leave it out", name)
	}
	s.KeysRaw = caddyconfig.JSONModuleObject(provider, "provider", name, nil)
	return nil
}

// isEmptyBlock reports whether the parser has just passed an empty block, which
// providers are not shown, and steps back to the line where it opens.
func isEmptyBlock(d *caddyfile.Dispenser) bool {
	if d.ValRaw() != "}" {
		return false
	}
	d.Prev()
	if d.ValRaw() == "{" {
		return true
	}
	d.Next()
	return false
}

const keysNamespace = "http.handlers.customer_gate.keys"

// keyProviders names the providers that this Caddy was built with.
func keyProviders() []string {
	var names []string
	for _, module := range caddy.GetModules(keysNamespace) {
		names = append(names, module.ID.Name())
	}
	return names
}

// Interface guards
var _ caddyfile.Unmarshaler = (*Publisher)(nil)
