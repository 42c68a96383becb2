package keysource

import (
	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/options"
)

// ParseTenant reads the option `tenant`.
func (s *KeySource) ParseTenant(d *caddyfile.Dispenser) error {
	return options.Word(d, &s.Tenant, "<placeholder>", "{http.request.host.labels.2}")
}

// ParseKeys reads the option `keys`.
func (s *KeySource) ParseKeys(d *caddyfile.Dispenser) error {
	if !d.NextArg() {
		return options.Usage(d, "keys", "<provider> ...", "auto", "file /etc/customergate/private.pem")
	}
	name := d.Val()
	provider, err := options.Guest[keys.Provider](d.NewFromNextSegment(), "keys", namespace, name)
	if err != nil {
		return err
	}
	if options.EmptyBlock(d) {
		return d.Errf("keys: the block of %s is empty; leave it out", name)
	}
	s.KeysRaw = caddyconfig.JSONModuleObject(provider, "provider", name, nil)
	return nil
}

const namespace = "http.handlers.customer_gate.keys"
