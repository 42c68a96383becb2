package queue

import (
	"cmp"
	"container/list"
	"slices"
	"time"
)

const (
	flows = 512
	// hand is how many flows a client may use. Two clients seldom have all of
	// them in common, so who fills its own leaves others theirs.
	hand = 4
)

// fair is where all wait but those who sent junk.
type fair[T any] struct {
	flows   [flows]flow[T]
	active  []*flow[T] // those in which items wait
	waiting int        // items in them
	since   time.Time  // when it was empty last

	clock time.Duration // what the flow that was served last had had by then
	usual time.Duration // what an item takes, by experience
}

// A flow is a queue of the items of clients that share it.
type flow[T any] struct {
	items list.List     // of *Item[T]
	spent time.Duration // on its items, as if it had never been empty
}

// push has an item wait in the shortest flow of its client's hand.
func (f *fair[T]) push(item *Item[T]) {
	if f.waiting == 0 {
		f.since = item.since
	}
	f.waiting++
	item.flow = f.shortest(item.call.sender)
	if item.flow.items.Len() == 0 {
		f.active = append(f.active, item.flow)
		item.flow.spent = max(item.flow.spent, f.clock) // what it did not use is lost
	}
	item.place = item.flow.items.PushBack(item)
}

func (f *fair[T]) shortest(s sender) *flow[T] {
	shortest := &f.flows[s.flow(0)]
	for i := 1; i < hand; i++ {
		if other := &f.flows[s.flow(i)]; other.items.Len() < shortest.items.Len() {
			shortest = other
		}
	}
	return shortest
}

// longest is the flow in which most items wait, of which there are some.
func (f *fair[T]) longest() *flow[T] {
	return slices.MaxFunc(f.active, func(a, b *flow[T]) int { return cmp.Compare(a.items.Len(), b.items.Len()) })
}

// front is the first item of the flow that has had the least time; nil if none
// waits.
func (f *fair[T]) front() *Item[T] {
	if f.waiting == 0 {
		return nil
	}
	least := slices.MinFunc(f.active, func(a, b *flow[T]) int { return cmp.Compare(a.spent, b.spent) })
	return least.items.Front().Value.(*Item[T])
}

// take takes an item out, and charges its flow for what it is about to take.
func (f *fair[T]) take(item *Item[T]) *Item[T] {
	f.remove(item)
	f.clock = item.flow.spent
	item.flow.spent += f.usual
	item.charged = f.usual
	return item
}

func (f *fair[T]) remove(item *Item[T]) {
	f.waiting--
	item.flow.items.Remove(item.place)
	item.place = nil
	if item.flow.items.Len() == 0 {
		i := slices.Index(f.active, item.flow)
		f.active = slices.Delete(f.active, i, i+1)
	}
}

// charge tells flows what their items have really taken.
func (f *fair[T]) charge(batch []*Item[T], took time.Duration) {
	each := took / time.Duration(len(batch))
	f.usual += (each - f.usual) / 8
	for _, item := range batch {
		if item.flow != nil {
			item.flow.spent += each - item.charged
		}
	}
}
