package uniqueness

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/caddyserver/caddy/v2"
)

// A pace is how registrations come by their answers: one after the other, and
// whether or not they need the customer service, in the same time.
type pace struct {
	turnstile

	// How long turns took that were with the customer service, by what it said.
	created, existed durations
}

// defaultPace is what a customer service may take that has hardly been seen yet.
const defaultPace = 100 * time.Millisecond

// knownAfter is how many registrations tell enough about a customer service.
const knownAfter = 16

func (p *pace) note(judged verdict, took time.Duration) {
	if judged == created {
		p.created.add(took)
	} else {
		p.existed.add(took)
	}
}

// atLeast is how long a turn takes at least that was with the service for so long.
// That may take less time over a customer it knows, which nobody is to see: such a
// turn takes as long as one that ranks the same among those of new customers.
func (p *pace) atLeast(judged verdict, took time.Duration) time.Duration {
	switch {
	case !p.created.known():
		return max(p.sample(), defaultPace)
	case judged == exists:
		return p.created.quantile(p.existed.rank(took))
	}
	return 0
}

// sample is how long a turn takes that needs no service: as long as one of the last
// that did, chosen at random.
func (p *pace) sample() time.Duration {
	took := p.created.quantile(rand.Float64()) //nolint:gosec // not a secret
	if p.created.known() {
		return took
	}
	return max(took, p.existed.quantile(rand.Float64()), defaultPace) //nolint:gosec // not a secret
}

// most is how many turns are most of them. Those that take longer come as often
// among those that need no service.
const most = 0.9

// maxSlack is how much later than most turns end an answer comes, unless they take
// less than that: then it takes twice as long. The service may become so much
// slower, by what does not come through the gate, before the time of an answer tells
// that it was asked.
const maxSlack = time.Second

// deadline is how long after the beginning of its turn an answer comes.
func (p *pace) deadline() time.Duration {
	slow := max(p.created.quantile(most), p.existed.quantile(most))
	slow += min(slow, maxSlack)
	if !p.created.known() {
		slow = max(slow, defaultPace)
	}
	return onBeat(slow)
}

// beat is what the time of a neutral answer is rounded up to. What differs
// between its reasons, such as a write to the store, is lost in it.
const beat = 50 * time.Millisecond

// onBeat is the first time for an answer that took so long.
func onBeat(took time.Duration) time.Duration { return (took + beat - 1) / beat * beat }

// minTurnLimit is how long a turn may take before the next one begins beside it,
// unless most take longer.
const minTurnLimit = time.Second

func (p *pace) turnLimit() time.Duration { return max(minTurnLimit, p.deadline()) }

// durations are the last of their kind.
type durations struct {
	mu    sync.Mutex
	last  [256]time.Duration // in a circle
	count int
}

func (d *durations) add(took time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last[d.count%len(d.last)] = took
	d.count++
}

func (d *durations) known() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.count >= knownAfter
}

// kept is a copy, in no order.
func (d *durations) kept() []time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.last[:min(d.count, len(d.last))])
}

// quantile is what a share of them, below 1, does not exceed. As long as they tell
// little, 0 stands for those that are missing, so that one is no quantile.
func (d *durations) quantile(share float64) time.Duration {
	kept := d.kept()
	for len(kept) < knownAfter {
		kept = append(kept, 0)
	}
	slices.Sort(kept)
	return kept[int(share*float64(len(kept)))]
}

// rank is the share of them that one more exceeds, give or take its own.
func (d *durations) rank(one time.Duration) float64 {
	kept, less := d.kept(), 0
	for _, other := range kept {
		if other < one {
			less++
		}
	}
	return (float64(less) + rand.Float64()) / float64(len(kept)+1) //nolint:gosec // not a secret
}

// paces are those of claims stores, by their configuration. A configuration that
// takes another's place goes on with what that one has seen.
var paces = caddy.NewUsagePool()

// sharedPace returns the pace of a store. It is given back with paces.Delete.
func sharedPace(store string) *pace {
	shared, _ := paces.LoadOrStore(store, new(pace))
	return shared.(*pace)
}
