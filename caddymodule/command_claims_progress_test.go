package caddymodule

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestProgressText(t *testing.T) {
	tests := map[string]struct {
		total   int64
		bar     bool
		first   imported
		now     imported
		elapsed time.Duration
		want    string
	}{
		"nothing yet":             {1000, false, imported{}, imported{}, time.Second, "  0%  0 addresses  0/s"},
		"a part":                  {1000, false, imported{}, imported{250, 123456}, 2 * time.Second, " 25%  123,456 addresses  61,728/s  6s left"},
		"a part, as a bar":        {1000, true, imported{}, imported{250, 10}, 20 * time.Second, "[#####---------------]  25%  10 addresses  0/s  1m0s left"},
		"all, as a bar":           {1000, true, imported{}, imported{1000, 10}, time.Second, "[####################] 100%  10 addresses  10/s  0s left"},
		"the rest of one":         {1000, false, imported{500, 5000}, imported{750, 7000}, 2 * time.Second, " 75%  7,000 addresses  1,000/s  2s left"},
		"of an unknown size":      {0, false, imported{}, imported{250, 2000}, 2 * time.Second, "2,000 addresses  1,000/s"},
		"an unknown size's bar":   {0, true, imported{}, imported{250, 2000}, 2 * time.Second, "2,000 addresses  1,000/s"},
		"an input that has grown": {1000, true, imported{}, imported{2000, 10}, time.Second, "[####################] 100%  10 addresses  10/s  0s left"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := &progress{total: test.total, bar: test.bar, first: test.first}
			p.set(test.now.bytes, test.now.addresses)
			if got := p.text(test.elapsed); got != test.want {
				t.Errorf("it says\n%s, want\n%s", got, test.want)
			}
		})
	}
}

// TestProgressPeriod: a log gets a line every few seconds, a terminal a bar that
// moves and is gone in the end.
func TestProgressPeriod(t *testing.T) {
	line, bar := "import:   0%  0 addresses  0/s\n", clearLine+"[--------------------]   0%  0 addresses  0/s"
	for name, test := range map[string]struct {
		bar     bool
		elapsed time.Duration
		want    string
	}{
		"a log, at once":    {false, 4 * time.Second, ""},
		"a log":             {false, 12 * time.Second, line + line},
		"a terminal":        {true, 350 * time.Millisecond, bar + bar + bar + clearLine},
		"a terminal, never": {true, 0, clearLine},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out strings.Builder
				p := newProgress(&out, 1000, new(importPlace))
				if p.bar = test.bar; p.bar {
					p.period = barPeriod
				}
				stop := p.start()
				time.Sleep(test.elapsed)
				stop()
				if out.String() != test.want {
					t.Errorf("it prints %q, want %q", out.String(), test.want)
				}
			})
		})
	}
}

// TestProgressIsSafe: one goroutine imports while another tells.
func TestProgressIsSafe(t *testing.T) {
	p := &progress{total: 1000}
	var group sync.WaitGroup
	group.Go(func() {
		for i := range 1000 {
			p.set(int64(i), i)
		}
	})
	for range 1000 {
		_ = p.text(time.Second)
	}
	group.Wait()
}

func TestLineNumbers(t *testing.T) {
	tests := map[string]struct {
		ranges [][2]int
		text   string
		count  int
	}{
		"none":             {nil, "", 0},
		"one":              {[][2]int{{7, 7}}, "7", 1},
		"neighbours":       {[][2]int{{7, 7}, {8, 9}, {10, 10}}, "7-10", 4},
		"apart":            {[][2]int{{1, 1}, {3, 4}, {6, 6}}, "1, 3-4, 6", 4},
		"more than listed": {apart(maxLineRanges + 3), "", maxLineRanges + 3},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var whole, sum lineNumbers
			for part := range slices.Chunk(test.ranges, 2) {
				var some lineNumbers
				for _, r := range part {
					whole.append(r[0], r[1])
					some.append(r[0], r[1])
				}
				sum.add(some)
			}
			for _, l := range []lineNumbers{whole, sum} {
				if l.Count != test.count || len(l.Ranges) > maxLineRanges {
					t.Errorf("%d lines in %d ranges", l.Count, len(l.Ranges))
				}
				if got := l.String(); test.text != "" && got != test.text || test.text == "" && test.count > 0 && !strings.HasSuffix(got, ", 199 and 3 more") {
					t.Errorf("they are %q", got)
				}
			}
		})
	}
}

// apart returns so many lines, each with a gap before the next.
func apart(n int) (ranges [][2]int) {
	for i := range n {
		ranges = append(ranges, [2]int{2*i + 1, 2*i + 1})
	}
	return ranges
}
