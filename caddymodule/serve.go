package caddymodule

import (
	"net/http"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/customergate/customergate/caddymodule/internal/attempts"
	"github.com/customergate/customergate/caddymodule/internal/wipe"
	"github.com/customergate/customergate/caddymodule/keysource"
	"github.com/customergate/customergate/caddymodule/uniqueness"
	"github.com/customergate/customergate/validation"
)

// ServeHTTP is the way of one request: each step hands on to the next or
// refuses the request.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	finding := offerPlaceholders(r)
	if isPreflight(r) {
		g.metrics.count(outcomePreflight)
		for _, name := range connectionHeaders { // it opens no tunnel past the gate
			delete(r.Header, name)
		}
		return next.ServeHTTP(w, r)
	}
	if g.mode() == modeMonitor {
		return g.monitor(w, r, next, finding)
	}
	p := g.enter(w, r, finding)
	defer p.leave()
	if refused := p.walk(
		(*passage).tenant,
		(*passage).method,
		(*passage).earlyData,
		(*passage).mediaType,
		(*passage).requiredHeaders,
		(*passage).admit,
		readBody,
		parse,
		checkFields,
		(*passage).mayTry,
		decrypt,
		checkSecrets,
		(*passage).try,
		(*passage).awaitStore,
		(*passage).recall,
		claimEmail,
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

	finding *finding       // what others are told
	ring    keysource.Ring // the tenant's keys

	received   []byte // the body as it came; may hold raw passwords
	submission *validation.Submission
	attempt    *attempts.Attempt // at an account's secret; nil where none is counted
	visit      *uniqueness.Visit // what is reserved; nil without unique_email
	normalised *wipe.Body        // the body for the upstream; holds raw passwords
}

func (g *Gate) enter(w http.ResponseWriter, r *http.Request, finding *finding) *passage {
	return &passage{gate: g, w: w, r: r, finding: finding, visit: g.unique.Enter()}
}

func (p *passage) leave() {
	p.wipe()
	p.attempt.Abandon()
	p.visit.Leave()
}

func (p *passage) walk(steps ...func(*passage) *refusal) *refusal {
	for _, step := range steps {
		if refused := step(p); refused != nil {
			return refused
		}
	}
	return nil
}

// refuse answers a request that goes no further: with the first answer that its
// client was given, with one that hides why, or with the refusal. What the last of
// these has reserved is free before the client can come again; the first reserves
// nothing, and the second settles by itself.
func (p *passage) refuse(refused *refusal) error {
	p.gate.trace(p.r, refused, p.finding)
	switch {
	case refused.replay != nil:
		p.w.Header().Set("Idempotency-Replayed", "true")
		refused.replay.Write(p.w)
		return nil
	case refused.hide:
		p.wipe() // the password does not wait
		p.visit.AnswerNeutrally(p.w)
		return nil
	}
	p.visit.GiveUp()
	return p.gate.answer(p.w, p.r, refused)
}

// leaveBody turns away from what the client may still be sending: an HTTP/1
// connection on which more of it would have to be read before the answer is
// closed after it instead (RFC 9110, section 10.1.1).
func (p *passage) leaveBody(refused *refusal) {
	waiting := p.received == nil && p.r.Header.Get("Expect") != ""
	if p.r.ProtoMajor == 1 && (waiting || refused.status == http.StatusRequestEntityTooLarge) {
		p.w.Header().Set("Connection", "close")
	}
	withoutBody(p.r)
}

// withoutBody makes a request one without a body, for handlers that come to it
// when the gate has read what there was: an error route that asks another
// service, a log that asks for {http.request.body}.
func withoutBody(r *http.Request) {
	for _, name := range droppedHeaders {
		delete(r.Header, name)
	}
	delete(r.Header, "Content-Length")
	r.ContentLength = 0
	r.TransferEncoding = nil
	r.Trailer = nil
	r.Body = http.NoBody
}

// wipe clears the plaintext that the passage holds.
func (p *passage) wipe() {
	p.wipeReceived()
	if p.normalised != nil {
		p.normalised.Wipe()
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
