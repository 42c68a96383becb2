package ring

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/keys"
)

// at is a moment of these tests, in hours; 0 is the zero time.
func at(hours int) time.Time {
	if hours == 0 {
		return time.Time{}
	}
	return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(hours) * time.Hour)
}

func ringKey(id string, notBefore, notAfter int) keys.Key {
	return keys.Key{ID: id, NotBefore: at(notBefore), NotAfter: at(notAfter)}
}

// shown writes down the keys with the state of each.
func shown(tried []keys.Key, now time.Time) string {
	var parts []string
	for i, key := range tried {
		parts = append(parts, fmt.Sprintf("%s %s", key.ID, keys.StateOf(tried, i, now)))
	}
	return strings.Join(parts, ", ")
}

func TestRingOrder(t *testing.T) {
	for name, test := range map[string]struct {
		keys, withdrawn []keys.Key
		now             time.Time
		want            string
	}{
		"no keys": {nil, nil, at(9), ""},
		"one key": {[]keys.Key{ringKey("a", 1, 0)}, nil, at(9), "a in use"},
		"one key of long ago": {
			[]keys.Key{ringKey("a", 0, 0)}, nil, at(9), "a in use",
		},
		"newest first": {
			[]keys.Key{ringKey("b", 2, 0), ringKey("c", 3, 0), ringKey("a", 1, 0)}, nil, at(9),
			"c in use, b retiring, a retiring",
		},
		"of the same time the first is the newer": {
			[]keys.Key{ringKey("x", 2, 0), ringKey("a", 2, 0), ringKey("m", 2, 0)}, nil, at(9),
			"x in use, a retiring, m retiring",
		},
		"one key twice": {
			[]keys.Key{ringKey("a", 1, 0), ringKey("b", 2, 0), ringKey("a", 3, 7)}, nil, at(4),
			"a in use, b retiring",
		},
		"a key that is still to come": {
			[]keys.Key{ringKey("a", 1, 0), ringKey("b", 2, 0), ringKey("c", 9, 0)}, nil, at(8),
			"b in use, a retiring, c next",
		},
		"the moment that it comes": {
			[]keys.Key{ringKey("a", 1, 0), ringKey("b", 2, 0), ringKey("c", 9, 0)}, nil, at(9),
			"c in use, b retiring, a retiring",
		},
		"several that are still to come, the soonest last": {
			[]keys.Key{ringKey("a", 1, 0), ringKey("b", 8, 0), ringKey("c", 9, 0)}, nil, at(2),
			"a in use, c next, b next",
		},
		"a clock that is late": {
			[]keys.Key{ringKey("a", 3, 0), ringKey("b", 4, 0)}, nil, at(1),
			"a in use, b next",
		},
		"just before the end": {
			[]keys.Key{ringKey("a", 1, 5), ringKey("b", 2, 0)}, nil, at(5).Add(-1),
			"b in use, a retiring",
		},
		"the moment of the end": {
			[]keys.Key{ringKey("a", 1, 5), ringKey("b", 2, 0)}, nil, at(5),
			"b in use",
		},
		"the key in use, past its end": {
			[]keys.Key{ringKey("a", 1, 5), ringKey("b", 2, 6)}, nil, at(9),
			"b in use",
		},
		"the only key, past its end": {
			[]keys.Key{ringKey("a", 1, 5)}, nil, at(9), "a in use",
		},
		"past its end as another comes": {
			[]keys.Key{ringKey("a", 1, 5), ringKey("b", 9, 0)}, nil, at(9), "b in use",
		},
		"withdrawn, and newer": {
			[]keys.Key{ringKey("a", 1, 0)}, []keys.Key{ringKey("b", 2, 9)}, at(3),
			"a in use, b retiring",
		},
		"withdrawn, behind those that retire": {
			[]keys.Key{ringKey("b", 2, 0), ringKey("a", 1, 0), ringKey("c", 9, 0)}, []keys.Key{ringKey("x", 1, 9), ringKey("y", 2, 9)}, at(3),
			"b in use, a retiring, x retiring, y retiring, c next",
		},
		"withdrawn, and all others still to come": {
			[]keys.Key{ringKey("a", 7, 0), ringKey("b", 8, 0)}, []keys.Key{ringKey("x", 1, 9)}, at(3),
			"a in use, x retiring, b next",
		},
		"withdrawn, the moment of the end": {
			[]keys.Key{ringKey("a", 1, 0)}, []keys.Key{ringKey("b", 2, 9)}, at(9),
			"a in use",
		},
		"nothing but withdrawn": {
			nil, []keys.Key{ringKey("b", 2, 9)}, at(8), "b in use",
		},
		"nothing but withdrawn, the moment of the end": {
			nil, []keys.Key{ringKey("b", 2, 9)}, at(9), "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := shown(New(test.keys, test.withdrawn...).At(test.now), test.now); got != test.want {
				t.Errorf("the order is %q, want %q", got, test.want)
			}
		})
	}
}

// TestRingChangesWithTime asks one ring again and again, so what it remembers
// must not outlast its time.
func TestRingChangesWithTime(t *testing.T) {
	ring := New(
		[]keys.Key{ringKey("a", 1, 6), ringKey("b", 4, 9), ringKey("c", 8, 0)},
		ringKey("x", 2, 5),
	)
	for _, step := range []struct {
		now  time.Time
		want string
	}{
		{at(3), "a in use, x retiring, c next, b next"},
		{at(4).Add(-1), "a in use, x retiring, c next, b next"},
		{at(4), "b in use, a retiring, x retiring, c next"},
		{at(5), "b in use, a retiring, c next"},
		{at(6).Add(-1), "b in use, a retiring, c next"},
		{at(6), "b in use, c next"},
		{at(8), "c in use, b retiring"},
		{at(9), "c in use"},
		{at(9999), "c in use"},
	} {
		if got := shown(ring.At(step.now), step.now); got != step.want {
			t.Errorf("at %s the order is %q, want %q", step.now, got, step.want)
		}
	}
}

func TestRingAllocatesOnlyForAChange(t *testing.T) {
	ring := New([]keys.Key{ringKey("a", 1, 6), ringKey("b", 4, 9), ringKey("c", 8, 0)}, ringKey("x", 2, 5))
	for _, now := range []time.Time{at(4), at(7), at(99)} {
		ring.At(now)
		if n := testing.AllocsPerRun(100, func() { ring.At(now) }); n != 0 {
			t.Errorf("%.0f allocations at %s", n, now)
		}
	}
	empty := New(nil, ringKey("x", 1, 2))
	empty.At(at(3))
	if n := testing.AllocsPerRun(100, func() { empty.At(at(3)) }); n != 0 {
		t.Errorf("%.0f allocations with no key left", n)
	}
}

// TestRingIsAskedByMany is one for the race detector.
func TestRingIsAskedByMany(t *testing.T) {
	ring := New([]keys.Key{ringKey("a", 1, 6), ringKey("b", 4, 0)})
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() {
			for hours := 1; hours < 9; hours++ {
				if keys := ring.At(at(hours)); len(keys) < 1 || len(keys) > 2 {
					t.Errorf("there are %d keys", len(keys))
				}
			}
		})
	}
	asking.Wait()
}
