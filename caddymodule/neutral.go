package caddymodule

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"golang.org/x/net/http/httpguts"
)

// NeutralAnswer is given to new customers and to those whose address is taken
// alike, in the place of the upstream's answer, so that nobody can find out who
// is a customer.
type NeutralAnswer struct {
	// The status code, from 200 to 299, but none of an answer without a body.
	// Required.
	Status int `json:"status"`

	// The body, at most 64 KiB. Required.
	Body string `json:"body"`

	// Its media type. Default: `application/json`.
	ContentType string `json:"content_type,omitempty"`
}

const maxNeutralBody = 64 << 10

// check refuses what would tell, or cannot be sent. It is nil where the option
// is not set.
func (n *NeutralAnswer) check() error {
	switch {
	case n == nil:
		return nil
	case n.Status < 200 || n.Status > 299 || n.Status == http.StatusNoContent || n.Status == http.StatusResetContent:
		return fmt.Errorf("duplicate: %d is not the status of a success with a body, such as 202", n.Status)
	case n.Body == "" || len(n.Body) > maxNeutralBody:
		return errors.New("duplicate: the body that new customers and known ones are to see must have 1 byte to 64 KiB")
	case n.ContentType != "" && !httpguts.ValidHeaderFieldValue(n.ContentType):
		return errors.New("duplicate: the media type has characters that no header can have")
	}
	return nil
}

// neutrality is a NeutralAnswer at work.
type neutrality struct {
	NeutralAnswer
	*pace
}

// ready returns nil where the option is not set.
func (n *NeutralAnswer) ready(others *pace) *neutrality {
	if n == nil {
		return nil
	}
	return &neutrality{NeutralAnswer: *n, pace: &pace{others: others}}
}

// answerNeutrally forwards a registration and hides from the client whether its
// address was taken.
func (p *passage) answerNeutrally(next caddyhttp.Handler, r *http.Request) error {
	neutral := p.gate.registry.neutral
	held := holdAnswer(p.w)
	answer := watchAnswer(held, p.repeat != nil)
	v, err := p.outcome(next, answer, r)
	answer.finish() // nobody sees it yet
	switch v {
	case created:
		p.settleEmail(v)
		p.showNeutral(neutral.note(time.Since(p.since)), idempotencyWindow)
	case exists:
		p.settleEmail(v)
		p.showNeutral(neutral.sample(), idempotencyWindow)
	default:
		p.settle(v, answer.kept())
		if err == nil {
			err = held.release(p.w)
		}
		return err
	}
	return nil
}

// showNeutral gives the neutral answer when a new customer might have it, also
// as the answer to a request that is repeated within a while. It waits for a
// client that has gone, too: what another one is told of the same key would
// tell the two apart.
func (p *passage) showNeutral(took, again time.Duration) {
	p.wipe() // the password does not wait
	time.Sleep(time.Until(p.since.Add(onBeat(max(took, time.Since(p.since))))))
	neutral := p.gate.registry.neutral
	given := neutral.kept()
	given.keep = min(again, idempotencyWindow)
	p.settleRepeat(created, given)
	neutral.write(p.w)
}

// header is that of the answer.
func (n *neutrality) header() http.Header {
	return http.Header{
		"Cache-Control":          {"no-store"},
		"Content-Length":         {strconv.Itoa(len(n.Body))},
		"Content-Type":           {cmp.Or(n.ContentType, typeJSON)},
		"X-Content-Type-Options": {"nosniff"},
	}
}

// write answers as if a customer had been created.
func (n *neutrality) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), n.header())
	w.WriteHeader(n.Status)
	_, _ = w.Write([]byte(n.Body))
}

// kept is the answer for a client that repeats its request.
func (n *neutrality) kept() *keptAnswer {
	return keepAnswer(n.Status, n.header(), []byte(n.Body))
}
