package uniqueness

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"time"

	"github.com/customergate/customergate/caddymodule/internal/subnet"
)

// A turnstile has registrations take turns, so that what queues for the customer
// service queues here: those that need it, and those that only take as long, in one
// line. Only in a turn is there anything that these do otherwise than those.
type turnstile struct {
	mu      sync.Mutex
	width   width
	taken   int // turns that have not ended
	real    int // of those, how many are with the service
	entered int // how many have been with it so far
	line    fairLine
}

var errCrowded = errors.New("too many requests are waiting for their turn at the customer service")

// enter waits for a turn. Who has it ends it.
func (s *turnstile) enter(ctx context.Context, client netip.Addr) (*turn, error) {
	p := s.stand(client)
	select {
	case err := <-p.called:
		return s.begin(err)
	case <-ctx.Done():
		s.stepOut(p)
		return nil, ctx.Err()
	}
}

func (s *turnstile) begin(err error) (*turn, error) {
	if err != nil {
		return nil, err
	}
	return &turn{stile: s, began: time.Now()}, nil
}

// stand takes the last place of a client.
func (s *turnstile) stand(client netip.Addr) *place {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.line.stand(subnet.Of(client))
	s.admit()
	return p
}

// stepOut leaves the line, or hands on a turn that has just begun.
func (s *turnstile) stepOut(p *place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.line.leave(p) {
		return
	}
	if err := <-p.called; err != nil {
		return // there was no turn
	}
	s.taken--
	s.admit()
}

// admit begins as many turns as there are.
func (s *turnstile) admit() {
	for s.taken < s.width.turns() && s.line.callNext() {
		s.taken++
	}
}

// A turn belongs to one registration. It ends when the next may begin.
type turn struct {
	stile *turnstile
	began time.Time

	// All that follows is guarded by the turnstile's mutex.
	limit   *time.Timer // of how long the next one waits; nil without one
	ended   bool
	real    bool // it is with the customer service
	beside  int  // how many were with it, when this one came to it
	entered int  // how many had been, this one included
}

// limitTo has the turn end after a while, so that a service which hangs does not
// hold up all others.
func (t *turn) limitTo(d time.Duration) {
	t.stile.mu.Lock()
	defer t.stile.mu.Unlock()
	t.limit = time.AfterFunc(d, t.end)
}

// atService says that the registration goes on to the customer service.
func (t *turn) atService() {
	s := t.stile
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entered++
	if t.ended {
		return // others have come to the service in its place
	}
	s.real++
	t.real, t.beside, t.entered = true, s.real-1, s.entered
}

// served has the turnstile learn how long the customer service took.
func (t *turn) served(took time.Duration) {
	s := t.stile
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.ended {
		return // others have come to the service in its place
	}
	s.width.learn(visitTime{
		took:    took,
		alone:   t.beside == 0 && s.entered == t.entered,
		company: s.real,
		crowded: s.line.waiting > 0 && s.real >= s.width.turns(),
	})
}

// end lets the next one begin, once.
func (t *turn) end() {
	if t == nil {
		return
	}
	s := t.stile
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.ended {
		return
	}
	t.ended = true
	if t.limit != nil {
		t.limit.Stop()
	}
	if t.real {
		s.real--
	}
	s.taken--
	s.admit()
}
