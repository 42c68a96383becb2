package queue_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/customergate/customergate/caddymodule/internal/queue"
)

// operation is how long one takes in these tests, on a clock of their own.
const operation = time.Millisecond

// job is one operation, and whether it turns out to be junk.
type job struct{ junk bool }

// newQueue serves each batch one job after the other.
func newQueue(o queue.Options) *queue.Queue[job] {
	return queue.New(o, together, func(batch []*queue.Item[job]) {
		for _, item := range batch {
			time.Sleep(operation)
			item.Done(item.Value.junk)
		}
	})
}

// together has no job served alone.
func together(job) bool { return false }

func address(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
}

// traffic is requests that come at random, so many a second, from so many
// addresses.
type traffic struct {
	rate, addresses, first int
	junk                   bool
}

// outcome is what has become of some traffic.
type outcome struct {
	sent, served int
	waits        []time.Duration // of those that were served
}

func (o *outcome) share() float64 { return float64(o.served) / float64(o.sent) }

func (o *outcome) percentile(p float64) time.Duration {
	slices.Sort(o.waits)
	return o.waits[int(p*float64(len(o.waits)-1))]
}

// simulate sends traffic for a while on the clock of a bubble.
func simulate(t *testing.T, q *queue.Queue[job], span time.Duration, all ...traffic) []outcome {
	outcomes := make([]outcome, len(all))
	var mu sync.Mutex
	var senders sync.WaitGroup
	end := time.Now().Add(span)
	for i, kind := range all {
		random := rand.New(rand.NewPCG(1, uint64(i)))
		senders.Go(func() {
			for {
				time.Sleep(time.Duration(random.ExpFloat64() / float64(kind.rate) * float64(time.Second)))
				if time.Now().After(end) {
					return
				}
				client := address(kind.first + random.IntN(kind.addresses))
				senders.Go(func() {
					start := time.Now()
					err := queue.ErrStale
					if q.Admits(client) {
						err = q.Do(t.Context(), client, job{kind.junk})
					}
					mu.Lock()
					defer mu.Unlock()
					outcomes[i].sent++
					if err == nil {
						outcomes[i].served++
						outcomes[i].waits = append(outcomes[i].waits, time.Since(start)-operation)
					}
				})
			}
		})
	}
	senders.Wait()
	return outcomes
}

// TestQueueIsFair has junk come at five times the capacity, which is 2,000
// operations a second, from ever more addresses.
func TestQueueIsFair(t *testing.T) {
	good := func(percent int) traffic { return traffic{rate: 20 * percent, addresses: 100_000, first: 1 << 20} }
	junk := func(addresses int) traffic { return traffic{rate: 10_000, addresses: addresses, junk: true} }
	for name, c := range map[string]struct {
		traffic []traffic
		span    time.Duration
		share   float64       // of the good requests that have to be served
		p99     time.Duration // of their waits
	}{
		"80 % and no junk":             {[]traffic{good(80)}, 4 * time.Second, 1, 15 * time.Millisecond},
		"40 %, junk of one address":    {[]traffic{good(40), junk(1)}, 4 * time.Second, .999, 3 * time.Millisecond},
		"80 %, junk of one address":    {[]traffic{good(80), junk(1)}, 4 * time.Second, .999, 15 * time.Millisecond},
		"40 %, junk of 20 addresses":   {[]traffic{good(40), junk(20)}, 15 * time.Second, .999, 10 * time.Millisecond},
		"80 %, junk of 20 addresses":   {[]traffic{good(80), junk(20)}, 15 * time.Second, .995, 30 * time.Millisecond},
		"40 %, junk of 1000 addresses": {[]traffic{good(40), junk(1000)}, 15 * time.Second, .95, 60 * time.Millisecond},
		"a crowd of 500 %":             {[]traffic{good(500)}, 2 * time.Second, .195, 80 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := newQueue(queue.Options{Slots: 2, Wait: time.Second})
				got := simulate(t, q, c.span, c.traffic...)[0]
				t.Logf("%.1f %% of %d served, waits p50 %v p99 %v", 100*got.share(), got.sent, got.percentile(.5), got.percentile(.99))
				if got.share() < c.share {
					t.Errorf("%.2f %% of the good requests were served, want %.2f %%", 100*got.share(), 100*c.share)
				}
				if p99 := got.percentile(.99); p99 > c.p99 {
					t.Errorf("their 99th percentile waited %v, want at most %v", p99, c.p99)
				}
			})
		})
	}
}

// do begins a call, which has come as far as it can when do returns.
func do(ctx context.Context, q *queue.Queue[job], client netip.Addr, jobs ...job) <-chan error {
	result := make(chan error, 1)
	go func() { result <- q.Do(ctx, client, jobs...) }()
	synctest.Wait()
	return result
}

