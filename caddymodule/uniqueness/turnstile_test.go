package uniqueness

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/customergate/customergate/internal/race"
)

// alone is the one client of a test.
var alone = netip.MustParseAddr("203.0.113.1")

// TestTurnsGoInOrder: who comes first is served first, those who leave the queue
// are not waited for, and no turn is lost with one that is left when it begins.
func TestTurnsGoInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stile := new(turnstile)
		first, err := stile.enter(t.Context(), alone)
		if err != nil {
			t.Fatal(err)
		}
		impatient, leave := context.WithCancel(t.Context())
		var order []int
		var served sync.WaitGroup
		for i := range 6 {
			ctx := t.Context()
			if i == 2 {
				ctx = impatient
			}
			served.Go(func() {
				turn, err := stile.enter(ctx, alone)
				if err != nil {
					order = append(order, -i)
					return
				}
				order = append(order, i)
				turn.end()
				turn.end() // once
			})
			synctest.Wait()
		}
		leave()
		synctest.Wait()
		first.end()
		served.Wait()
		if want := []int{-2, 0, 1, 3, 4, 5}; !slices.Equal(order, want) {
			t.Errorf("the order is %v, want %v", order, want)
		}
		if stile.taken != 0 || stile.line.waiting != 0 {
			t.Errorf("%d turns are taken, %d wait", stile.taken, stile.line.waiting)
		}
	})
}

// TestTurnsAreFair: who sends many keeps nobody else waiting, and when the line is full,
// it is one of theirs who is turned away.
func TestTurnsAreFair(t *testing.T) {
	other := netip.MustParseAddr("2001:db8:1:2:3::4")
	neighbour := netip.MustParseAddr("2001:db8:1:2:5::6")
	synctest.Test(t, func(t *testing.T) {
		stile := new(turnstile)
		first, err := stile.enter(t.Context(), alone)
		if err != nil {
			t.Fatal(err)
		}
		var called []netip.Addr
		var turnedAway int
		var waiting sync.WaitGroup
		wait := func(from netip.Addr) {
			waiting.Go(func() {
				turn, err := stile.enter(t.Context(), from)
				if errors.Is(err, errCrowded) && from == alone {
					turnedAway++
					return
				}
				if err != nil {
					t.Errorf("%s: %v", from, err)
					return
				}
				called = append(called, from)
				turn.end()
			})
			synctest.Wait()
		}
		for range maxWaiting {
			wait(alone)
		}
		wait(other)
		wait(neighbour)
		wait(alone)
		if turnedAway != 3 {
			t.Errorf("%d are turned away, want 3", turnedAway)
		}
		first.end()
		waiting.Wait()
		if want := []netip.Addr{alone, other, alone, neighbour, alone}; !slices.Equal(called[:len(want)], want) {
			t.Errorf("called are %v, want %v", called[:len(want)], want)
		}
		if stile.line.waiting != 0 || len(stile.line.clients) != 0 || len(stile.line.order) != 0 {
			t.Errorf("the line is %+v", stile.line)
		}
	})
}

// TestTurnsAreBounded: a queue that is full takes no more, and one that does not
// move lets its people go.
func TestTurnsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stile := new(turnstile)
		if _, err := stile.enter(t.Context(), alone); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var waiting sync.WaitGroup
		for range maxWaiting {
			waiting.Go(func() {
				if _, err := stile.enter(ctx, alone); !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		if _, err := stile.enter(ctx, alone); !errors.Is(err, errCrowded) {
			t.Errorf("one more is told %v", err)
		}
		waiting.Wait()
	})
}

// TestTurnsOfAServiceThatHangs: the next one begins all the same.
func TestTurnsOfAServiceThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := probe(t, newService(1, 20*time.Millisecond, 0))
		for range 64 {
			p.register(p.newAddress(), 201)
		}
		p.service.workers = make(chan struct{}, 100)
		p.service.work = time.Minute
		var slow sync.WaitGroup
		slow.Go(func() { p.register(p.newAddress(), 201) })
		synctest.Wait()
		if took := p.register("1@example.com", 201); took > minTurnLimit+p.keeper.neutral.deadline() {
			t.Errorf("behind one that hangs, another takes %s", took)
		}
		slow.Wait()
	})
}

// TestNeutralAnswersKeepTheServiceBusy: that registrations take turns costs little
// of what the customer service can do, and does not let them wait for each other
// there.
func TestNeutralAnswersKeepTheServiceBusy(t *testing.T) {
	for name, test := range map[string]struct {
		service *customerService
		taken   bool // one of ten registrations is of an address that is taken
	}{
		"one worker":               {newService(1, 20*time.Millisecond, 0.3), false},
		"4 workers":                {newService(4, 100*time.Millisecond, 0.3), false},
		"16 workers":               {newService(16, 50*time.Millisecond, 0.3), false},
		"64 workers":               {newService(64, 100*time.Millisecond, 0.3), false},
		"4 workers, also for fake": {newService(4, 100*time.Millisecond, 0.3), true},
	} {
		if race.Share > 1 && name != "4 workers" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			var perSecond, waits float64
			workers := cap(test.service.workers)
			synctest.Test(t, func(t *testing.T) {
				p := probe(t, &customerService{make(chan struct{}, workers), test.service.work, test.service.jitter})
				p.register("0@example.com", 201)
				perSecond, waits = p.keepBusy(4*workers+4, test.taken)
			})
			best := float64(workers) / test.service.work.Seconds()
			t.Logf("%.0f a second of the %.0f that it can do; one takes %.2f times as long as alone", perSecond, best, waits)
			if perSecond < 0.6*best {
				t.Errorf("it does %.0f a second, and could do %.0f", perSecond, best)
			}
			if waits > 1+2*(waitingSign-1) {
				t.Errorf("at the service, one takes %.2f times as long as alone", waits)
			}
		})
	}
}

// keepBusy has clients register one new customer after the other for two minutes.
// It returns how many are created in a second of the second one, and how many times
// as long as it works on one the service takes over it.
func (p *prober) keepBusy(clients int, taken bool) (perSecond, waits float64) {
	began := time.Now()
	var before int64
	var under sync.WaitGroup
	for i := range clients {
		under.Go(func() {
			for time.Since(began) < 2*time.Minute {
				if taken && i%10 == 0 {
					p.register("0@example.com", 201)
				} else {
					p.register(p.newAddress(), 201)
				}
			}
		})
	}
	time.Sleep(time.Minute)
	before = p.made.Load()
	time.Sleep(time.Minute)
	perSecond = float64(p.made.Load()-before) / 60
	under.Wait()
	var took time.Duration
	kept := p.keeper.neutral.created.kept()
	for _, one := range kept {
		took += one
	}
	return perSecond, float64(took) / float64(len(kept)) / float64(p.service.work)
}

// TestTurnThatIsOverBeforeTheService: a registration whose turn has ended while it
// waited for the store is not counted among those that the service has.
func TestTurnThatIsOverBeforeTheService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stile := new(turnstile)
		late, err := stile.enter(t.Context(), alone)
		if err != nil {
			t.Fatal(err)
		}
		late.limitTo(time.Second)
		time.Sleep(2 * time.Second)
		late.atService()
		late.end()
		if stile.real != 0 {
			t.Errorf("%d are with the service, want none", stile.real)
		}
	})
}
