package caddymodule

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp/reverseproxy"

	"github.com/customergate/customergate/caddymodule/internal/wipe"
)

// forward hands the normalised body to the next handler, and settles what the
// request has reserved.
func (p *passage) forward(next caddyhttp.Handler) error {
	p.normalised = wipe.NewBody(p.submission.AppendBody(nil))
	p.wipeReceived() // the one copy that is left waits for the upstream
	withoutBody(p.r)
	return p.visit.Forward(p.r.Context(), p.w, &upstream{p, next})
}

// upstream is the next handler, as uniqueness sees it.
type upstream struct {
	*passage
	next caddyhttp.Handler
}

// Serve hands on a copy of the request: the placeholders that Caddy tied to the
// original never show the normalised body.
func (u *upstream) Serve(ctx context.Context, w http.ResponseWriter) error {
	answer := watchAnswer(w, u.answered)
	return answer.check(u.next.ServeHTTP(answer, u.upstreamRequest(ctx)))
}

// answered notes the status of the upstream's answer.
func (u *upstream) answered(status int) {
	u.settleAttempt(status)
	u.agree(status)
}

// NeverSent reports whether the upstream cannot have seen the registration:
// nobody has read its body, or, where a proxy reads it into a buffer first, all
// that was tried is to dial, once.
func (u *upstream) NeverSent(err error) bool {
	if !u.normalised.WasRead() {
		return true
	}
	_, dialing := errors.AsType[reverseproxy.DialError](err)
	return dialing && proxiedOnce(u.r)
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

// Wipe clears the normalised body.
func (u *upstream) Wipe() { u.normalised.Wipe() }

// staleHeaders say something about the body that the client sent, which is
// not the body that goes on.
var staleHeaders = []string{
	"Content-Digest", "Content-Encoding", "Content-Md5", "Digest", keyIDHeader, "Expect", "Repr-Digest", "Trailer", "Transfer-Encoding",
}

// connectionHeaders speak of the client's connection. A proxy drops what
// Connection lists, so they could take Content-Type away from the upstream, or
// turn a registration into a tunnel (RFC 9110, sections 7.6.1 and 7.8).
var connectionHeaders = []string{"Connection", "Http2-Settings", "Upgrade"}

var droppedHeaders = slices.Concat(staleHeaders, connectionHeaders)

// upstreamRequest is the client's request with the normalised body, framed by
// its length alone (contract, section 5).
func (p *passage) upstreamRequest(ctx context.Context) *http.Request {
	r := p.r.WithContext(ctx)
	r.Header = maps.Clone(p.r.Header) // its values are replaced, never changed
	if p.visit != nil {
		delete(r.Header, "Accept-Encoding") // the answer has to be read
	}
	length := p.normalised.Len()
	r.Header["Content-Type"] = []string{typeJSON}
	r.Header["Content-Length"] = []string{strconv.Itoa(length)}
	r.ContentLength = int64(length)
	r.Body = p.normalised.Reader()
	r.GetBody = p.sendAgain()
	return r
}

// sendAgain is how a transport gets a body to send once more: when it knows that
// the upstream has not begun to read the first. To net/http, a request with an
// idempotency key is one that does no harm twice, which only the upstream could
// know, so such a one is sent once.
func (p *passage) sendAgain() func() (io.ReadCloser, error) {
	for _, name := range idempotencyNames {
		if _, sent := p.r.Header[name]; sent {
			return nil
		}
	}
	return func() (io.ReadCloser, error) { return p.normalised.Reader(), nil }
}
