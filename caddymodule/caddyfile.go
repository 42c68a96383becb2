package caddymodule

import (
	"maps"
	"strings"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/customergate/customergate/caddymodule/endpoints"
	"github.com/customergate/customergate/caddymodule/headers"
	"github.com/customergate/customergate/caddymodule/internal/selfcheck"
	"github.com/customergate/customergate/caddymodule/languages"
	"github.com/customergate/customergate/caddymodule/limits"
	"github.com/customergate/customergate/caddymodule/options"
	"github.com/customergate/customergate/caddymodule/rules"
	"github.com/customergate/customergate/caddymodule/uniqueness"
	"github.com/customergate/customergate/caddymodule/waiting"
)

func init() {
	httpcaddyfile.RegisterHandlerDirective("customer_gate", parseCaddyfile)
	// Behind everything that authenticates, limits or rewrites requests and
	// wraps responses; before everything that answers.
	httpcaddyfile.RegisterDirectiveOrder("customer_gate", httpcaddyfile.Before, "invoke")
}

func parseCaddyfile(h httpcaddyfile.Helper) (caddyhttp.MiddlewareHandler, error) {
	g := new(Gate)
	return g, g.UnmarshalCaddyfile(h.Dispenser)
}

// UnmarshalCaddyfile sets up the handler from Caddyfile tokens. Syntax:
//
//	customer_gate [<matcher>] [register_customer|edit_profile|login|change_password|custom] {
//		subject      <text>
//		method       POST|PUT|PATCH
//		path         <path>
//		field        <name> ...
//		mode         enforce|monitor
//		header       <name> [<value>...]
//		max_body     <size>
//		tenant       <placeholder>
//		keys         <provider> ...
//		mgf1         both|sha256|sha1
//		engine       auto|go|<name>
//		queue {
//			slots  <number>
//			wait   <duration>
//			target <duration>
//			places <number>
//		}
//		reuse_limit  <count> <window>|off
//		attempts     <count> <window>|off
//		self_check   <interval>|off
//		plaintext    deny|allow|private_ranges|<cidr>...
//		allow_fields <name>...|*
//		unique_email <store> ...
//		idempotency
//		errors       envelope|problem|handle_errors
//		languages {
//			file    <path>...
//			default <language>
//		}
//		rules {
//			name_length      <min> <max>
//			name_punctuation <character>...
//			age              <min> <max>
//			timezone         <name>
//			phone            strict|normalize
//			password_length  <min>
//			password_points  <number>
//			password_words   <file>
//			enforce          <code>...
//			monitor          <code>...
//			off              <code>...
//		}
//	}
//
// Every option may be left out. Only header and field may be repeated; the first
// header replaces the default headers. subject, method, path and field describe the endpoint
// custom, as package endpoints reads them, and no other has them.
func (g *Gate) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the directive's name
	if err := g.parseEndpoint(d); err != nil {
		return err
	}
	known, err := g.parseDescription(d)
	if err != nil {
		return err
	}
	if err := options.ParseModule(d, g, known, g.check, "header", "field"); err != nil {
		return err
	}
	if err := g.checkTogether(); err != nil {
		return d.WrapErr(err)
	}
	return nil
}

// parseDescription reads the options that describe the endpoint, if it has to be
// described: the others are checked against it, wherever they stand. It returns those
// that are left to read, and passes over its own.
func (g *Gate) parseDescription(d *caddyfile.Dispenser) (left map[string]options.Parser[*Gate], err error) {
	if g.Endpoint != endpoints.CustomName {
		return gateOptions, nil
	}
	if g.Custom, g.endpoint, err = endpoints.ParseBlock(d); err != nil {
		return nil, err
	}
	d.Reset()
	d.Next()
	d.RemainingArgs()
	left = maps.Clone(gateOptions)
	for _, option := range []string{"subject", "method", "path", "field"} {
		left[option] = func(_ *Gate, d *caddyfile.Dispenser) error { d.NextSegment(); return nil }
	}
	return left, nil
}

