package caddymodule

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
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
	pace
}

func (n *NeutralAnswer) ready() *neutrality {
	if n == nil {
		return nil
	}
	return &neutrality{NeutralAnswer: *n}
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
		p.settle(v, neutral.kept())
		neutral.note(time.Since(p.lifetime.since))
	case exists: // which may take less time, and settling is a part of it
		p.settle(v, neutral.kept())
		p.waitUntil(p.lifetime.since.Add(neutral.sample()))
	default:
		p.settle(v, answer.kept())
		if err == nil {
			err = held.release(p.w)
		}
		return err
	}
	neutral.write(p.w)
	return nil
}

// waitUntil waits, unless the client goes away.
func (p *passage) waitUntil(t time.Time) { pause(p.r.Context(), time.Until(t)) }

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

// defaultPace is what a customer service may take that has not been seen yet.
const defaultPace = 100 * time.Millisecond

// pace is how long it took to create the last customers, so that an answer which
// needs no upstream can take as long.
type pace struct {
	mu    sync.Mutex
	last  [64]time.Duration // in a circle
	count int
}

func (p *pace) note(took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last[p.count%len(p.last)] = took
	p.count++
}

// sample is one of the last durations, at random.
func (p *pace) sample() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.count == 0 {
		return defaultPace
	}
	return p.last[rand.IntN(min(p.count, len(p.last)))] //nolint:gosec // not a secret
}
