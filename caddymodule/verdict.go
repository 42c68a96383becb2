package caddymodule

import (
	"errors"
	"net/http"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp/reverseproxy"
)

// A verdict is what the upstream's answer says about the email address.
type verdict uint8

const (
	// unclear is no answer, half of one, one that cannot be read, or that of a
	// server that has failed: the customer may have been created.
	unclear verdict = iota
	// created is a customer who has the address now.
	created
	// exists is a customer who had it already.
	exists
	// refusedByUpstream is a registration that failed for another reason.
	refusedByUpstream
	// unsent is one that never got to the upstream.
	unsent
)

// judge tells what has become of the registration.
func (p *passage) judge(answer *upstreamAnswer, err error) verdict {
	switch {
	case answer.status == 0 && p.neverSent(err):
		return unsent
	case err != nil || answer.status == 0 || !answer.whole():
		return unclear
	}
	return p.gate.registry.judge(answer)
}

// judge tells what a whole answer says. The status 499 is that of a proxy that
// was told to give up, not of an upstream.
func (r *registry) judge(answer *upstreamAnswer) verdict {
	taken := r.taken.matches(answer)
	success := r.success.matches(answer)
	switch {
	case taken == yes:
		return exists
	case taken == unknown || success == unknown:
		return unclear
	case success == yes:
		return created
	case answer.status >= http.StatusInternalServerError || answer.status == statusClientGone:
		return unclear
	}
	return refusedByUpstream
}

// neverSent reports whether the upstream cannot have seen the registration:
// nobody has read its body, or, where a proxy reads it into a buffer first, all
// that was tried is to dial, once.
func (p *passage) neverSent(err error) bool {
	if !p.normalised.wasRead() {
		return true
	}
	_, dialing := errors.AsType[reverseproxy.DialError](err)
	return dialing && proxiedOnce(p.r)
}

// proxiedOnce reports whether a reverse_proxy has tried one upstream, and none
// has answered: after an answer, its handle_response may have tried another.
func proxiedOnce(r *http.Request) bool {
	repl, ok := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer)
	if !ok {
		return false
	}
	retries, _ := repl.Get("http.reverse_proxy.retries")
	_, answered := repl.Get("http.reverse_proxy.status_code")
	return retries == 0 && !answered
}
