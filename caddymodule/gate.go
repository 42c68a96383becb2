package caddymodule

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/customergate/customergate/caddymodule/contract"
	"github.com/customergate/customergate/caddymodule/endpoints"
	"github.com/customergate/customergate/caddymodule/headers"
	"github.com/customergate/customergate/caddymodule/internal/attempts"
	"github.com/customergate/customergate/caddymodule/internal/decryptions"
	"github.com/customergate/customergate/caddymodule/internal/oaep"
	"github.com/customergate/customergate/caddymodule/internal/plaintext"
	"github.com/customergate/customergate/caddymodule/internal/selfcheck"
	"github.com/customergate/customergate/caddymodule/keysource"
	"github.com/customergate/customergate/caddymodule/languages"
	"github.com/customergate/customergate/caddymodule/limits"
	"github.com/customergate/customergate/caddymodule/rules"
	"github.com/customergate/customergate/caddymodule/uniqueness"
	"github.com/customergate/customergate/caddymodule/waiting"
	"github.com/customergate/customergate/validation"
)

func init() {
	caddy.RegisterModule(new(Gate))
}

// Gate stands in front of one endpoint of a customer service, a registration unless it is
// told otherwise, and lets only valid requests through. It checks the headers, reads the
// body as strict JSON, decrypts the RSA-OAEP fields, runs every rule of the contract, and
// either answers all that is wrong at once or hands the next handler a normalised body
// with the passwords in plaintext.
//
// CORS preflights pass untouched. The handler is ordered by default: after
// authentication, rate limits and `request_body`, before `reverse_proxy`.
//
// Placeholders, set once a request has been judged:
//
// Placeholder | Description
// ------------|-------------
// `{http.customer_gate.code}` | The code of the refusal, such as `VALIDATION_ERROR`; empty if there was none
// `{http.customer_gate.violations}` | What was wrong, as a JSON array of objects with `pointer` (or `header`), `code` and, where the code has any, `params`; names that a client chose are replaced by `*`
// `{http.customer_gate.tenant}` | The tenant; empty if there was no such tenant
type Gate struct {
	keysource.KeySource

	// What the gate stands before: `register_customer`; `edit_profile` for
	// `PUT …/usermanagement/profile-edit`; `login` for
	// `PUT …/securitymanagement/login`; or `change_password` for
	// `PUT …/securitymanagement/change-password`. An endpoint has the options that its
	// fields have a use for: `keys`, `mgf1`, `engine`, `queue`, `reuse_limit` and
	// `plaintext` where something may be encrypted, `unique_email` and `idempotency`
	// where a new customer takes an email address, `attempts` where the secret of an
	// account is tried, and of the `rules` those of its
	// fields. Default: `register_customer`.
	//
	// `custom` is one that `custom` describes.
	Endpoint string `json:"endpoint,omitempty"`

	// What the endpoint `custom` is, which needs it. Default: none, as for any other.
	Custom *endpoints.Custom `json:"custom,omitempty"`

	// What comes of a request that breaks the contract: `enforce` refuses it;
	// `monitor` hands every request on as it came, byte for byte, and tells in the
	// log, the metrics and `caddy customer-gate report` what would have been refused,
	// and what the upstream said of it. A gate that monitors changes, delays and
	// reserves nothing: it decrypts only when nobody waits for that, and only looks at
	// who has an address. Default: `enforce`.
	Mode string `json:"mode,omitempty"`

	// The headers that a request must have. Default: `platform` with the value
	// `fincode`, and `uuid` with any value. `edit_profile` and `change_password`
	// require `X-Auth-Token` besides, of 1 to 4096 characters, whatever is named here.
	Headers []headers.Required `json:"headers,omitempty"`

	// The largest body, in bytes. Default: 65536 (64 KiB); at least 1024, at
	// most 16777216 (16 MiB).
	MaxBody int64 `json:"max_body,omitempty"`

	// Which hash a client may use in the mask generation function MGF1 of
	// OAEP: `sha256` (Web Crypto, Node.js, Python, .NET, Go), `sha1` (Java's
	// and Android's default) or `both`. Default: `both`.
	MGF1 string `json:"mgf1,omitempty"`

	// What does private-key operations: `go`, or the engine of a package that is
	// compiled in, such as `openssl` (OpenSSL's libcrypto) and `cryptomb` (Intel's
	// crypto_mb beside it), which need their library and cgo; Go's is used in
	// place of one that cannot be used. Default: `auto`, the fastest that can.
	Engine string `json:"engine,omitempty"`

	// How requests wait for private-key operations. Default: the defaults of its
	// options.
	Queue *waiting.Queue `json:"queue,omitempty"`

	// How often the gate tries by itself whether a password that is encrypted with each
	// tenant's published key can be opened, and whether the store of `unique_email`
	// takes a claim; 0 turns that off. What fails is an error in the log, a metric, and in
	// `caddy customer-gate status`. Default: 1m; at least 1s, at most 24h.
	SelfCheck *caddy.Duration `json:"self_check,omitempty"`

	// How often a ciphertext may be sent. Default: 20 times in 1h.
	ReuseLimit *limits.ReuseLimit `json:"reuse_limit,omitempty"`

	// How often somebody may fail to log in. Default: 20 times in 15m.
	Attempts *limits.Attempts `json:"attempts,omitempty"`

	// Who may send raw passwords (`"payloadEncrypted": false`, or without it where it
	// is not required, what has not the form of a ciphertext): `deny`,
	// `allow`, or any of `private_ranges` and CIDR ranges, which are matched
	// with the client IP (see the server's `trusted_proxies`). What a proxy has handed
	// on that is none of these could be anybody's, and is in no range. Default:
	// `private_ranges`.
	Plaintext []string `json:"plaintext,omitempty"`

	// Further top-level members to let through to the upstream, or `*` for
	// every unknown member, of `address` too. Default: none, unknown members
	// are refused.
	AllowFields []string `json:"allow_fields,omitempty"`

	// The form of refusals: `envelope` (the platform's own), `problem`
	// (RFC 9457), or `handle_errors` to leave them to the error routes of the
	// server, which get the request without its body. Default: the envelope,
	// or a problem for a client whose Accept asks for
	// `application/problem+json`.
	Errors string `json:"errors,omitempty"`

	// The languages of its messages. Default: those that are built in, and `en` for a
	// client that asks for none of them.
	Languages *languages.Languages `json:"languages,omitempty"`

	// Keeps email addresses unique. Default: the upstream alone does.
	UniqueEmail *uniqueness.UniqueEmail `json:"unique_email,omitempty"`

	// Whether a client that repeats a request, with the same `Idempotency-Key`
	// (or `X-Idempotency-Key`) and the same registration, gets the first answer
	// again for 24 hours. Answers of up to 64 KiB are kept, encrypted, in the
	// store of `unique_email`, which is required. Default: false.
	Idempotency bool `json:"idempotency,omitempty"`

	// The tunables of the rules. Default: the contract's own.
	Rules *rules.Rules `json:"rules,omitempty"`

	refuser
	app        *App
	bodies     prometheus.Observer // of their sizes
	source     *keysource.Source
	endpoint   *endpoints.Endpoint // that was described
	headers    []headers.Required
	decrypter  *oaep.Decrypter
	turns      *oaep.Queue        // of the decrypter
	engineText string             // the name and version of the engine, for people
	checker    *selfcheck.Checker // of this gate, once it has started; nil where nothing is checked
	attempts   attempts.Limit     // none where nobody's account is tried
	plaintext  plaintext.Policy
	rules      *validation.Rules
	unique     *uniqueness.Keeper // nil without unique_email
	warned     *atomic.Bool       // of a proxy that is not trusted
}

