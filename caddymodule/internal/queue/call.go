package queue

import (
	"container/list"
	"context"
	"time"
)

// A call is one Do. All but its first two fields belong to the queue's mutex.
type call[T any] struct {
	queue  *Queue[T]
	sender sender

	items   []Item[T]
	left    int   // items that are neither served nor refused
	err     error // why one was refused
	leading bool  // the caller serves a batch, or is about to

	// leads tells the caller that it is to serve a batch, by the item that begins
	// it. It is closed when no item is left.
	leads chan *Item[T]
}

func newCall[T any](q *Queue[T], s sender, values []T) *call[T] {
	c := &call[T]{queue: q, sender: s, items: make([]Item[T], len(values)), left: len(values), leads: make(chan *Item[T], 1)}
	for i, value := range values {
		c.items[i] = Item[T]{Value: value, call: c, alone: q.alone(value)}
	}
	return c
}

// await serves the batches that the caller is to serve, until no item of its own
// is left.
func (c *call[T]) await(ctx context.Context) error {
	for {
		select {
		case first, more := <-c.leads:
			if !more {
				return c.err
			}
			c.lead(first)
		default:
			return c.wait(ctx)
		}
	}
}

// wait is await where there is something to wait for.
func (c *call[T]) wait(ctx context.Context) error {
	var over <-chan time.Time // never where none waits but for others of its own call
	if longest := c.queue.options.Wait; longest > 0 {
		timeout := time.NewTimer(longest)
		defer timeout.Stop()
		over = timeout.C
	}
	cancelled := ctx.Done()
	for {
		select {
		case first, more := <-c.leads:
			if !more {
				return c.err
			}
			c.lead(first)
		case <-over:
			c.withdraw(ErrTimeout)
		case <-cancelled:
			c.withdraw(ctx.Err())
			cancelled = nil
		}
	}
}

func (c *call[T]) lead(first *Item[T]) {
	c.queue.lead(first)
	c.queue.mu.Lock()
	defer c.queue.mu.Unlock()
	c.leading = false
}

func (c *call[T]) withdraw(err error) {
	c.queue.mu.Lock()
	defer c.queue.mu.Unlock()
	c.queue.refuse(c, err)
}

// finish is the end of a number of items.
func (c *call[T]) finish(items int, err error) {
	if err != nil {
		if c.err == nil {
			c.queue.options.Observer.Refused(err)
		}
		c.err = err
	}
	c.left -= items
	if c.left == 0 {
		close(c.leads)
	}
}

// An Item is a value that waits, or is served.
type Item[T any] struct {
	Value T

	call  *call[T]
	alone bool
	since time.Time     // when it began to wait
	place *list.Element // where it waits; nil where it does not
	flow  *flow[T]      // whose time it takes; nil for who is behind

	charged time.Duration // to the flow, before it was known what it takes
}

// Done tells that an item is served, and whether it was junk. It may be called
// before the rest of the batch is done.
func (i *Item[T]) Done(junk bool) {
	q := i.call.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if junk {
		q.known.add(i.call.sender, time.Now())
	}
	i.call.finish(1, nil)
}