// drain waits until calls have ended, and returns how many were served.
func drain(results ...<-chan error) (served int) {
	for _, result := range results {
		if err := <-result; err == nil {
			served++
		}
	}
	return served
}

func pending(t *testing.T, result <-chan error, what string) {
	t.Helper()
	synctest.Wait()
	select {
	case err := <-result:
		t.Errorf("%s: has ended with %v, want it to wait", what, err)
	default:
	}
}

func ended(t *testing.T, result <-chan error, want error, what string) {
	t.Helper()
	synctest.Wait()
	select {
	case err := <-result:
		if !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%s: the error is %v, want %v", what, err, want)
		}
	default:
		t.Errorf("%s: still waits", what)
	}
}

// TestQueueAdmits: who has sent junk is known to be refused as long as there is no
// place behind all others, and nobody else is.
func TestQueueAdmits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(queue.Options{Slots: 1, Wait: time.Minute})
		offender, other := address(1), address(2)
		for range 6 {
			if err := q.Do(t.Context(), offender, job{junk: true}); err != nil {
				t.Fatal(err)
			}
		}
		busy := do(t.Context(), q, other, make([]job, 100)...)
		var behind []<-chan error
		for q.Admits(offender) {
			behind = append(behind, do(t.Context(), q, offender, job{junk: true}))
		}
		if len(behind) != 64 {
			t.Errorf("the offender is not admitted after %d of 64", len(behind))
		}
		ended(t, do(t.Context(), q, offender, job{}), queue.ErrFull, "one more of the offender")
		if !q.Admits(other) {
			t.Error("another client is not admitted")
		}
		drain(busy, behind[0])
		if !q.Admits(offender) {
			t.Error("there is a place, and the offender is not admitted")
		}
		drain(behind[1:]...)
	})
}

// TestQueueAdmitsWhatItCanServe: once a queue stands, whoever would wait in it for
// longer than others may is refused at once, and who comes when it is shorter is not.
func TestQueueAdmitsWhatItCanServe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(queue.Options{Slots: 1, Wait: time.Minute})
		newcomer := address(1 << 20)
		var crowd []<-chan error
		come := func(n int) {
			for range n {
				crowd = append(crowd, do(t.Context(), q, address(len(crowd)), job{}))
			}
		}
		come(100)
		if !q.Admits(newcomer) {
			t.Error("a crowd of a moment keeps others out")
		}
		for range 120 { // twice as many as are served
			time.Sleep(operation)
			come(2)
		}
		if q.Admits(newcomer) {
			t.Error("the queue stands, and takes more than it can serve")
		}
		time.Sleep(30 * operation)
		if !q.Admits(newcomer) {
			t.Error("the queue is short, and admits nobody")
		}
		drain(crowd...)
	})
}

// TestQueueTry: who tries takes a slot that nobody waits for, or none.
func TestQueueTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(queue.Options{Slots: 1, Wait: time.Minute})
		if err := q.Try(t.Context(), address(1), job{}, job{}); err != nil {
			t.Errorf("the slot is free: %v", err)
		}
		served := do(t.Context(), q, address(2), job{}, job{}, job{})
		for range 3 {
			if err := q.Try(t.Context(), address(1), job{}); !errors.Is(err, queue.ErrFull) {
				t.Errorf("the slot is taken: %v", err)
			}
			time.Sleep(operation * 9 / 10)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		if err := q.Try(gone, address(1), job{}); !errors.Is(err, context.Canceled) {
			t.Errorf("of who is gone: %v", err)
		}
	})
}

