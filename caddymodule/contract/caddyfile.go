package contract

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/customergate/customergate/caddymodule/options"
)

func init() {
	httpcaddyfile.RegisterHandlerDirective("customer_gate_contract", func(h httpcaddyfile.Helper) (caddyhttp.MiddlewareHandler, error) {
		c := new(Contract)
		return c, c.UnmarshalCaddyfile(h.Dispenser)
	})
	// Before customer_gate, which answers everything if it has no matcher.
	httpcaddyfile.RegisterDirectiveOrder("customer_gate_contract", httpcaddyfile.After, "templates")
}

// UnmarshalCaddyfile sets up the handler from Caddyfile tokens. Syntax:
//
//	customer_gate_contract [<matcher>] {
//		server <address>
//		keys   <address>
//	}
func (h *Contract) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the directive's name
	if d.NextArg() {
		return d.Err("customer_gate_contract takes nothing but a matcher, which is *, or begins with / or @, and a block")
	}
	return options.ParseModule(d, h, contractOptions, h.Check)
}

var contractOptions = map[string]options.Parser[*Contract]{
	"server": func(h *Contract, d *caddyfile.Dispenser) error {
		return options.Word(d, &h.Server, "<address>", "https://acme.fincode.software/api/v6/services")
	},
	"keys": func(h *Contract, d *caddyfile.Dispenser) error {
		return options.Word(d, &h.Keys, "<address>", "/keys.json")
	},
}

// Check refuses what is no address.
func (o *Options) Check() error {
	return errors.Join(checkAddress("server", o.Server), checkAddress("keys", o.Keys))
}

func checkAddress(option, address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	absolute := err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
	relative := err == nil && u.Scheme == "" && u.Host == "" && strings.HasPrefix(address, "/")
	if !absolute && !relative || strings.ContainsAny(address, "{}?#") {
		return fmt.Errorf("%s: %q is no address: want one that begins with https://, http:// or /, without a query", option, address)
	}
	return nil
}

// Interface guard
var _ caddyfile.Unmarshaler = (*Contract)(nil)
