package queue

import (
	"runtime"
	"time"
)

// begin has the next item begin a batch, if a slot is free for it. The item's
// caller serves the batch, or, while it serves another one, a goroutine.
func (q *Queue[T]) begin(now time.Time) {
	if q.free == 0 {
		return
	}
	first := q.next(now)
	if first == nil {
		return
	}
	q.free--
	if c := first.call; !c.leading {
		c.leading = true
		c.leads <- first
	} else {
		go q.lead(first)
	}
}

// next takes an item that begins a batch out of the queue.
func (q *Queue[T]) next(now time.Time) *Item[T] {
	q.refuseStale(now)
	if item := q.fair.front(); item != nil {
		return q.fair.take(item)
	}
	item := q.behind.front()
	if item == nil || q.behind.taken == q.behind.slots {
		return nil
	}
	q.behind.taken++
	return q.behind.take(item)
}

// lead serves the batch that an item begins, and gives its slot to the next one.
func (q *Queue[T]) lead(first *Item[T]) {
	batch := q.cut(first)
	start := time.Now()
	q.serve(batch)
	end := time.Now()

	q.mu.Lock()
	defer q.mu.Unlock()
	if first.flow == nil {
		time.AfterFunc(behindRest*end.Sub(start), q.giveBackBehind)
	}
	q.fair.charge(batch, end.Sub(start))
	if q.options.Rest > 0 && q.waiting() > 0 {
		time.AfterFunc(q.options.Rest, q.giveBack)
		return
	}
	q.free++
	q.begin(end)
}

func (q *Queue[T]) giveBack() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.free++
	q.begin(time.Now())
}

func (q *Queue[T]) giveBackBehind() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.behind.taken--
	q.begin(time.Now())
}

// cut fills a batch with what waits by now. To let others go on first fills it
// without making anyone wait for more: where nobody else is about to come, it
// costs next to nothing.
func (q *Queue[T]) cut(first *Item[T]) []*Item[T] {
	if q.options.Batch > 1 && !first.alone {
		runtime.Gosched()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	batch := append(make([]*Item[T], 0, q.options.Batch), first)
	for !first.alone && len(batch) < q.options.Batch {
		item := q.alike(first)
		if item == nil {
			break
		}
		batch = append(batch, item)
	}
	now := time.Now()
	for _, item := range batch {
		q.options.Observer.Waited(now.Sub(item.since))
	}
	q.begin(now)
	return batch
}

// alike takes an item that may share a batch with another one: junk keeps nobody
// else waiting.
func (q *Queue[T]) alike(first *Item[T]) *Item[T] {
	front, take := q.fair.front, q.fair.take
	if first.flow == nil {
		front, take = q.behind.front, q.behind.take
	}
	if item := front(); item != nil && !item.alone {
		return take(item)
	}
	return nil
}
