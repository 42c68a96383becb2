// Package contract is what a configuration's gates take and answer, written for
// programs: as OpenAPI and as JSON Schema.
package contract

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"path"
	"sync"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

func init() {
	caddy.RegisterModule(new(Contract))
}

// Contract gives out what the gates of its site take and answer, under the policy that
// is running; what all gates of the configuration do, where its site has none, or no
// host name. It has two documents, whatever folder they are asked for in, and hands
// every other request on:
//
// Path | Document
// -----|---------
// `…/openapi.json` | OpenAPI 3.1, of the endpoints, their headers, bodies and answers
// `…/schema.json` | JSON Schema 2020-12, of the bodies and the gate's answers
//
// Both have an ETag, and cost a client that asks again no more than a 304. Scripts of
// any web page may read them. Whoever can read them learns the policy: bounds, ages,
// the names of members that are let through, and the values of required headers.
//
// Two gates of one path and method with different options cannot be told in one
// contract: the configuration does not start.
type Contract struct {
	Options

	gates    gates
	site     any
	document func() (*served, error)
}

// Options are what a contract cannot learn from the gates.
type Options struct {
	// The address of what stands before the paths, absolute or beginning with `/`.
	// Default: `/api/v6/services`.
	Server string `json:"server,omitempty"`

	// The address of the public keys, absolute or beginning with `/`. Default:
	// `/keys.json`.
	Keys string `json:"keys,omitempty"`
}

func (o Options) withDefaults() Options {
	if o.Server == "" {
		o.Server = "/api/v6/services"
	}
	if o.Keys == "" {
		o.Keys = "/keys.json"
	}
	return o
}

// gates is what the app of the gates tells.
type gates interface {
	// Contracts are those of all gates.
	Contracts() []Gate
	// Share has what is loaded started with the configuration.
	Share(config string, load func() (any, error)) (any, error)
}

// CaddyModule returns the Caddy module information.
func (*Contract) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.handlers.customer_gate_contract", New: func() caddy.Module { return new(Contract) }}
}

// Provision finds the gates, which may still be to come.
func (h *Contract) Provision(ctx caddy.Context) error {
	if err := h.Check(); err != nil {
		return err
	}
	app, err := ctx.App("customer_gate")
	if err != nil {
		return err
	}
	h.gates, h.site = app.(gates), SiteOf(ctx)
	h.document = sync.OnceValues(h.write)
	_, err = h.gates.Share(fmt.Sprintf("customer_gate_contract %p", h), func() (any, error) { return h, nil })
	return err
}

// Start writes the contract, once all gates are there.
func (h *Contract) Start() error {
	_, err := h.document()
	return err
}

// served is a document with the names of its contents.
type served struct {
	*Document
	tags map[string]string // by file
}

func (h *Contract) write() (*served, error) {
	document, err := Write(OfSite(h.gates.Contracts(), h.site), h.Options)
	if err != nil {
		return nil, err
	}
	return &served{document, map[string]string{openAPIFile: etag(document.OpenAPI), schemaFile: etag(document.Schema)}}, nil
}

func etag(text []byte) string {
	sum := sha256.Sum256(text)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

const (
	openAPIFile = "openapi.json"
	schemaFile  = "schema.json"

	methods = "GET, HEAD, OPTIONS"
)

// ServeHTTP answers.
func (h *Contract) ServeHTTP(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	file := path.Base(r.URL.Path)
	if file != openAPIFile && file != schemaFile {
		return next.ServeHTTP(w, r)
	}
	header := w.Header()
	// It is the same for everyone, so no other origin learns more than anyone can.
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Access-Control-Expose-Headers", "ETag")
	switch r.Method {
	case http.MethodOptions:
		header.Set("Allow", methods)
		header.Set("Access-Control-Allow-Methods", "GET, HEAD")
		header.Set("Access-Control-Allow-Headers", "*, Authorization, If-None-Match")
		header.Set("Access-Control-Max-Age", "86400") // a day, which is the longest of any browser
		w.WriteHeader(http.StatusNoContent)
		return nil
	case http.MethodGet, http.MethodHead:
		return h.serve(w, r, file)
	}
	header.Set("Allow", methods)
	return caddyhttp.Error(http.StatusMethodNotAllowed, nil)
}

func (h *Contract) serve(w http.ResponseWriter, r *http.Request, file string) error {
	document, err := h.document()
	if err != nil {
		return caddyhttp.Error(http.StatusInternalServerError, err)
	}
	text, kind := document.OpenAPI, "application/json"
	if file == schemaFile {
		text, kind = document.Schema, "application/schema+json"
	}
	header := w.Header()
	header.Set("Content-Type", kind)
	header.Set("ETag", document.tags[file])
	header.Set("Cache-Control", "no-cache") // a reload may change it
	header.Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
	return nil
}

// Interface guards
var (
	_ caddy.Module                = (*Contract)(nil)
	_ caddy.Provisioner           = (*Contract)(nil)
	_ caddyhttp.MiddlewareHandler = (*Contract)(nil)
)
