// Package waiting is the option `queue` of a gate: how requests wait for private-key
// operations.
package waiting

import (
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/engine"
	"github.com/customergate/customergate/caddymodule/internal/oaep"
	"github.com/customergate/customergate/caddymodule/internal/queue"
	"github.com/customergate/customergate/caddymodule/options"
)

// Queue says how requests wait for private-key operations: fairly by client IP
// (see the server's `trusted_proxies`; of an IPv6 address, the first 64 bits
// count), who has had the least time first, and behind everyone else those who
// keep sending what cannot be decrypted. Gates with the same engine and queue
// options share one queue. What cannot be served in time is answered 503.
type Queue struct {
	// How many CPUs may be busy with private-key operations at once, each with
	// as many operations as its engine does together. Default: the number of
	// CPUs; at most 1024.
	Slots *int `json:"slots,omitempty"`

	// How long a request waits at most. Default: 1s; 0 turns waiting off; at most
	// 1m.
	Wait *caddy.Duration `json:"wait,omitempty"`

	// How long requests may wait while the queue is never empty: those that have
	// waited for more than twice as long, or for longer than sixteen operations
	// take, are answered 503, so that the others are served soon. Default: 25ms; at least 1ms, at most 1m.
	Target caddy.Duration `json:"target,omitempty"`

	// How many ciphertexts wait at most, each with its request in memory.
	// Default: 1024; at least 16, at most 65536.
	Places *int `json:"places,omitempty"`
}

const (
	maxSlots    = 1024
	defaultWait = time.Second
	maxWait     = time.Minute
	minTarget   = time.Millisecond
	minPlaces   = 16
	maxPlaces   = 1 << 16
)

// Check refuses what is out of range; a nil receiver is all defaults.
func (q *Queue) Check() error {
	if q == nil {
		return nil
	}
	if q.Slots != nil && (*q.Slots < 1 || *q.Slots > maxSlots) {
		return fmt.Errorf("queue: %d slots are out of range: want 1 to %d", *q.Slots, maxSlots)
	}
	if wait := q.wait(); wait < 0 || wait > maxWait {
		return fmt.Errorf("queue: a wait of %s is out of range: want 0 to %s", wait, maxWait)
	}
	if target := time.Duration(q.Target); target != 0 && (target < minTarget || target > maxWait) {
		return fmt.Errorf("queue: a target of %s is out of range: want %s to %s", target, minTarget, maxWait)
	}
	if q.Places != nil && (*q.Places < minPlaces || *q.Places > maxPlaces) {
		return fmt.Errorf("queue: %d places are out of range: want %d to %d", *q.Places, minPlaces, maxPlaces)
	}
	return nil
}

func (q *Queue) wait() time.Duration {
	if q == nil || q.Wait == nil {
		return defaultWait
	}
	return time.Duration(*q.Wait)
}

// Options are those of the queue at work.
func (q *Queue) Options() queue.Options {
	o := queue.Options{Wait: q.wait()}
	if q != nil {
		o.Target, o.Slots, o.Places = time.Duration(q.Target), orZero(q.Slots), orZero(q.Places)
	}
	return o.OrDefaults()
}

func orZero(number *int) int {
	if number == nil {
		return 0
	}
	return *number
}

// Sharer is what the gates of a configuration share things by.
type Sharer interface {
	// Share returns what has a configuration, which the first who asks loads.
	Share(config string, load func() (any, error)) (any, error)
}

// Share returns the queue of all gates whose engine and options are the same.
func (q *Queue) Share(by Sharer, e *engine.Engine) (*oaep.Queue, error) {
	o := q.Options()
	shared, err := by.Share(fmt.Sprintf("queue:%s %+v", e.Name(), o), func() (any, error) {
		observed := o
		observed.Observer = observer{}
		made := oaep.NewQueue(e, observed)
		enlist(made)
		return made, nil
	})
	if err != nil {
		return nil, err
	}
	return shared.(*oaep.Queue), nil
}

// Parse reads the block of the option, and has what is read so far checked after each
// of its own options.
func Parse(d *caddyfile.Dispenser, q *Queue, check func() error) error {
	if err := options.Flag(d); err != nil {
		return err
	}
	return options.Parse(d, q, parsers, check)
}

var parsers = map[string]options.Parser[*Queue]{
	"slots":  func(q *Queue, d *caddyfile.Dispenser) error { return options.Number(d, &q.Slots, "<number>") },
	"wait":   func(q *Queue, d *caddyfile.Dispenser) error { return options.Duration(d, &q.Wait) },
	"target": func(q *Queue, d *caddyfile.Dispenser) error { return options.Span(d, &q.Target) },
	"places": func(q *Queue, d *caddyfile.Dispenser) error { return options.Number(d, &q.Places, "<number>") },
}
