package autokeys

import (
	"testing"
	"time"
)

func TestRotationPlan(t *testing.T) {
	tests := map[string]struct {
		every, tolerance, interval time.Duration
	}{
		"never":              {0, 0, time.Minute},
		"the shortest":       {10 * time.Second, 2500 * time.Millisecond, time.Second},
		"a minute":           {time.Minute, 15 * time.Second, 3 * time.Second},
		"to the full minute": {20 * time.Minute, 5 * time.Minute, time.Minute},
		"the full tolerance": {40 * time.Minute, 10 * time.Minute, time.Minute},
		"a month":            {30 * 24 * time.Hour, 10 * time.Minute, time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := rotation{every: test.every}
			if r.tolerance() != test.tolerance || r.interval() != test.interval {
				t.Errorf("tolerance %s, interval %s; want %s, %s", r.tolerance(), r.interval(), test.tolerance, test.interval)
			}
		})
	}
}

func TestRotationNext(t *testing.T) {
	r := rotation{every: time.Hour} // tolerance 10m, interval 1m
	newest := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		now  time.Duration // after newest
		due  bool
		next time.Duration
	}{
		"just made":                    {0, false, time.Hour},
		"before it is due":             {48*time.Minute - time.Nanosecond, false, time.Hour},
		"the first look that finds it": {48 * time.Minute, true, time.Hour},
		"the last look that finds it":  {49 * time.Minute, true, time.Hour},
		"a late look":                  {50 * time.Minute, true, 61 * time.Minute},
		"a late look between seconds":  {50*time.Minute + time.Nanosecond, true, 61*time.Minute + time.Second},
		"after a week of downtime":     {7 * 24 * time.Hour, true, 7*24*time.Hour + 11*time.Minute},
		"a clock that is late":         {-time.Hour, false, time.Hour},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			now := newest.Add(test.now)
			if due := r.due(newest, now); due != test.due {
				t.Errorf("due is %t", due)
			}
			if next := r.next(newest, now).Sub(newest); next != test.next {
				t.Errorf("the next key comes after %s, want %s", next, test.next)
			}
		})
	}
	if (rotation{}).due(newest, newest.Add(maxPeriod)) {
		t.Error("a key is due though none is ever to be")
	}
}

func TestRotationNextIsAWholeSecond(t *testing.T) {
	r := rotation{every: 10*time.Second + 500*time.Millisecond}
	newest := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	if next := r.next(newest, newest).Sub(newest); next != 11*time.Second {
		t.Errorf("the next key comes after %s, want 11s", next)
	}
}

func TestRotationEnds(t *testing.T) {
	first := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	keys := []storedKey{{notBefore: first}, {notBefore: first.Add(time.Hour)}, {notBefore: first.Add(2 * time.Hour)}}
	now := first.Add(2*time.Hour + 10*time.Minute)
	r := rotation{every: time.Hour, overlap: 30 * time.Minute}
	for i, want := range []time.Duration{90 * time.Minute, 150 * time.Minute, 210 * time.Minute} {
		if got := r.notAfter(keys, i, now).Sub(first); got != want {
			t.Errorf("key %d ends after %s, want %s", i, got, want)
		}
	}
	for i, want := range []bool{true, false, false} {
		if got := r.over(keys, i, now); got != want {
			t.Errorf("key %d: over is %t", i, got)
		}
	}
	if !r.over(keys, 1, first.Add(150*time.Minute)) {
		t.Error("a key decrypts when its overlap has passed")
	}
	if r.over(keys, 2, first.Add(maxPeriod)) {
		t.Error("the key in use ends without a successor")
	}
	if end := r.notAfter(keys, 2, first.Add(10*time.Hour)).Sub(first); end != 10*time.Hour+41*time.Minute {
		t.Errorf("a key that should have been replaced long ago ends after %s", end)
	}
	if end := (rotation{overlap: time.Hour}).notAfter(keys, 2, now); !end.IsZero() {
		t.Errorf("a key that is never replaced ends at %s", end)
	}
}
