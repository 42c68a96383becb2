package boltstore

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"
)

const (
	// maxBatch bounds the memory of a transaction, and how long those who come
	// meanwhile have to wait.
	maxBatch = 1024
	// maxQueue bounds what waits while the disk hangs, most of which nobody
	// waits for any more. A disk that works needs well under a second for it.
	maxQueue = 64 * maxBatch
	// gatherTime is how long, at most, a batch waits under load until it has
	// gatherSize operations. A batch costs the processor what fifty operations
	// do, most of it in two fdatasync, however few it has.
	gatherTime = 4 * time.Millisecond
	gatherSize = 256
)

// A writer has all changes made by one goroutine, in batches: what comes in
// while a batch is written to the disk makes the next one. Callers return when
// the disk has theirs.
type writer struct {
	write func([]*operation)
	done  chan struct{}

	mu     sync.Mutex
	queue  []*operation
	enough int           // length of the queue that wakes the goroutine
	wake   chan struct{} // holds one token at most; closed at the end
	closed bool
}

// An operation is what one caller changes.
type operation struct {
	ctx    context.Context
	change func(*batch) error
	err    error      // of the change itself
	done   chan error // has room for the outcome if the caller has gone
}

var (
	errClosed = errors.New("the claims file is closed")
	errBusy   = errors.New("the disk of the claims file does not keep up")
)

func startWriter(write func([]*operation)) *writer {
	w := &writer{write: write, done: make(chan struct{}), enough: 1, wake: make(chan struct{}, 1)}
	go w.run()
	return w
}

// do makes a change and returns when it is on the disk, or else the error of
// the change, which must have changed nothing then. When the context ends, the
// change may still be made, unless it has ended before.
func (w *writer) do(ctx context.Context, change func(*batch) error) error {
	op := operations.Get().(*operation)
	op.ctx, op.change = ctx, change
	if err := w.enqueue(op); err != nil {
		return err
	}
	select {
	case err := <-op.done:
		operations.Put(op)
		return err
	case <-ctx.Done(): // the writer may still have it
		return ctx.Err()
	}
}

var operations = sync.Pool{New: func() any { return &operation{done: make(chan error, 1)} }}

func (w *writer) enqueue(op *operation) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed:
		return errClosed
	case len(w.queue) >= maxQueue:
		return errBusy
	}
	w.queue = append(w.queue, op)
	if len(w.queue) >= w.enough {
		select {
		case w.wake <- struct{}{}:
		default: // it is awake
		}
	}
	return nil
}

func (w *writer) run() {
	defer close(w.done)
	timer := time.NewTimer(gatherTime)
	defer timer.Stop()
	for more := true; more; {
		_, more = <-w.wake
		for ops := w.take(); len(ops) > 0; ops = w.take() {
			w.write(ops)
			w.gather(len(ops), timer)
		}
	}
}

// take returns the next batch. If that is empty, the next caller wakes the
// goroutine; otherwise none need to, until it waits again.
func (w *writer) take() []*operation {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(len(w.queue), maxBatch)
	w.enough = math.MaxInt
	if n == 0 {
		w.enough = 1
	}
	ops := w.queue[:n:n]
	w.queue = w.queue[n:]
	return ops
}

// gather lets the queue fill up, if the last batch shows that there is more
// than one caller.
func (w *writer) gather(last int, timer *time.Timer) {
	if last == 1 || !w.awaits(gatherSize) {
		return
	}
	timer.Reset(gatherTime)
	select {
	case <-w.wake:
	case <-timer.C:
	}
}

// awaits has the goroutine woken when the queue has become so long, and
// reports whether it is not yet.
func (w *writer) awaits(length int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.enough = length
	return len(w.queue) < length && !w.closed
}

// close refuses further changes and returns when all those before are written.
func (w *writer) close() {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.wake)
	}
	w.mu.Unlock()
	<-w.done
}

// apply makes the changes of a batch.
func apply(ops []*operation, b *batch) error {
	for _, op := range ops {
		if op.err = op.ctx.Err(); op.err == nil {
			op.err = op.change(b)
		}
	}
	return b.failed
}

// settle tells the callers of a batch the outcome: that of the whole, or else
// their own. The queue may keep an operation whose caller has gone for a while,
// but not what it holds.
func settle(ops []*operation, err error) {
	for _, op := range ops {
		if err != nil {
			op.err = err
		}
		op.ctx, op.change = nil, nil
		op.done <- op.err
	}
}
