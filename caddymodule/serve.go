package caddymodule

import (
	"net/http"
	"time"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/validation"
)

// ServeHTTP is the way of one request: each step hands on to the next or
// refuses the request.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	found := offerPlaceholders(r)
	if isPreflight(r) {
		g.metrics.count(outcomePreflight)
		return next.ServeHTTP(w, r)
	}
	p := g.enter(w, r, found)
	defer p.leave()
	if refused := p.walk(
		(*passage).tenant,
		(*passage).method,
		(*passage).earlyData,
		(*passage).mediaType,
		(*passage).requiredHeaders,
		(*passage).body,
		(*passage).json,
		(*passage).fields,
		(*passage).decrypt,
		(*passage).secrets,
		(*passage).awaitStore,
		(*passage).recall,
		(*passage).claimEmail,
	); refused != nil {
		p.leaveBody(refused)
		return p.refuse(refused)
	}
	g.metrics.count(outcomeAccepted)
	return p.forward(next)
}

// passage is one request on its way through the gate.
type passage struct {
	gate *Gate
	w    http.ResponseWriter
	r    *http.Request

	found      *finding // what others are told
	tenantName string
	ring       []keys.Key
	ringErr    error

	received   []byte // the body as it came; may hold raw passwords
	submission *validation.Submission
	repeat     *repeatable   // nil unless the client may repeat the request
	claim      *claim        // of the email address; nil where none is needed
	since      time.Time     // when the first of both was asked for
	settling   time.Duration // time that settling them has taken so far
	normalised *upstreamBody // the body for the upstream; holds raw passwords

	leaveStore func()
}

func (g *Gate) enter(w http.ResponseWriter, r *http.Request, found *finding) *passage {
	return &passage{gate: g, w: w, r: r, found: found, leaveStore: g.registry.enter()}
}

func (p *passage) leave() {
	p.wipe()
	p.leaveStore()
}

func (p *passage) walk(steps ...func(*passage) *refusal) *refusal {
	for _, step := range steps {
		if refused := step(p); refused != nil {
			return refused
		}
	}
	return nil
}

// refuse answers a request that goes no further. What it has reserved is free
// before the client can come again, unless what is answered instead settles it.
func (p *passage) refuse(refused *refusal) error {
	if refused.instead == nil {
		p.settle(unsent, nil)
	}
	return p.gate.respond(p.w, p.r, refused, p.found)
}

// leaveBody turns away from what the client may still be sending: a log that
// asks for {http.request.body} is shown nothing of it, and an HTTP/1 connection
// on which more of it would have to be read before the answer is closed after
// it instead (RFC 9110, section 10.1.1).
func (p *passage) leaveBody(refused *refusal) {
	p.r.Body = http.NoBody
	waiting := p.received == nil && p.r.Header.Get("Expect") != ""
	if p.r.ProtoMajor == 1 && (waiting || refused.status == http.StatusRequestEntityTooLarge) {
		p.w.Header().Set("Connection", "close")
	}
}

// wipe clears the plaintext that the passage holds.
func (p *passage) wipe() {
	p.wipeReceived()
	if p.normalised != nil {
		p.normalised.wipe()
	}
}

// wipeReceived clears what the client sent and what was decrypted of it.
func (p *passage) wipeReceived() {
	clear(p.received)
	p.received = nil
	if p.submission != nil {
		p.submission.Wipe()
		p.submission = nil
	}
}
