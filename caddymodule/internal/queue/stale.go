package queue

import (
	"slices"
	"time"
)

// standing is for how long a queue may not have been empty before it is one
// that only gets longer, rather than one that a moment's crowd has made (as in
// CoDel, RFC 8289).
const standing = 100 * time.Millisecond

func (q *Queue[T]) stands(now time.Time) bool {
	return q.fair.waiting > 0 && now.Sub(q.fair.since) >= max(standing, 2*q.patience())
}

// crowd is how many items an item may wait for, one after the other, without the
// queue being too long, however long they take.
const crowd = 16

// patience is how long an item may wait in a standing queue.
func (q *Queue[T]) patience() time.Duration {
	return max(2*q.options.Target, crowd*q.fair.usual)
}

// late reports whether a sender's next item would become stale: whether a standing
// queue has more ahead of it than its slots serve by then. Flows take turns, so
// those are as many of each other flow as the sender's own has.
func (q *Queue[T]) late(s sender, now time.Time) bool {
	if !q.stands(now) {
		return false
	}
	turns := q.fair.shortest(s).items.Len() + 1
	ahead := min(q.fair.waiting, turns*len(q.fair.active))
	return time.Duration(ahead)*q.fair.usual/time.Duration(q.options.Slots) > q.patience()
}

// refuseStale refuses what has waited too long in a standing queue. What is left
// is served in time, and as fast as before.
func (q *Queue[T]) refuseStale(now time.Time) {
	if !q.stands(now) {
		return
	}
	oldest := now.Add(-q.patience())
	for _, f := range slices.Clone(q.fair.active) {
		q.refuseStaleOf(f, oldest)
	}
}

func (q *Queue[T]) refuseStaleOf(f *flow[T], oldest time.Time) {
	for front := f.items.Front(); front != nil; front = f.items.Front() {
		item := front.Value.(*Item[T])
		if !item.since.Before(oldest) {
			return
		}
		q.refuse(item.call, ErrStale)
	}
}
