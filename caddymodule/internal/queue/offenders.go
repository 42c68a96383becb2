package queue

import (
	"container/list"
	"hash/maphash"
	"net/netip"
	"time"

	"github.com/customergate/customergate/caddymodule/internal/subnet"
)

// A sender is who an item is from, as far as queues need to know: a hash of the
// client's address, or of the network that an IPv6 client has for itself.
type sender uint64

var seed = maphash.MakeSeed()

func senderOf(client netip.Addr) sender { return sender(maphash.Comparable(seed, subnet.Of(client))) }

// flow is the i-th of the sender's hand.
func (s sender) flow(i int) int { return int((s >> (16 * i)) % flows) }

const (
	// tolerated is how much junk a sender may send before it waits behind all
	// others: by accident, such as with a key that is gone. While a queue stands,
	// and for as long afterwards as one piece of junk is remembered, none is, or
	// those who made it stand would do so again at once.
	tolerated = 5
	// forgiven is how long it takes until one is forgotten.
	forgiven = 10 * time.Second

	// offenderSets times offenderWays is how many senders of junk are remembered.
	offenderSets = 4096
	offenderWays = 4
)

// offenders remembers who has sent junk of late.
type offenders struct {
	sets [offenderSets][offenderWays]offender
}

// An offender is remembered by when all is forgotten.
type offender struct {
	sender sender
	until  time.Time
}

// offends reports whether a sender waits behind all others.
func (q *Queue[T]) offends(s sender, now time.Time) bool {
	if q.stands(now) {
		q.strict = now.Add(forgiven)
	}
	if q.strict.After(now) {
		return q.known.sent(s, now) > 0
	}
	return q.known.sent(s, now) > tolerated
}

// sent is how much junk a sender has sent that is not forgotten.
func (o *offenders) sent(s sender, now time.Time) int {
	for _, known := range o.sets[s.set()] {
		if known.sender == s && known.until.After(now) {
			return 1 + int((known.until.Sub(now)-1)/forgiven)
		}
	}
	return 0
}

// add notes that a sender has sent junk. Who would be forgotten first makes room.
func (o *offenders) add(s sender, now time.Time) {
	set := &o.sets[s.set()]
	known := &set[0]
	for i := range set {
		if set[i].sender == s {
			known = &set[i]
			break
		}
		if set[i].until.Before(known.until) {
			known = &set[i]
		}
	}
	if known.sender != s || known.until.Before(now) {
		*known = offender{sender: s, until: now}
	}
	// More than twice what is tolerated is not held against it.
	known.until = minTime(known.until.Add(forgiven), now.Add(2*tolerated*forgiven))
}

func (s sender) set() int { return int((s >> 32) % offenderSets) }

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// behindPlaces is how many items of offenders wait at most.
const behindPlaces = 64

// behindRest is how long a slot that has served offenders serves none of them, in
// units of the time that it took: they cost the machine a fifth of half of the
// slots at most, and the rest is left for all its other work, such as refusing them.
const behindRest = 4

// behind is where offenders wait. They have half of the slots at most, and those
// not all of the time.
type behind[T any] struct {
	items list.List // of *Item[T]
	slots int
	taken int // slots that serve offenders, or have just done so
}

func (b *behind[T]) full() bool { return b.items.Len() >= behindPlaces }

// push reports false if there is no place.
func (b *behind[T]) push(item *Item[T]) bool {
	if b.full() {
		return false
	}
	item.place = b.items.PushBack(item)
	return true
}

// front is the first item; nil if none waits.
func (b *behind[T]) front() *Item[T] {
	first := b.items.Front()
	if first == nil {
		return nil
	}
	return first.Value.(*Item[T])
}

func (b *behind[T]) take(item *Item[T]) *Item[T] {
	b.remove(item)
	return item
}

func (b *behind[T]) remove(item *Item[T]) {
	b.items.Remove(item.place)
	item.place = nil
}
