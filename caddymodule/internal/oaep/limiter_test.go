package oaep

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// full returns a limiter without a free slot.
func full(t *testing.T, slots int, wait time.Duration) *limiter {
	t.Helper()
	l := newLimiter(slots, wait)
	for range slots {
		if err := l.acquire(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// countFree takes all slots that are free, and gives them back.
func countFree(l *limiter) (n int) {
	for l.tryAcquire() {
		n++
	}
	for range n {
		l.release()
	}
	return n
}

func TestLimiterServesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := full(t, 1, time.Second)
		order := make(chan int, 5)
		for i := range 5 {
			go func() {
				if err := l.acquire(t.Context()); err != nil {
					t.Error(err)
				}
				order <- i
			}()
			synctest.Wait() // it is in the queue
		}
		if l.tryAcquire() {
			t.Error("the queue was overtaken")
		}
		for want := range 5 {
			l.release()
			if got := <-order; got != want {
				t.Errorf("number %d was served, want %d", got, want)
			}
		}
	})
}

func TestLimiterGivesUpAfterTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := full(t, 1, 250*time.Millisecond)
		start := time.Now()
		if err := l.acquire(t.Context()); !errors.Is(err, ErrBusy) {
			t.Errorf("got %v, want ErrBusy", err)
		}
		if waited := time.Since(start); waited != 250*time.Millisecond {
			t.Errorf("waited %v, want 250ms", waited)
		}
		l.release()
		if !l.tryAcquire() {
			t.Error("the slot went to the one that had given up")
		}
	})
}

func TestLimiterBoundsItsQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := full(t, 2, 3*time.Millisecond)
		results := make(chan error, 7)
		for range 7 {
			go func() { results <- l.acquire(t.Context()) }()
		}
		synctest.Wait()
		if len(results) != 1 {
			t.Errorf("%d were sent away, want 1", len(results))
		}
		if err := <-results; !errors.Is(err, ErrBusy) {
			t.Errorf("got %v, want ErrBusy", err)
		}
		for range 6 {
			l.release()
			if err := <-results; err != nil {
				t.Error(err)
			}
		}
	})
}

func TestLimiterLetsACancelledCallGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := full(t, 1, fastestTurn) // with one place
		ctx, cancel := context.WithCancel(t.Context())
		result := make(chan error)
		go func() { result <- l.acquire(ctx) }()
		synctest.Wait()
		cancel()
		if err := <-result; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the context's error", err)
		}
		go func() { result <- l.acquire(t.Context()) }()
		synctest.Wait()
		l.release()
		if err := <-result; err != nil {
			t.Errorf("the next one got %v, want its place", err)
		}
		l.release()
		if err := l.acquire(ctx); !errors.Is(err, context.Canceled) || countFree(l) != 1 {
			t.Errorf("a call that comes cancelled got %v, want the context's error and no slot", err)
		}
	})
}

// TestLimiterPassesOnASlotThatCameTooLate hands a slot to a call that has been
// cancelled, but has not left the queue.
func TestLimiterPassesOnASlotThatCameTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := full(t, 1, time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		result := make(chan error)
		go func() { result <- l.acquire(ctx) }()
		synctest.Wait()
		l.release() // the slot is the call's, but rests
		cancel()
		if err := <-result; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the context's error", err)
		}
		if n := countFree(l); n != 1 {
			t.Errorf("%d slots free afterwards, want 1", n)
		}
	})
}

// TestLimiterKeepsASlotThatRests ends the wait of a call whose slot has been
// given to it, but rests.
func TestLimiterKeepsASlotThatRests(t *testing.T) {
	tests := map[string]struct {
		cancelled bool
		want      error
		free      int
	}{
		"the wait ends":                       {false, nil, 0},
		"the wait ends, then it is cancelled": {true, context.Canceled, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const wait = time.Second
				l := full(t, 1, wait)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				result := make(chan error)
				go func() { result <- l.acquire(ctx) }()
				time.Sleep(wait - handoverPause/2)
				l.release()
				time.Sleep(handoverPause * 3 / 4) // the wait is over, the pause is not
				if test.cancelled {
					cancel()
				}
				if err := <-result; !errors.Is(err, test.want) {
					t.Errorf("got %v, want %v", err, test.want)
				}
				if n := countFree(l); n != test.free {
					t.Errorf("%d slots free afterwards, want %d", n, test.free)
				}
			})
		})
	}
}

func TestLimiterRoundsItsPlacesUp(t *testing.T) {
	for wait, want := range map[time.Duration]int{
		0:                       0,
		time.Nanosecond:         2,
		time.Millisecond:        2,
		1500 * time.Microsecond: 4,
		time.Second:             2000,
	} {
		synctest.Test(t, func(t *testing.T) {
			l, more := full(t, 2, wait), 3
			results := make(chan error, want+more)
			for range want + more {
				go func() { results <- l.acquire(t.Context()) }()
			}
			synctest.Wait()
			if got := want + more - len(results); got != want {
				t.Errorf("%d wait for 2 slots for %v, want %d", got, wait, want)
			}
		})
	}
}

func TestLimiterLosesNoSlot(t *testing.T) {
	const slots = 2
	l := newLimiter(slots, time.Millisecond)
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if i%3 == 0 {
				go cancel()
			}
			if l.acquire(ctx) == nil {
				l.release()
			}
		})
	}
	wg.Wait()
	if n := countFree(l); n != slots {
		t.Errorf("%d slots free afterwards, want %d", n, slots)
	}
}
