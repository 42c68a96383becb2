package caddymodule

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/customergate/customergate/caddymodule/endpoints"
	"github.com/customergate/customergate/caddymodule/internal/publication"
	"github.com/customergate/customergate/caddymodule/internal/routes"
	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keysource"
	"github.com/customergate/customergate/caddymodule/languages"
)

func init() {
	caddy.RegisterModule(new(Publisher))
}

// Publisher gives out the public keys of a tenant, for clients to encrypt
// passwords with. Without `tenant` and `keys`, they are those of the
// configuration's `customer_gate` handlers, which must then agree on both.
//
// It answers every request that reaches it, so give it a matcher, such as
// `customer_gate_keys /keys*`.
//
// The form goes by the end of the path; what has no such end is answered 404:
//
// Path | Form
// -----|-----
// `….json`, `….jwks` | a JWK Set (`application/jwk-set+json`): the key in use first, then those that only still decrypt, each with its `kid` and, as far as they are known, `nbf` and `exp`
// `….pem` | the key in use, as a SubjectPublicKeyInfo in PEM (`application/x-pem-file`)
// `….txt` | the key in use, as the Base64 of its SubjectPublicKeyInfo on one line (`text/plain`), which is what the platform's dashboard shows
// `…/keys` | of these three the one that the Accept header likes best; the JWK Set when it likes none
//
// A client is to encrypt with the first key alone. It may keep the answer for
// as long as `Cache-Control` says: at most an hour, and no more than half of
// the time for which the key in use is sure to decrypt. Where nothing is sure,
// as with a key file without `overlap`, that is `no-cache`, and asking again
// costs a client no more than a 304.
//
// Scripts of any web page may read the keys: what is public and the same for
// everyone needs no protection from other origins.
//
// Refusals have the forms that those of `customer_gate` have by default: 404
// for what is no tenant and for another path, 405, and 503 when the keys cannot be had.
//
// Placeholders:
//
// Placeholder | Description
// ------------|-------------
// `{http.customer_gate.tenant}` | The tenant; empty if there was no such tenant
// `{http.customer_gate.code}` | The code of the refusal, such as `NOT_FOUND`; empty if there was none
type Publisher struct {
	keysource.KeySource

	refuser
	app    *App
	source *keysource.Source // nil where it is that of the gates
}

// CaddyModule returns the Caddy module information.
func (*Publisher) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.handlers.customer_gate_keys",
		New: func() caddy.Module { return new(Publisher) },
	}
}

// Provision checks the configuration and prepares it.
func (p *Publisher) Provision(ctx caddy.Context) error {
	p.logTo(ctx.Logger())
	if err := p.CheckTenant(); err != nil {
		return err
	}
	var err error
	p.endpointLabel = publicKeys
	if p.metrics, err = newMetrics(ctx.GetMetricsRegistry(), p.endpointLabel, modeEnforce); err != nil {
		return fmt.Errorf("registering metrics: %w", err)
	}
	if p.app, err = gateApp(ctx); err != nil {
		return err
	}
	p.app.publishers = append(p.app.publishers, p)
	if p.Tenant == "" && p.KeysRaw == nil {
		return p.publishGates(ctx)
	}
	p.source, err = p.LoadKeys(ctx, p.app, p)
	return err
}

// publishGates refuses a configuration without keys to publish. Handlers are
// provisioned one after the other, so there may be gates before this one and
// behind it.
func (p *Publisher) publishGates(ctx caddy.Context) error {
	p.app.publishesGates = true
	if len(p.app.sources) == 0 && !gateToCome(ctx) {
		return errNoGate
	}
	return p.app.checkPublished()
}

// gateToCome reports whether a gate with keys is still to be provisioned. Where
// that cannot be told, it is found out when the keys are asked for.
func gateToCome(ctx caddy.Context) bool {
	gates, told := routes.ToCome(ctx)
	return !told || slices.ContainsFunc(gates, willDecrypt)
}

// willDecrypt reports whether a gate that is described in JSON has keys. One that
// will be refused may have.
func willDecrypt(gate map[string]any) bool {
	e := endpoints.OfGate(gate)
	return e == nil || e.Contract.HasSealed()
}

// resolve returns the keys to publish: its own, or those that all gates have.
func (p *Publisher) resolve() (*keysource.Source, error) {
	if p.source != nil {
		return p.source, nil
	}
	return p.app.gateSource()
}

// ServeHTTP answers with the public keys.
func (p *Publisher) ServeHTTP(w http.ResponseWriter, r *http.Request, _ caddyhttp.Handler) error {
	finding := offerPlaceholders(r)
	// Without credentials, which browsers keep from such an answer, nobody gets
	// to see more than anyone can. An origin repeated here would only have
	// caches keep a copy for each.
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Access-Control-Expose-Headers", "ETag, Retry-After")
	if r.Method == http.MethodOptions {
		p.metrics.count(outcomePreflight)
		publication.AnswerOptions(w, r)
		return nil
	}
	published, refused := p.publish(r, finding)
	if refused != nil {
		return p.respond(w, r, refused, finding)
	}
	p.metrics.count(outcomePublished)
	published.Serve(unsized{w}, withBody(r))
	return nil
}

// publish makes the answer to a request.
func (p *Publisher) publish(r *http.Request, finding *finding) (*publication.Document, *refusal) {
	if !publication.At(r.URL.Path) {
		return nil, newRefusal(codeNotFound, languages.Plain("Public keys are at keys, keys.json, keys.pem and keys.txt."))
	}
	source, err := p.resolve()
	if err != nil {
		return nil, p.unpublishable("", err)
	}
	ring := source.RingFor(r)
	if errors.Is(ring.Err, keys.ErrUnknownTenant) {
		return nil, noSuchTenant()
	}
	finding.tenant = ring.Tenant
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return nil, newRefusal(codeMethodNotAllowed, languages.Plain("Public keys are fetched with GET.")).
			with("Allow", publication.Methods)
	}
	if ring.Err != nil {
		return nil, p.unpublishable(ring.Tenant, ring.Err)
	}
	published, err := publication.New(r, ring.Keys, source.Provider, source.Template.Vary, time.Now())
	if err != nil {
		return nil, p.unpublishable(ring.Tenant, err)
	}
	p.keyless.Works(ring.Tenant)
	return published, nil
}

// unpublishable tells the operator why there are no keys to give out.
func (p *Publisher) unpublishable(tenant string, err error) *refusal {
	p.keyless.Failed(tenant, "", err)
	return newRefusal(codeServiceUnavailable, languages.Plain("The public keys are not at hand; try again in a moment.")).
		with("Retry-After", retryAfter)
}

// Interface guards
var (
	_ caddy.Module                = (*Publisher)(nil)
	_ caddy.Provisioner           = (*Publisher)(nil)
	_ caddyhttp.MiddlewareHandler = (*Publisher)(nil)
)
