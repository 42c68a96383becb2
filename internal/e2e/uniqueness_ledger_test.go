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
	gate    *gateway
	service *customerService

	mu       sync.Mutex
	fresh    []*entry // since the last check
	checked  []*entry
	figures  map[outcome]int
	freed    int // claims that nobody was told of
	kept     int // likewise
	expiring int // likewise
}

type entry struct {
	address string
	what    outcome
	since   time.Time // when the answer came, or the lack of it was noticed
	lost    bool      // the claim of a created one
}

// outcome is what a client was told of an address.
type outcome string

const (
	toldCreated outcome = "created"  // 201 as a whole
	toldTaken   outcome = "taken"    // 409 email_taken
	toldNothing outcome = "in doubt" // anything else
)

func newLedger(gate *gateway, service *customerService) *ledger {
	return &ledger{gate: gate, service: service, figures: make(map[outcome]int)}
}

// clients register addresses until there is trouble.
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
				if !l.tryAddress(n%2 == 0) {
					return
				}
				c.acknowledged.Add(1)
			}
		})
	}
	return c
}

// tryAddress registers a new address, twice if it is to. What was said first
// holds where the second time says nothing. It reports whether both said
// something.
func (l *ledger) tryAddress(twice bool) bool {
	address := newAddress()
	told := l.register(address)
	last := told
	if twice && told == toldCreated {
		if last = l.register(address); last != toldNothing {
			told = last
		}
	}
	l.note(address, told)
	return last != toldNothing
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
	l.fresh = append(l.fresh, &entry{address: address, what: told, since: time.Now()})
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

func (l *ledger) checkEntry(t *testing.T, e *entry) {
	t.Helper()
	asked := time.Now()
	got := register(t, l.gate, e.address)
	switch {
	case e.what != toldNothing:
		e.checkKnown(t, got)
	case got.isTaken():
		l.kept++
	case got.isPending():
		l.expiring++
		l.checkExpiring(t, e, got, asked)
	case got.status == http.StatusCreated:
		l.freed++
	default:
		t.Errorf("an address in doubt is answered %d %s", got.status, got.body)
	}
}

// checkKnown fails if an address that was taken is not any more. One that was
// merely created is noted, as its claim may be one that the gateway has reported
// as lost.
func (e *entry) checkKnown(t *testing.T, got answer) {
	t.Helper()
	switch {
	case got.isTaken():
	case e.what == toldCreated:
		e.lost = true
	default:
		t.Errorf("an address that was %s is answered %d %s", e.what, got.status, got.body)
	}
}

// checkExpiring fails if a reservation would be held past the lease that it
// began with, but for the rounding of Retry-After.
func (l *ledger) checkExpiring(t *testing.T, e *entry, got answer, asked time.Time) {
	t.Helper()
	wait, err := strconv.Atoi(got.header.Get("Retry-After"))
	end := asked.Add(time.Duration(wait-1) * time.Second)
	if err != nil || end.After(e.since.Add(leaseOfTests)) {
		t.Errorf("a reservation of a client who got no answer %s ago is held for %ss more", time.Since(e.since), got.header.Get("Retry-After"))
	}
}

// checkAll asks for everything again, when all leases have ended: whoever was
// ever told, or was tried anew in a check, has the address, and the upstream has
// seen it once. unsettled is how many commits the gateway itself has reported as
// failed, and so how many created addresses may have been let through again.
func (l *ledger) checkAll(t *testing.T, unsettled int) {
	t.Helper()
	lost := 0
	for _, e := range l.checked {
		l.checkInTheEnd(t, e)
		if e.lost {
			lost++
		}
	}
	if lost > unsettled {
		t.Errorf("%d claims were lost, of which the gateway knows %d", lost, unsettled)
	}
	t.Logf("%d addresses were taken, %d created and %d in doubt, of which %d were taken, %d free and %d pending after the crash; %d claims lost, %d unsettled",
		l.figures[toldTaken], l.figures[toldCreated], l.figures[toldNothing], l.kept, l.freed, l.expiring, lost, unsettled)
}

func (l *ledger) checkInTheEnd(t *testing.T, e *entry) {
	t.Helper()
	got := awaitLeaseEnd(t, e.since, func() answer { return register(t, l.gate, e.address) })
	seen := l.service.registrations(e.address)
	switch {
	case e.what != toldNothing:
		e.checkKnown(t, got)
		e.lost = e.lost || e.what == toldCreated && seen > 1
		if e.what == toldTaken && seen != 1 {
			t.Errorf("an address that was taken reached the upstream %d times", seen)
		}
	case !got.isTaken() && got.status != http.StatusCreated:
		t.Errorf("in the end, an address in doubt is answered %d %s", got.status, got.body)
	case seen < 1 || seen > 2: // where it was held, and once more
		t.Errorf("an address in doubt reached the upstream %d times", seen)
	}
}

// awaitLeaseEnd asks until an address is not pending any more, and fails if it is
// when it was reserved before a time since which a lease has gone by.
func awaitLeaseEnd(t *testing.T, reserved time.Time, ask func() answer) (got answer) {
	t.Helper()
	const slack = time.Second // between a clock of a store and that of the test
	waitUntil(t, "the lease has ended", func() bool {
		late := time.Since(reserved) > leaseOfTests+slack
		got = ask()
		if late && got.isPending() {
			t.Fatalf("an address is held %s after it was reserved, at the latest", time.Since(reserved))
		}
		return !got.isPending()
	})
	return got
}
