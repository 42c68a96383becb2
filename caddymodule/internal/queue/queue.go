// Package queue has work wait for its turn, fairly by client.
//
// First in, first out gives everything to whoever sends most. Here clients are
// spread over many flows under a seed of the process, each over a small hand of
// them, and the next slot goes to the flow that has had the least time so far.
// Those who have sent what turned out to be junk are served when nobody else
// waits. Every bound is fixed, and who cannot be served in time is told so at
// once.
//
// A slot serves a batch: several items, whoever they are from, where that is
// cheaper than one after the other. The caller whose item begins a batch serves
// it, so a queue in which nobody waits costs neither a goroutine nor a timer.
package queue

import (
	"context"
	"errors"
	"net/netip"
	"runtime"
	"sync"
	"time"
)

// ErrBusy is what every refusal of a queue is to errors.Is.
var ErrBusy = errors.New("busy")

// Why a queue refuses an item.
var (
	// ErrFull says that there was no place to wait in.
	ErrFull error = &refusal{"no place is free"}

	// ErrStale says that the queue does not get shorter and that the item has
	// waited for longer than others should have to.
	ErrStale error = &refusal{"the queue does not get shorter"}

	// ErrTimeout says that the longest wait was over.
	ErrTimeout error = &refusal{"the longest wait is over"}

	// ErrNotAdmitted says that one was not let in that would have waited too long.
	ErrNotAdmitted error = &refusal{"it would wait for too long"}
)

type refusal struct{ why string }

func (r *refusal) Error() string        { return "busy: " + r.why }
func (r *refusal) Is(target error) bool { return target == ErrBusy }

// Options are the tunables of a Queue.
type Options struct {
	// Slots is how many batches are served at once. Default: as many as there
	// are CPUs for the process.
	Slots int

	// Batch is how many items a batch has at most. Default: 1.
	Batch int

	// Wait is how long an item waits at most. 0 means that none waits, but for
	// others of the same call.
	Wait time.Duration

	// Target is how long an item may wait while the queue is never empty: those
	// that have waited for more than twice as long are refused, or for longer than
	// sixteen items take. Default: 25ms.
	Target time.Duration

	// Places is how many items wait at most. Default: 1024.
	Places int

	// Rest is how long a slot that somebody waits for rests between two batches.
	// Default: not at all.
	Rest time.Duration

	// Observer is told of waits and refusals. Default: nobody is.
	Observer Observer
}

// An Observer is told what becomes of those who wait. It is safe for concurrent use,
// fast, and does not ask the queue anything: it may be called while that is locked.
type Observer interface {
	// Waited tells for how long an item has waited whose turn has come.
	Waited(d time.Duration)

	// Refused tells that items of a call are refused: with an ErrBusy, or the
	// context's error where the caller has gone.
	Refused(err error)
}

type nobody struct{}

func (nobody) Waited(time.Duration) {}
func (nobody) Refused(error)        {}

const (
	defaultTarget = 25 * time.Millisecond
	defaultPlaces = 1024
)

// OrDefaults returns the options with the defaults in place of zeros.
func (o Options) OrDefaults() Options {
	if o.Slots == 0 {
		o.Slots = runtime.GOMAXPROCS(0)
	}
	if o.Batch == 0 {
		o.Batch = 1
	}
	if o.Target == 0 {
		o.Target = defaultTarget
	}
	if o.Places == 0 {
		o.Places = defaultPlaces
	}
	if o.Observer == nil {
		o.Observer = nobody{}
	}
	return o
}

// A Queue lets items wait for its slots. It is safe for concurrent use.
type Queue[T any] struct {
	options Options
	alone   func(T) bool
	serve   func(batch []*Item[T])

	mu     sync.Mutex
	free   int // slots; none while an item waits that may have one
	fair   fair[T]
	behind behind[T]
	known  offenders
	strict time.Time // until when no junk is tolerated
}

// New returns a Queue that has a function serve its batches, where values of which
// alone says so have one of their own. serve is called by as many goroutines at
// once as there are slots. It has to call Done once for each item, and must not
// panic.
func New[T any](o Options, alone func(T) bool, serve func(batch []*Item[T])) *Queue[T] {
	o = o.OrDefaults()
	q := &Queue[T]{options: o, alone: alone, serve: serve, free: o.Slots}
	q.behind.slots = max(1, o.Slots/2)
	return q
}