// CaddyModule returns the Caddy module information.
func (*Gate) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.handlers.customer_gate",
		New: func() caddy.Module { return new(Gate) },
	}
}

// Provision checks the configuration and prepares it. It reads the files that
// the configuration names, and writes nothing.
func (g *Gate) Provision(ctx caddy.Context) error {
	g.logTo(ctx.Logger())
	if err := g.settle(); err != nil {
		return err
	}
	g.form = answerForms[g.Errors]
	if g.triesAccounts() {
		g.attempts = g.Attempts.Limit()
	}
	var err error
	if g.speaker, err = g.Languages.Speaker(); err != nil {
		return err
	}
	if g.plaintext, err = plaintext.Parse(g.Plaintext); err != nil {
		return err
	}
	if g.rules, err = g.compileRules(); err != nil {
		return err
	}
	g.endpointLabel = g.served().Label()
	if g.metrics, err = newMetrics(ctx.GetMetricsRegistry(), g.endpointLabel, g.mode()); err != nil {
		return fmt.Errorf("registering metrics: %w", err)
	}
	g.bodies = bodySizes.WithLabelValues(g.endpointLabel)
	app, err := gateApp(ctx)
	if err != nil {
		return err
	}
	if err := g.provisionKeys(ctx, app); err != nil {
		return err
	}
	if g.unique, err = g.UniqueEmail.Provision(ctx, app); err != nil {
		return err
	}
	if g.unique != nil {
		app.keepers = append(app.keepers, g.unique)
	}
	if g.mode() == modeEnforce {
		app.enforcing = append(app.enforcing, g)
	}
	app.contracts = append(app.contracts, g.contract(contract.SiteOf(ctx)))
	g.app = app
	app.gates = append(app.gates, g)
	app.starters = append(app.starters, selfChecker{g})
	return g.provisionDecrypter(ctx, app)
}

// settle finishes the options, as far as they need nothing but one another.
func (g *Gate) settle() error {
	if err := g.buildEndpoint(); err != nil {
		return err
	}
	g.applyDefaults()
	if err := errors.Join(g.check(), g.checkTogether()); err != nil {
		return err
	}
	g.headers = headers.Canonical(g.Headers, slices.Concat(g.endpointHeaders(), g.idempotencyHeaders()))
	return nil
}

// provisionDecrypter readies the private-key operations, where there are any.
func (g *Gate) provisionDecrypter(ctx caddy.Context, app *App) error {
	if !g.decrypts() {
		return nil
	}
	chosen, err := g.chooseEngine(ctx.GetMetricsRegistry())
	if err != nil {
		return err
	}
	if g.turns, err = g.Queue.Share(app, chosen); err != nil {
		return err
	}
	g.warned = new(atomic.Bool)
	g.decrypter = oaep.New(oaep.Options{
		Queue:   g.turns,
		Report:  g.reportKey,
		MGF1:    mgf1Policies[g.MGF1],
		Reuse:   g.ReuseLimit.Limit(),
		Observe: decryptions.Observe,
	})
	return nil
}

// provisionKeys readies the keys and offers them to those who publish them.
func (g *Gate) provisionKeys(ctx caddy.Context, app *App) error {
	if !g.decrypts() {
		g.source = g.WithoutKeys()
		return nil
	}
	var err error
	if g.source, err = g.LoadKeys(ctx, app, g); err != nil {
		return err
	}
	app.sources = append(app.sources, g.source)
	return app.checkPublished()
}

// Interface guards
var (
	_ caddy.Module                = (*Gate)(nil)
	_ caddy.Provisioner           = (*Gate)(nil)
	_ caddyhttp.MiddlewareHandler = (*Gate)(nil)
)
