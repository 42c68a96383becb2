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
// nobody has read its body, or, where a proxy reads it into a buffer first, the
// only attempt ended in dialing.
func (p *passage) neverSent(err error) bool {
	if !p.normalised.wasRead() {
		return true
	}
	_, dialing := errors.AsType[reverseproxy.DialError](err)
	return dialing && attempts(p.r) == 1
}

// attempts is how often a reverse_proxy has tried to reach an upstream.
func attempts(r *http.Request) int {
	repl, ok := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer)
	if !ok {
		return 0
	}
	retries, _ := repl.Get("http.reverse_proxy.retries")
	n, ok := retries.(int)
	if !ok {
		return 0
	}
	return n + 1
}
