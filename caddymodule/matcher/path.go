// Package matcher selects the requests of an endpoint, however their paths are spelled.
package matcher

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

func init() {
	caddy.RegisterModule(Path(nil))
}

// Path matches requests for the endpoints that it names, such as
// `usermanagement/register-customer`, however their paths are spelled. Each name has one
// or more segments; a path matches when it has all of them, in this order, not as parts of
// longer words, and whatever else: in front, between and behind. With a star behind it,
// such as `register-customer*`, a name may go on, for services that route by the beginning
// of a path, and take /register-customers for the endpoint.
//
// Caddy's own `path` compares with one reading of a path. Customer services have others:
// they take a segment back where `/..` follows, with or without merging slashes first,
// leave out what is behind a `;`, decode once more, or let letters be of either case. What
// `path *register-customer*` passes over, such as `/register-customer//..`, would reach
// such a service unchecked. This matches whatever any of them can take for the endpoint,
// and so, now and then, what none of them does: the gate refuses that, or hands it on.
//
// A request of any path that asks for a tunnel of HTTP/2 (`Upgrade: h2c`) matches, too: in
// the tunnel, a client could send whatever it wants.
type Path []string

// CaddyModule returns the Caddy module information.
func (Path) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.matchers.customer_gate_path", New: func() caddy.Module { return new(Path) }}
}

// UnmarshalCaddyfile sets up the matcher from Caddyfile tokens. Syntax:
//
//	customer_gate_path <endpoint>...
func (m *Path) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	for d.Next() { // the same matcher twice in a set is one of all its endpoints, as with `path`
		endpoints := d.RemainingArgs()
		if len(endpoints) == 0 {
			return d.Err("write `customer_gate_path <endpoint>...`, such as `customer_gate_path register-customer`")
		}
		if d.NextBlock(0) {
			return d.Err("customer_gate_path takes no block")
		}
		*m = append(*m, endpoints...)
		if err := m.Validate(); err != nil {
			return d.WrapErr(err)
		}
	}
	return nil
}

// Provision folds the names, as paths are folded that are compared with them.
func (m Path) Provision(caddy.Context) error {
	for i, endpoint := range m {
		m[i] = plain(endpoint)
	}
	return nil
}

// Validate reports what names no endpoint.
func (m Path) Validate() error {
	for i, endpoint := range m {
		if err := check(endpoint, m[:i]); err != nil {
			return fmt.Errorf("customer_gate_path: %w", err)
		}
	}
	return nil
}

// MatchWithError reports whether the path of a request may be that of one of the
// endpoints. There is no error.
func (m Path) MatchWithError(r *http.Request) (bool, error) {
	if asksForTunnel(r) {
		return true, nil
	}
	target := r.URL.Opaque // x:http://host/path, which goes on without the x:
	if target == "" {
		target = r.URL.EscapedPath()
	}
	path := plain(target)
	return slices.ContainsFunc(m, func(endpoint string) bool { return names(path, endpoint) }), nil
}

func asksForTunnel(r *http.Request) bool {
	return slices.ContainsFunc(r.Header["Upgrade"], func(to string) bool { return strings.Contains(strings.ToLower(to), "h2c") })
}

// Interface guards
var (
	_ caddyfile.Unmarshaler             = (*Path)(nil)
	_ caddy.Provisioner                 = Path(nil)
	_ caddy.Validator                   = Path(nil)
	_ caddyhttp.RequestMatcherWithError = Path(nil)
)
