package caddymodule

import (
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/customergate/customergate/caddymodule/options"
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
		return d.Err("customer_gate_keys takes no argument but a matcher, which is *, or begins with / or @")
	}
	return options.ParseModule(d, p, publisherOptions, p.CheckTenant)
}

var publisherOptions = map[string]options.Parser[*Publisher]{
	"tenant": func(p *Publisher, d *caddyfile.Dispenser) error { return p.ParseTenant(d) },
	"keys":   func(p *Publisher, d *caddyfile.Dispenser) error { return p.ParseKeys(d) },
}

// Interface guards
var _ caddyfile.Unmarshaler = (*Publisher)(nil)