// Do waits until all values of a client are served, in whatever order. The error
// is an ErrBusy or the context's, and then at least one of them is not served,
// but what was begun is.
func (q *Queue[T]) Do(ctx context.Context, client netip.Addr, values ...T) error {
	if err := ctx.Err(); err != nil || len(values) == 0 {
		return err
	}
	c := newCall(q, senderOf(client), values)
	q.mu.Lock()
	q.enter(c)
	q.mu.Unlock()
	return c.await(ctx)
}

// Try is Do where a slot is free that nobody waits for. Elsewhere, its error is
// ErrFull at once.
func (q *Queue[T]) Try(ctx context.Context, client netip.Addr, values ...T) error {
	if err := ctx.Err(); err != nil || len(values) == 0 {
		return err
	}
	c := newCall(q, senderOf(client), values)
	if !q.tryToEnter(c) {
		return ErrFull // which is no trouble: nobody counts it
	}
	return c.await(ctx)
}

func (q *Queue[T]) tryToEnter(c *call[T]) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.free == 0 || q.waiting() > 0 {
		return false
	}
	q.enter(c)
	return true
}

// Waiting is how many items wait at the moment.
func (q *Queue[T]) Waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.waiting()
}

// Stands reports whether the queue has not been empty for so long that who has waited
// too long is refused.
func (q *Queue[T]) Stands() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.stands(time.Now())
}

func (q *Queue[T]) waiting() int { return q.fair.waiting + q.behind.items.Len() }

// enter gives each item of a call its place, or refuses the call, and begins a
// batch if a slot is free.
func (q *Queue[T]) enter(c *call[T]) {
	now := time.Now()
	offends := q.offends(c.sender, now)
	for i := range c.items {
		c.items[i].since = now
		if !q.place(&c.items[i], offends) {
			q.refuse(c, ErrFull)
			c.finish(len(c.items)-i, ErrFull)
			return
		}
	}
	q.begin(now)
}

// Admits reports false if a call of the client would be refused: it has sent junk,
// and there is no place behind all others, or it would wait for too long. Who asks
// before it reads what a client sends is spared the reading.
func (q *Queue[T]) Admits(client netip.Addr) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	s, now := senderOf(client), time.Now()
	admitted := !q.late(s, now)
	if q.offends(s, now) {
		admitted = !q.behind.full()
	}
	if !admitted {
		q.options.Observer.Refused(ErrNotAdmitted)
	}
	return admitted
}

// place has an item wait, and reports false if there is no place for it.
func (q *Queue[T]) place(item *Item[T], offends bool) bool {
	switch {
	case q.options.Wait == 0 && (q.free == 0 || offends && q.behind.taken == q.behind.slots):
		return false
	case offends:
		return q.behind.push(item)
	case q.fair.waiting >= q.options.Places && !q.makeRoom(item):
		return false
	}
	q.fair.push(item)
	return true
}

// makeRoom refuses the last of the longest flow for the sake of one that would
// wait in a shorter one, and reports false if there is none.
func (q *Queue[T]) makeRoom(item *Item[T]) bool {
	longest := q.fair.longest()
	if longest.items.Len() <= q.fair.shortest(item.call.sender).items.Len()+1 {
		return false
	}
	last := longest.items.Back().Value.(*Item[T])
	if last.call == item.call {
		return false
	}
	q.refuse(last.call, ErrFull)
	return true
}

// refuse takes what waits of a call out of the queue. What was begun goes on.
func (q *Queue[T]) refuse(c *call[T], err error) {
	for i := range c.items {
		if item := &c.items[i]; q.remove(item) {
			c.finish(1, err)
		}
	}
}

// remove reports false if the item does not wait.
func (q *Queue[T]) remove(item *Item[T]) bool {
	switch {
	case item.place == nil:
		return false
	case item.flow != nil:
		q.fair.remove(item)
	default:
		q.behind.remove(item)
	}
	return true
}