func TestQueueRefuses(t *testing.T) {
	ctx := context.Background()
	one := queue.Options{Slots: 1, Wait: time.Second, Target: time.Second}
	for name, c := range map[string]struct {
		options queue.Options
		check   func(t *testing.T, q *queue.Queue[job])
	}{
		"whoever would wait where none may": {queue.Options{Slots: 1}, func(t *testing.T, q *queue.Queue[job]) {
			first := do(ctx, q, address(1), job{})
			ended(t, do(ctx, q, address(2), job{}), queue.ErrFull, "the second")
			time.Sleep(operation)
			ended(t, first, nil, "the first")
		}},
		"a sender of junk whose slots are taken where none may wait": {queue.Options{Slots: 2}, func(t *testing.T, q *queue.Queue[job]) {
			for range 6 {
				if err := q.Do(ctx, address(1), job{junk: true}); err != nil {
					t.Fatal(err)
				}
			}
			first := do(ctx, q, address(1), job{})
			ended(t, do(ctx, q, address(1), job{}), queue.ErrFull, "the second")
			ended(t, do(ctx, q, address(1), job{}), queue.ErrFull, "the third")
			time.Sleep(operation)
			ended(t, first, nil, "the first")
		}},
		"nobody whose call has a slot": {queue.Options{Slots: 1, Rest: time.Microsecond}, func(t *testing.T, q *queue.Queue[job]) {
			call := do(ctx, q, address(1), job{}, job{})
			time.Sleep(3 * operation)
			ended(t, call, nil, "a call of two where none may wait")
		}},
		"whoever comes when all places are taken": {queue.Options{Slots: 1, Wait: time.Second, Places: 1}, func(t *testing.T, q *queue.Queue[job]) {
			do(ctx, q, address(1), job{})
			second := do(ctx, q, address(2), job{})
			ended(t, do(ctx, q, address(3), job{}), queue.ErrFull, "the third")
			ended(t, do(ctx, q, address(4), job{}, job{}), queue.ErrBusy, "one with two values")
			time.Sleep(2 * operation)
			ended(t, second, nil, "the second")
		}},
		"the last of whoever has most places, for the sake of others": {queue.Options{Slots: 1, Wait: time.Second, Places: 12}, func(t *testing.T, q *queue.Queue[job]) {
			calls := make([]<-chan error, 13)
			for i := range calls {
				calls[i] = do(ctx, q, address(1), job{})
			}
			other := do(ctx, q, address(2), job{})
			synctest.Wait()
			refused := 0
			for _, call := range calls {
				select {
				case err := <-call:
					if !errors.Is(err, queue.ErrFull) {
						t.Errorf("the error is %v", err)
					}
					refused++
				default:
				}
			}
			if refused != 1 {
				t.Errorf("%d were refused, want 1", refused)
			}
			time.Sleep(6 * operation)
			ended(t, other, nil, "the other client, whose turn comes before the twelve others")
		}},
		"whoever has waited for too long": {one, func(t *testing.T, _ *queue.Queue[job]) {
			q := queue.New(one, together, func(batch []*queue.Item[job]) {
				time.Sleep(3 * time.Second)
				batch[0].Done(false)
			})
			first := do(ctx, q, address(1), job{})
			late := do(ctx, q, address(2), job{}, job{})
			time.Sleep(time.Second - time.Nanosecond)
			pending(t, late, "before the wait is over")
			time.Sleep(time.Nanosecond)
			ended(t, late, queue.ErrTimeout, "when the wait is over")
			time.Sleep(2 * time.Second)
			ended(t, first, nil, "the first")
		}},
		"what is stale in a standing queue": {queue.Options{Slots: 1, Wait: time.Minute, Target: 20 * time.Millisecond}, func(t *testing.T, q *queue.Queue[job]) {
			var calls []<-chan error
			for range 200 {
				calls = append(calls, do(ctx, q, address(1), job{}))
			}
			time.Sleep(99 * time.Millisecond)
			served := 0
			for _, call := range calls {
				synctest.Wait()
				select {
				case err := <-call:
					if err != nil {
						t.Errorf("refused before the queue stood: %v", err)
					}
					served++
				default:
				}
			}
			time.Sleep(3 * time.Millisecond)
			synctest.Wait()
			if left := q.Waiting(); left != 0 || served < 98 {
				t.Errorf("%d wait and %d were served, want none left of what came at once, and all that was in time served", left, served)
			}
		}},
		"a call that was cancelled before it came": {one, func(t *testing.T, q *queue.Queue[job]) {
			cancelled, cancel := context.WithCancel(ctx)
			cancel()
			ended(t, do(cancelled, q, address(1), job{}), context.Canceled, "the call")
		}},
		"a call that is cancelled while it waits": {one, func(t *testing.T, q *queue.Queue[job]) {
			cancelled, cancel := context.WithCancel(ctx)
			first := do(ctx, q, address(1), job{})
			second := do(cancelled, q, address(2), job{})
			third := do(ctx, q, address(3), job{})
			cancel()
			ended(t, second, context.Canceled, "the cancelled one")
			time.Sleep(operation)
			ended(t, first, nil, "the first")
			time.Sleep(operation)
			ended(t, third, nil, "the third, for which the slot is free")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c.check(t, newQueue(c.options))
				time.Sleep(2 * time.Minute) // for what still waits
			})
		})
	}
}

func TestQueueServesTheValuesOfACallSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(queue.Options{Slots: 2, Wait: time.Second})
		call := do(t.Context(), q, address(1), job{}, job{})
		time.Sleep(operation)
		ended(t, call, nil, "two values with two free slots")
	})
}

func TestQueueFillsBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		var mu sync.Mutex
		q := queue.New(queue.Options{Slots: 1, Batch: 8, Wait: time.Second}, together, func(batch []*queue.Item[job]) {
			mu.Lock()
			sizes = append(sizes, len(batch))
			mu.Unlock()
			time.Sleep(operation)
			for _, item := range batch {
				item.Done(false)
			}
		})
		var calls []<-chan error
		for i := range 20 {
			calls = append(calls, do(t.Context(), q, address(i), job{}))
		}
		time.Sleep(4 * operation)
		for _, call := range calls {
			ended(t, call, nil, "a call")
		}
		if !slices.Equal(sizes, []int{1, 8, 8, 3}) {
			t.Errorf("the batches had %v items, want one that came alone, then as many as waited, at most 8", sizes)
		}
	})
}

