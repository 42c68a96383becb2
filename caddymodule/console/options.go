package console

import (
	"errors"
	"fmt"
	"strings"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/customergate/customergate/caddymodule/options"
)

// Options are what a console can be told.
type Options struct {
	// What stands before the paths of the endpoints, beginning with `/`. Default:
	// `/api/v6/services`.
	Server string `json:"server,omitempty"`

	// The path of the public keys, beginning with `/`. Default: `/keys.json`.
	Keys string `json:"keys,omitempty"`

	// Who may see it, by address: `private_ranges` or CIDR ranges. A request that came
	// through a proxy which the server does not trust is nobody's. Default:
	// `private_ranges`.
	Clients []string `json:"clients,omitempty"`
}

// Check refuses what the page could not ask for, as it asks no other host.
func (o *Options) Check() error {
	_, err := parseVisitors(o.Clients)
	return errors.Join(checkPath("server", o.Server), checkPath("keys", o.Keys), err)
}

func checkPath(option, path string) error {
	if path != "" && (!strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "{}?#\\")) {
		return fmt.Errorf("%s: %q is no path that begins with /: the console asks no other host", option, path)
	}
	return nil
}

func (o Options) server() string {
	if o.Server == "" {
		return "/api/v6/services"
	}
	return strings.TrimSuffix(o.Server, "/")
}

func (o Options) keys() string {
	if o.Keys == "" {
		return "/keys.json"
	}
	return o.Keys
}

func init() {
	httpcaddyfile.RegisterHandlerDirective("customer_gate_console", func(h httpcaddyfile.Helper) (caddyhttp.MiddlewareHandler, error) {
		c := new(Console)
		return c, c.UnmarshalCaddyfile(h.Dispenser)
	})
	// Before customer_gate, which answers everything if it has no matcher.
	httpcaddyfile.RegisterDirectiveOrder("customer_gate_console", httpcaddyfile.After, "templates")
}

// UnmarshalCaddyfile sets up the handler from Caddyfile tokens. Syntax:
//
//	customer_gate_console [<matcher>] {
//		server  <path>
//		keys    <path>
//		clients private_ranges|<cidr>...
//	}
func (h *Console) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the directive's name
	if d.NextArg() {
		return d.Err("customer_gate_console takes nothing but a matcher, which is *, or begins with / or @, and a block")
	}
	return options.ParseModule(d, h, parsers, h.Check)
}

var parsers = map[string]options.Parser[*Console]{
	"server": func(h *Console, d *caddyfile.Dispenser) error {
		return options.Word(d, &h.Server, "<path>", "/api/v6/services")
	},
	"keys": func(h *Console, d *caddyfile.Dispenser) error {
		return options.Word(d, &h.Keys, "<path>", "/keys.json")
	},
	"clients": func(h *Console, d *caddyfile.Dispenser) error {
		return options.List(d, &h.Clients, "private_ranges|<cidr>...", "10.0.0.0/8")
	},
}

// Interface guard
var _ caddyfile.Unmarshaler = (*Console)(nil)