var gateOptions = map[string]options.Parser[*Gate]{
	"header":       (*Gate).parseHeader,
	"max_body":     func(g *Gate, d *caddyfile.Dispenser) error { return options.Size(d, &g.MaxBody, "64KiB") },
	"tenant":       func(g *Gate, d *caddyfile.Dispenser) error { return g.ParseTenant(d) },
	"keys":         func(g *Gate, d *caddyfile.Dispenser) error { return g.ParseKeys(d) },
	"mode":         func(g *Gate, d *caddyfile.Dispenser) error { return options.Word(d, &g.Mode, "enforce|monitor") },
	"mgf1":         func(g *Gate, d *caddyfile.Dispenser) error { return options.Word(d, &g.MGF1, "both|sha256|sha1") },
	"engine":       func(g *Gate, d *caddyfile.Dispenser) error { return options.Word(d, &g.Engine, "auto|go|<name>") },
	"queue":        (*Gate).parseQueue,
	"reuse_limit":  (*Gate).parseReuseLimit,
	"attempts":     (*Gate).parseAttempts,
	"self_check":   func(g *Gate, d *caddyfile.Dispenser) error { return selfcheck.ParseInterval(d, &g.SelfCheck) },
	"unique_email": (*Gate).parseUniqueEmail,
	"idempotency":  (*Gate).parseIdempotency,
	"plaintext": func(g *Gate, d *caddyfile.Dispenser) error {
		return options.List(d, &g.Plaintext, "deny|allow|private_ranges|<cidr>...", "10.0.0.0/8")
	},
	"allow_fields": func(g *Gate, d *caddyfile.Dispenser) error { return options.List(d, &g.AllowFields, "<name>...|*") },
	"errors": func(g *Gate, d *caddyfile.Dispenser) error {
		return options.Word(d, &g.Errors, "envelope|problem|handle_errors")
	},
	"languages": (*Gate).parseLanguages,
	"rules":     (*Gate).parseRules,
}

func (g *Gate) parseEndpoint(d *caddyfile.Dispenser) error {
	if !d.NextArg() {
		return nil
	}
	g.Endpoint = d.Val()
	if g.Endpoint == "" {
		return d.Err("the name of the endpoint is empty")
	}
	if err := g.checkEndpoint(); err != nil {
		return d.WrapErr(err)
	}
	if d.NextArg() {
		return options.Usage(d, "customer_gate", "[<matcher>] ["+strings.Join(endpoints.Names(), "|")+"]")
	}
	return nil
}

func (g *Gate) parseHeader(d *caddyfile.Dispenser) error {
	words := d.RemainingArgs()
	if len(words) == 0 {
		return options.Usage(d, "header", "<name> [<value>...]", "platform fincode")
	}
	g.Headers = append(g.Headers, headers.Required{Name: words[0], Values: words[1:]})
	return nil
}

func (g *Gate) parseRules(d *caddyfile.Dispenser) error {
	g.Rules = new(rules.Rules)
	return rules.Parse(d, g.Rules, g.check)
}

func (g *Gate) parseLanguages(d *caddyfile.Dispenser) error {
	g.Languages = new(languages.Languages)
	return languages.Parse(d, g.Languages, g.check)
}

func (g *Gate) parseQueue(d *caddyfile.Dispenser) error {
	g.Queue = new(waiting.Queue)
	return waiting.Parse(d, g.Queue, g.check)
}

func (g *Gate) parseAttempts(d *caddyfile.Dispenser) (err error) {
	g.Attempts, err = limits.ParseAttempts(d)
	return err
}

func (g *Gate) parseReuseLimit(d *caddyfile.Dispenser) (err error) {
	g.ReuseLimit, err = limits.ParseReuseLimit(d)
	return err
}

func (g *Gate) parseUniqueEmail(d *caddyfile.Dispenser) error {
	g.UniqueEmail = new(uniqueness.UniqueEmail)
	return g.UniqueEmail.UnmarshalCaddyfile(d)
}

func (g *Gate) parseIdempotency(d *caddyfile.Dispenser) error {
	g.Idempotency = true
	return options.Flag(d)
}

// Interface guards
var _ caddyfile.Unmarshaler = (*Gate)(nil)
