package oaep

import (
	"container/list"
	"context"
	"errors"
	"sync"
	"time"
)

// ErrBusy says that no slot for private operations came free within the time
// allowed, or that too many were waiting for one already.
var ErrBusy = errors.New("too many ciphertexts are waiting to be decrypted")

// fastestTurn is about how long a slot is held at the least: one private
// operation of a 2048-bit key, which takes 0.7 to 0.9 milliseconds on a server
// core of today. Failures take twice that, larger keys many times. A place so
// far back that the wait is over before its turn is not worth its memory.
const fastestTurn = time.Millisecond

// handoverPause is how long a slot rests before it is handed to one that waits.
// With as many slots as CPUs, private operations that follow one another
// without a gap leave no CPU idle for a moment, and Go looks for news from the
// network only when one is, or every 10 milliseconds: all other requests, and
// those just decrypted, would wait for that at each of their steps.
const handoverPause = 30 * time.Microsecond

// limiter hands out a fixed number of slots, in the order of asking. As long
// as one is free, taking it costs a mutex.
type limiter struct {
	wait   time.Duration
	places int // how many may wait

	mu    sync.Mutex
	free  int       // 0 while anyone waits: a slot given back goes to the first in the queue
	queue list.List // of *waiter
}

// waiter is a call in the queue, or one that has just been given a slot.
type waiter struct {
	given bool          // the slot is its own
	turn  chan struct{} // closed when it may go on
}

func newLimiter(slots int, wait time.Duration) *limiter {
	turns := (wait + fastestTurn - 1) / fastestTurn // a begun one counts, so that a short wait is no wait for nothing
	return &limiter{wait: wait, places: slots * int(turns), free: slots}
}

// acquire takes a slot, waiting for it if need be. The error is ErrBusy or the
// context's.
func (l *limiter) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	if l.free > 0 {
		l.free--
		l.mu.Unlock()
		return nil
	}
	if l.queue.Len() >= l.places {
		l.mu.Unlock()
		return ErrBusy
	}
	w := &waiter{turn: make(chan struct{})}
	place := l.queue.PushBack(w)
	l.mu.Unlock()
	return l.await(ctx, w, place)
}

func (l *limiter) await(ctx context.Context, w *waiter, place *list.Element) error {
	timer := time.NewTimer(l.wait)
	defer timer.Stop()
	select {
	case <-w.turn:
		return nil
	case <-timer.C:
		if l.leave(w, place) {
			return ErrBusy
		}
	case <-ctx.Done():
	}
	// Either the slot is the call's and only rests, or the call is cancelled.
	select {
	case <-w.turn:
		return nil
	case <-ctx.Done():
		if !l.leave(w, place) {
			l.release() // the slot came at the last moment; it is the next one's
		}
		return ctx.Err()
	}
}

// leave gives up a place in the queue, and returns false if a slot has been
// given to it meanwhile.
func (l *limiter) leave(w *waiter, place *list.Element) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.given {
		return false
	}
	l.queue.Remove(place)
	return true
}

// tryAcquire takes a slot if one is free. It never overtakes the queue, as
// none is free while anyone waits.
func (l *limiter) tryAcquire() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.free == 0 {
		return false
	}
	l.free--
	return true
}

// release gives a slot back, to the one that has waited longest if there is
// any.
func (l *limiter) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := l.queue.Front()
	if first == nil {
		l.free++
		return
	}
	w := l.queue.Remove(first).(*waiter)
	w.given = true
	time.AfterFunc(handoverPause, func() { close(w.turn) })
}
