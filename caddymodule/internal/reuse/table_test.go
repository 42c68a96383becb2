package reuse

import (
	"math/rand/v2"
	"testing"
	"time"
)

// check fails the test unless every entry is found and all are accounted for.
func (t *table) check(tb testing.TB) {
	tb.Helper()
	used := 0
	for slot, e := range t.slots {
		if e.tag == 0 {
			continue
		}
		used++
		if found := t.find(e.tag); found != slot {
			tb.Fatalf("the entry in slot %d is found in slot %d", slot, found)
		}
	}
	if used != t.used || used > t.room {
		tb.Fatalf("%d slots are in use; %d are known of and %d allowed", used, t.used, t.room)
	}
}

func (t *table) has(tag uint64) bool { return t.slots[t.find(tag)].tag == tag }

// tags makes tags as a hash does.
type tags struct{ *rand.Rand }

func newTags() tags { return tags{rand.New(rand.NewPCG(1, 2))} }

func (t tags) next() uint64 { return t.Uint64() | 1 }

// TestFloodLeavesWhatIsProbed: seven times as many ciphertexts as there is room
// for do not make the table forget one that has been answered 15 times.
func TestFloodLeavesWhatIsProbed(t *testing.T) {
	const limit, window, room = 20, time.Hour, ciphertexts / 16
	made, table := newTags(), newTable(room)
	probed := made.next()
	for range 15 {
		table.take(probed, nil, limit, window, 0)
	}
	for i := range 7 * room {
		table.take(made.next(), nil, limit, window, time.Duration(i)*time.Millisecond)
	}
	answers := 15
	for table.take(probed, nil, limit, window, time.Hour-1) {
		answers++
	}
	if answers != limit {
		t.Errorf("%d answers about it, want %d", answers, limit)
	}
	table.check(t)
}

// TestPushingOutIsDear lets attackers who can see into the table, and so know
// when to stop, buy answers beyond the limit with openings. The price of each
// does not fall far below one opening for each entry that there is room for.
func TestPushingOutIsDear(t *testing.T) {
	const limit, window, room, answers = 20, time.Hour, 1 << 8, 200
	tests := map[string]struct {
		prepared int // answers about each of as many ciphertexts as there is room for, beforehand
		atATime  int // answers about the probed one before it is pushed out
	}{
		"one answer at a time":                 {0, 1},
		"five at a time":                       {0, 5},
		"all at a time":                        {0, limit},
		"heavier entries beforehand, one":      {2, 1},
		"heavier entries beforehand, five":     {6, 5},
		"the heaviest entries beforehand, one": {limit, 1},
		"the heaviest beforehand, five":        {limit, 5},
		"the heaviest beforehand, all":         {limit, limit},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			made, table := newTags(), newTable(room)
			openings, enough := 0, 2*room*(answers+test.prepared)
			open := func(tag uint64) {
				openings++
				table.take(tag, nil, limit, window, time.Duration(openings))
			}
			for range room {
				tag := made.next()
				for range test.prepared {
					open(tag)
				}
			}
			probed := made.next()
			for range answers / test.atATime {
				for range test.atATime {
					open(probed)
				}
				for table.has(probed) && openings < enough {
					open(made.next())
				}
			}
			if price := openings / answers; price < room/2 {
				t.Errorf("%d openings for each answer, want %d at least", price, room/2)
			} else {
				t.Logf("%d openings for each answer, in room for %d", price, room)
			}
		})
	}
}

// TestFullTablePrefersWhatIsOver: entries whose window is over make room first.
// Three of four are at least, so a run in which chance picks no such candidate is
// rarer than one in ten million.
func TestFullTablePrefersWhatIsOver(t *testing.T) {
	const limit, room = 20, 1 << 10
	made, table := newTags(), newTable(room)
	kept := make([]uint64, room/8)
	for i := range kept {
		kept[i] = made.next()
		table.take(kept[i], nil, limit, time.Hour, 0)
	}
	for range room - len(kept) {
		old := made.next()
		for range limit { // heavy, but over
			table.take(old, nil, limit, time.Minute, 0)
		}
	}
	for range room / 8 {
		table.take(made.next(), nil, limit, time.Hour, time.Minute)
	}
	for i, tag := range kept {
		if !table.has(tag) {
			t.Fatalf("entry %d is pushed out while others are over", i)
		}
	}
}

func TestFullTablePushesOutTheOldestOfEquals(t *testing.T) {
	older, newer := entry{tag: 1, weight: 2, until: 10}, entry{tag: 2, weight: 2, until: 20}
	heavier := entry{tag: 3, weight: 3, until: 5}
	tests := map[string]struct {
		first, second entry
		now           time.Duration
		want          bool
	}{
		"older":                    {older, newer, 0, true},
		"newer":                    {newer, older, 0, false},
		"itself":                   {older, older, 0, false},
		"lighter":                  {newer, heavier, 0, true},
		"heavier":                  {heavier, newer, 0, false},
		"heavier, but over":        {heavier, newer, 5, true},
		"both over, the older one": {heavier, older, 10, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.first.less(test.second, test.now); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
		})
	}
}

// FuzzTable compares a table with a plain map, as long as nothing is pushed
// out, and looks into one in which much is.
func FuzzTable(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 1, 2, 255, 0, 7, 7, 7, 7})
	f.Add([]byte("the quick brown fox jumps over the lazy dog, again and again"))
	const limit, window = 3, 10
	type known struct {
		until time.Duration
		count int
	}
	f.Fuzz(func(t *testing.T, steps []byte) {
		ample, small, model := newTable(32), newTable(5), make(map[uint64]known)
		var now time.Duration
		for _, step := range steps {
			now += time.Duration(step >> 6)
			// Few homes for many tags, so that they get into each other's way;
			// the last home is the last slot, behind which the first one follows.
			tag := uint64(step&3)*((1<<64-64)/3) + uint64(step&31) + 1
			k := model[tag]
			if now >= k.until {
				k = known{until: now + window}
			}
			want := k.count < limit
			if want {
				k.count++
			}
			model[tag] = k
			if got := ample.take(tag, nil, limit, window, now); got != want {
				t.Fatalf("take is %t, want %t", got, want)
			}
			small.take(tag, nil, limit, window, now)
			if !small.has(tag) {
				t.Fatal("it forgets at once")
			}
			small.check(t)
		}
		ample.check(t)
	})
}
