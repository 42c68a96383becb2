package reuse

import (
	"math/bits"
	"math/rand/v2"
	"time"
)

// A table counts answers by tag in memory of a fixed size: a hash table with
// linear probing. When it is full, the least of a few entries chosen at random
// makes room for a new one.
//
// Anyone can make ciphertexts that open, and so push others out. The weights
// make that dear. A new entry takes over the weight of the one that it pushes
// out, and each answer adds one to the weight of one entry. So an entry with n
// answers stays the heavier one until about all the others have been given n
// answers too, whatever was sent before it. One answer too many costs as many
// private operations as the table has entries. Nobody can do it for less by
// aiming at the neighbours of an entry, because it has none.
type table struct {
	slots []entry
	used  int // how many slots are not empty
	room  int // how many may be in use
}

// An entry is what is known about one ciphertext.
type entry struct {
	tag    uint64           // 0 for an empty slot
	until  time.Duration    // when its window is over
	judged [MaxWords]uint16 // marks of the words that it was ever judged against
	weight uint32           // what keeps it from being pushed out
	count  uint16           // how many answers were given in the window
	words  uint8            // how many words; more than MaxWords if there were too many
}

// candidates is how many entries are looked at to find the least. With more,
// it is closer to the least of all.
const candidates = 16

// newTable makes a table that holds so many entries. A quarter of the slots is
// kept empty, which keeps searches short.
func newTable(entries int) *table {
	return &table{slots: make([]entry, entries+(entries+2)/3), room: entries}
}

// take counts an answer about a ciphertext unless limit answers have been given
// in its window, or it has ever been judged against too many words, and reports
// whether it did.
func (t *table) take(tag uint64, words Words, limit int, window, now time.Duration) bool {
	slot := t.find(tag)
	e := &t.slots[slot]
	switch {
	case e.tag == 0:
		weight := t.makeRoom(now)
		t.slots[t.find(tag)] = begin(tag, words, now+window, weight+1)
	case !e.over(now) && int(e.count) >= limit || !e.judge(words):
		return false
	case e.over(now):
		e.until, e.count, e.weight = now+window, 1, 1
	default:
		e.count++
		e.weight++
	}
	return true
}

// begin is an entry after the first answer, which is given for any words.
func begin(tag uint64, words Words, until time.Duration, weight uint32) entry {
	e := entry{tag: tag, until: until, count: 1, weight: weight}
	e.judge(words)
	return e
}

// find returns the slot that has a tag, or the empty one that it belongs in.
func (t *table) find(tag uint64) int {
	slot := t.home(tag)
	for t.slots[slot].tag != 0 && t.slots[slot].tag != tag {
		slot = t.next(slot)
	}
	return slot
}

// makeRoom makes room for one more entry. It returns the weight of the one that
// was pushed out, 0 if that was none or one that had no use any more.
func (t *table) makeRoom(now time.Duration) uint32 {
	if t.used < t.room {
		t.used++
		return 0
	}
	least := t.pick()
	for range candidates - 1 {
		if other := t.pick(); t.slots[other].less(t.slots[least], now) {
			least = other
		}
	}
	weight := t.slots[least].weightAt(now)
	t.remove(least)
	return weight
}

// pick returns a slot in use, each as likely as any other.
func (t *table) pick() int {
	for {
		slot := rand.IntN(len(t.slots)) // #nosec G404 -- the runtime's generator is ChaCha8, and it only has to be hard to foresee
		if t.slots[slot].tag != 0 {
			return slot
		}
	}
}

// remove empties a slot, and moves those behind it up that would not be found
// any more.
func (t *table) remove(empty int) {
	for slot := t.next(empty); t.slots[slot].tag != 0; slot = t.next(slot) {
		if t.steps(t.home(t.slots[slot].tag), slot) >= t.steps(empty, slot) {
			t.slots[empty] = t.slots[slot]
			empty = slot
		}
	}
	t.slots[empty] = entry{}
}

// home is the slot where the search for a tag begins.
func (t *table) home(tag uint64) int {
	slot, _ := bits.Mul64(tag, uint64(len(t.slots)))
	return int(slot)
}

func (t *table) next(slot int) int {
	if slot++; slot < len(t.slots) {
		return slot
	}
	return 0
}

// steps is how often next leads from one slot to another.
func (t *table) steps(from, to int) int {
	if to < from {
		to += len(t.slots)
	}
	return to - from
}

// over reports whether the window of an entry is over.
func (e entry) over(now time.Duration) bool { return now >= e.until }

func (e entry) weightAt(now time.Duration) uint32 {
	if e.over(now) {
		return 0
	}
	return e.weight
}

// less reports whether an entry is to be pushed out rather than another: the
// lighter one, or of two equal ones that whose window is over first.
func (e entry) less(other entry, now time.Duration) bool {
	mine, others := e.weightAt(now), other.weightAt(now)
	return mine < others || mine == others && e.until < other.until
}