// TestQueueServesAlone: what has to be alone shares no batch, first or later.
func TestQueueServesAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		alone := func(j job) bool { return j.junk }
		q := queue.New(queue.Options{Slots: 1, Batch: 8, Wait: time.Second}, alone, func(batch []*queue.Item[job]) {
			sizes = append(sizes, len(batch))
			time.Sleep(operation)
			for _, item := range batch {
				item.Done(false)
			}
		})
		calls := []<-chan error{do(t.Context(), q, address(0), job{})}
		for i, junk := range []bool{false, false, true, false, true, true} {
			calls = append(calls, do(t.Context(), q, address(1+i), job{junk}))
		}
		time.Sleep(6 * operation)
		for _, call := range calls {
			ended(t, call, nil, "a call")
		}
		if !slices.Equal(sizes, []int{1, 2, 1, 1, 1, 1}) {
			t.Errorf("the batches had %v items", sizes)
		}
	})
}

// TestQueueEndsACallBeforeItsBatch: who is done need not wait for others.
func TestQueueEndsACallBeforeItsBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(queue.Options{Slots: 1, Batch: 8, Wait: time.Second})
		do(t.Context(), q, address(1), job{})
		do(t.Context(), q, address(2), job{})
		third := do(t.Context(), q, address(3), job{})
		do(t.Context(), q, address(4), job{})
		time.Sleep(3 * operation)
		ended(t, third, nil, "the second of a batch of three")
		time.Sleep(operation)
	})
}

// TestQueuePutsSendersOfJunkBehind looks at who is served first after a sender
// has sent junk, by its address or another one.
func TestQueuePutsSendersOfJunkBehind(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		sent, then string // addresses
		junk       int
		pause      time.Duration
		behind     bool
	}{
		"some junk is tolerated":        {"192.0.2.1", "192.0.2.1", 5, 0, false},
		"much junk":                     {"192.0.2.1", "192.0.2.1", 6, 0, true},
		"another address":               {"192.0.2.1", "192.0.2.2", 6, 0, false},
		"the same one, mapped to IPv6":  {"192.0.2.1", "::ffff:192.0.2.1", 6, 0, true},
		"the same IPv6 network":         {"2001:db8::1", "2001:db8::ffff:0:0:1", 6, 0, true},
		"another IPv6 network":          {"2001:db8::1", "2001:db8:0:1::1", 6, 0, false},
		"after a while it is forgotten": {"192.0.2.1", "192.0.2.1", 6, 11 * time.Second, false},
		"very much junk for longer":     {"192.0.2.1", "192.0.2.1", 50, 11 * time.Second, true},
		"but not longer than for 100 s": {"192.0.2.1", "192.0.2.1", 500, 51 * time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := newQueue(queue.Options{Slots: 1, Wait: time.Minute})
				for range c.junk {
					if err := q.Do(ctx, netip.MustParseAddr(c.sent), job{junk: true}); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(c.pause)
				do(ctx, q, address(1), job{})
				suspect := do(ctx, q, netip.MustParseAddr(c.then), job{})
				for i := range 5 {
					do(ctx, q, address(2+i), make([]job, 12)...)
				}
				time.Sleep(40 * operation)
				if c.behind {
					pending(t, suspect, "while others wait that came later")
				} else {
					ended(t, suspect, nil, "while others wait")
				}
				time.Sleep(time.Minute)
			})
		})
	}
}

// TestQueueIsSafe has many callers come and go, for the race detector.
func TestQueueIsSafe(t *testing.T) {
	var served, done atomic.Int64
	q := queue.New(queue.Options{Slots: 3, Batch: 4, Wait: 50 * time.Millisecond, Places: 40, Rest: time.Microsecond}, together, func(batch []*queue.Item[job]) {
		for _, item := range batch {
			served.Add(1)
			item.Done(item.Value.junk)
		}
	})
	var callers sync.WaitGroup
	for i := range 64 {
		callers.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(i)))
			for range 500 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(random.IntN(1000))*time.Microsecond)
				values := make([]job, 1+random.IntN(3))
				values[0].junk = random.IntN(8) == 0
				if q.Do(ctx, address(random.IntN(20)), values...) == nil {
					done.Add(int64(len(values)))
				}
				cancel()
			}
		})
	}
	callers.Wait()
	if served.Load() < done.Load() || done.Load() == 0 || q.Waiting() != 0 {
		t.Errorf("%d were served and %d of calls without an error, %d still wait", served.Load(), done.Load(), q.Waiting())
	}
}
