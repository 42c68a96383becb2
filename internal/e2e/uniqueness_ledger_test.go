package e2e

import (
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// ledger is what clients were told of the addresses that they have registered,
// and so what the gateway must still know after a crash.
type ledger struct {
	gate *gateway

	mu       sync.Mutex
	fresh    []entry // since the last check
	checked  []entry
	figures  map[outcome]int
	lost     int // claims of created ones
	freed    int // claims that nobody was told of
	kept     int // likewise
	expiring int // likewise
}

type entry struct {
	address string
	what    outcome
	since   time.Time // when the answer came, or the lack of it was noticed
}

// outcome is the last that a client was told of an address.
type outcome string

const (
	toldCreated outcome = "created"  // 201 as a whole
	toldTaken   outcome = "taken"    // 409 email_taken
	toldNothing outcome = "in doubt" // anything else
)

func newLedger(gate *gateway) *ledger { return &ledger{gate: gate, figures: make(map[outcome]int)} }

// clients register addresses, each of them twice, until there is trouble.
type clients struct {
	acknowledged atomic.Int64
	stop         chan struct{}
	working      sync.WaitGroup
}

func startClients(l *ledger) *clients {
	c := &clients{stop: make(chan struct{})}
	for i := range 8 {
		c.working.Go(func() {
			for n := i; !closed(c.stop); n++ {
				address := newAddress()
				told := l.register(address)
				if told == toldCreated && n%2 == 0 {
					told = l.register(address)
				}
				l.note(address, told)
				if told == toldNothing {
					return
				}
				c.acknowledged.Add(1)
			}
		})
	}
	return c
}

func (l *ledger) register(address string) outcome {
	got, err := tryRegister(l.gate, address)
	switch {
	case err == nil && got.status == http.StatusCreated:
		return toldCreated
	case err == nil && got.isTaken():
		return toldTaken
	}
	return toldNothing
}

func (l *ledger) note(address string, told outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fresh = append(l.fresh, entry{address, told, time.Now()})
	l.figures[told]++
}

func (c *clients) awaitAcknowledged(t *testing.T, n int) {
	t.Helper()
	waitUntil(t, "registrations were acknowledged", func() bool { return c.acknowledged.Load() >= int64(n) })
}

func (c *clients) end() {
	close(c.stop)
	c.working.Wait()
}

// check asks the gateway for what was registered since the last time.
func (l *ledger) check(t *testing.T) {
	t.Helper()
	for _, e := range l.fresh {
		l.checkEntry(t, e)
	}
	l.checked = append(l.checked, l.fresh...)
	l.fresh = nil
}

func (l *ledger) checkEntry(t *testing.T, e entry) {
	t.Helper()
	got := register(t, l.gate, e.address)
	switch {
	case e.what == toldTaken && !got.isTaken():
		t.Errorf("an address that was taken is not any more: %d %s", got.status, got.body)
	case e.what == toldCreated && !got.isTaken():
		l.lost++
	case e.what != toldNothing:
	case got.isTaken():
		l.kept++
	case got.isPending():
		l.expiring++
		l.checkExpiring(t, e, got)
	case got.status == http.StatusCreated:
		l.freed++
	default:
		t.Errorf("an address in doubt is answered %d %s", got.status, got.body)
	}
}

// checkExpiring fails if a reservation would be held past the lease that it
// began with, but for the rounding of Retry-After.
func (l *ledger) checkExpiring(t *testing.T, e entry, got answer) {
	t.Helper()
	wait, err := strconv.Atoi(got.header.Get("Retry-After"))
	end := time.Now().Add(time.Duration(wait-1) * time.Second)
	if err != nil || end.After(e.since.Add(leaseOfTests)) {
		t.Errorf("a reservation of a client who got no answer %s ago is held for %ss more", time.Since(e.since), got.header.Get("Retry-After"))
	}
}

// checkAll asks for everything again, when all leases have ended: whoever was
// ever told, or was tried anew in a check, has the address. unsettled is how many
// claims the gateway itself has reported as lost.
func (l *ledger) checkAll(t *testing.T, unsettled int) {
	t.Helper()
	for _, e := range l.checked {
		var got answer
		waitUntil(t, "the lease has ended", func() bool {
			got = register(t, l.gate, e.address)
			return !got.isPending()
		})
		if e.what != toldNothing && !got.isTaken() && unsettled == 0 {
			t.Errorf("in the end, an address that was %s is answered %d %s", e.what, got.status, got.body)
		}
	}
	if l.lost > unsettled {
		t.Errorf("%d claims were lost, of which the gateway knows %d", l.lost, unsettled)
	}
	t.Logf("%d addresses were taken, %d created and %d in doubt, of which %d were taken, %d free and %d pending after the crash; %d claims lost, %d unsettled",
		l.figures[toldTaken], l.figures[toldCreated], l.figures[toldNothing], l.kept, l.freed, l.expiring, l.lost, unsettled)
}
