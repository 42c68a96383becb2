// Package readiness tells load balancers whether the gates of a configuration can
// serve.
package readiness

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

func init() {
	caddy.RegisterModule(new(Ready))
	httpcaddyfile.RegisterHandlerDirective("customer_gate_ready", func(h httpcaddyfile.Helper) (caddyhttp.MiddlewareHandler, error) {
		r := new(Ready)
		return r, r.UnmarshalCaddyfile(h.Dispenser)
	})
	// Before customer_gate, which answers everything if it has no matcher.
	httpcaddyfile.RegisterDirectiveOrder("customer_gate_ready", httpcaddyfile.After, "templates")
}

// Ready answers 200 while the gates of the configuration can serve, and 503 with a
// reason that tells no secret while they would answer 503 themselves: no tenant has a
// private key, or a claims store does not answer within a quarter of a second. It has no
// options. Mount it on a path of its own, which only load balancers ask.
type Ready struct {
	gates gates
}

// gates is what the app of the gates tells.
type gates interface {
	// Unready says why they cannot serve; "" if they can.
	Unready(ctx context.Context) string
}

// CaddyModule returns the Caddy module information.
func (*Ready) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.handlers.customer_gate_ready", New: func() caddy.Module { return new(Ready) }}
}

// Provision finds the gates.
func (h *Ready) Provision(ctx caddy.Context) error {
	app, err := ctx.App("customer_gate")
	if err != nil {
		return err
	}
	h.gates = app.(gates)
	return nil
}

// UnmarshalCaddyfile sets up the handler from Caddyfile tokens. Syntax:
//
//	customer_gate_ready [<matcher>]
func (h *Ready) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the directive's name
	if d.NextArg() || d.NextBlock(0) {
		return d.Err("customer_gate_ready takes nothing but a matcher, which is *, or begins with / or @")
	}
	return nil
}

// ServeHTTP answers.
func (h *Ready) ServeHTTP(w http.ResponseWriter, r *http.Request, _ caddyhttp.Handler) error {
	answer, status := map[string]any{"ready": true}, http.StatusOK
	if why := h.gates.Unready(r.Context()); why != "" {
		answer, status = map[string]any{"ready": false, "reason": why}, http.StatusServiceUnavailable
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // who is gone is told nothing
	return nil
}

// Interface guards
var (
	_ caddy.Provisioner           = (*Ready)(nil)
	_ caddyfile.Unmarshaler       = (*Ready)(nil)
	_ caddyhttp.MiddlewareHandler = (*Ready)(nil)
)
