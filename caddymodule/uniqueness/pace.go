package uniqueness

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/caddyserver/caddy/v2"
)

// A pace is how long it took to create the last customers, so that an answer
// which needs no upstream can take as long.
type pace struct {
	// others is asked as long as this one knows nothing. It may be nil.
	others *pace

	mu    sync.Mutex
	last  [64]time.Duration // in a circle
	count int
}

// defaultPace is what a customer service may take that has not been seen yet.
const defaultPace = 100 * time.Millisecond

// note takes in how long a registration took, and returns how long its answer
// has to take: while nothing was known, other answers took the default.
func (p *pace) note(took time.Duration) time.Duration {
	shown := took
	if !p.known() {
		shown = max(took, defaultPace)
	}
	for ; p != nil; p = p.others {
		p.add(took)
	}
	return shown
}

func (p *pace) add(took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last[p.count%len(p.last)] = took
	p.count++
}

// sample is one of the last durations, at random.
func (p *pace) sample() time.Duration {
	for ; p != nil; p = p.others {
		if took, ok := p.pick(); ok {
			return took
		}
	}
	return defaultPace
}

func (p *pace) known() bool {
	for ; p != nil; p = p.others {
		if _, ok := p.pick(); ok {
			return true
		}
	}
	return false
}

func (p *pace) pick() (took time.Duration, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.count == 0 {
		return 0, false
	}
	return p.last[rand.IntN(min(p.count, len(p.last)))], true //nolint:gosec // not a secret
}

// beat is what the time of a neutral answer is rounded up to. What differs
// between its reasons, such as a write to the store, is lost in it.
const beat = 50 * time.Millisecond

// onBeat is the first time for an answer that took so long.
func onBeat(took time.Duration) time.Duration { return (took + beat - 1) / beat * beat }

// paces are those of claims stores, by their configuration. A configuration that
// takes another's place goes on with what that one has seen.
var paces = caddy.NewUsagePool()

// sharedPace returns the pace of a store. It is given back with paces.Delete.
func sharedPace(store string) *pace {
	shared, _ := paces.LoadOrStore(store, new(pace))
	return shared.(*pace)
}
