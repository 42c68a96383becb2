package console

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp/encode"

	"github.com/customergate/customergate/caddymodule/contract"
	"github.com/customergate/customergate/caddymodule/internal/clientip"
)

func init() {
	caddy.RegisterModule(new(Console))
}

// Console is a page for people who write clients: it has a form for each gate of its
// site, judges what is typed by the gate's own rules, encrypts, sends, and shows request
// and answer. It can also tell what is wrong with a ciphertext that a client has made.
// It is for a test system, or for the few: it is off unless it is configured, and there
// only for clients with private addresses. For everyone else, the request goes on to the
// next handler as though there were no console.
//
// Its address ends with `/`, such as /console/, and what the page needs is beside it. It
// asks no other host for anything. Browsers encrypt only on HTTPS and on localhost.
type Console struct {
	Options

	gates    gates
	site     any
	visitors clientip.Ranges
	ofGates  func() (file, error)
}

// gates is what the app of the gates tells.
type gates interface {
	// Contracts are those of all gates.
	Contracts() []contract.Gate
	// Share has what is loaded started with the configuration.
	Share(config string, load func() (any, error)) (any, error)
}

// CaddyModule returns the Caddy module information.
func (*Console) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.handlers.customer_gate_console", New: func() caddy.Module { return new(Console) }}
}

// Provision finds the gates, which may still be to come.
func (h *Console) Provision(ctx caddy.Context) error {
	if err := h.Check(); err != nil {
		return err
	}
	var err error
	if h.visitors, err = parseVisitors(h.Clients); err != nil {
		return err
	}
	app, err := ctx.App("customer_gate")
	if err != nil {
		return err
	}
	h.gates, h.site = app.(gates), contract.SiteOf(ctx)
	h.ofGates = sync.OnceValues(h.describe)
	_, err = h.gates.Share(fmt.Sprintf("customer_gate_console %p", h), func() (any, error) { return h, nil })
	return err
}

// Start describes the gates, once all are there.
func (h *Console) Start() error {
	_, err := h.ofGates()
	return err
}

// policy is what the page may do: nothing but to run what is beside it, and to ask where
// it is from.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src data:; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// ServeHTTP answers.
func (h *Console) ServeHTTP(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	if !h.visitors.Contain(clientip.Sure(r)) {
		return next.ServeHTTP(w, r)
	}
	name := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	if name == "console" {
		w.Header().Set("Location", "console/") // whatever handlers before have taken off the path
		w.WriteHeader(http.StatusPermanentRedirect)
		return nil
	}
	f, found, err := h.find(name)
	switch {
	case err != nil:
		return caddyhttp.Error(http.StatusInternalServerError, err)
	case !found:
		return next.ServeHTTP(w, r)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		return caddyhttp.Error(http.StatusMethodNotAllowed, nil)
	}
	return f.serve(w, r)
}

// find looks for a file by its name; the page itself has none.
func (h *Console) find(name string) (f file, found bool, err error) {
	if name == "gates.json" {
		f, err = h.ofGates()
		return f, true, err
	}
	f, found = files()[name]
	return f, found, nil
}

func (f file) serve(w http.ResponseWriter, r *http.Request) error {
	header := w.Header()
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Robots-Tag", "noindex")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cache-Control", "no-cache") // another version of the gateway has other files
	header.Set("ETag", f.tag)
	header.Set("Content-Type", f.kind)
	if f.encoding != "" {
		if !slices.Contains(encode.AcceptedEncodings(r, nil), f.encoding) {
			return caddyhttp.Error(http.StatusNotAcceptable, fmt.Errorf("the rules are there as %s alone, which browsers take on HTTPS and on localhost", f.encoding))
		}
		header.Set("Content-Encoding", f.encoding)
		header.Set("Vary", "Accept-Encoding")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.content))
	return nil
}

// Interface guards
var (
	_ caddy.Module                = (*Console)(nil)
	_ caddy.Provisioner           = (*Console)(nil)
	_ caddyhttp.MiddlewareHandler = (*Console)(nil)
)
