package addresses

import (
	"slices"
	"strings"
	"testing"
)

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
			var whole, sum LineNumbers
			for part := range slices.Chunk(test.ranges, 2) {
				var some LineNumbers
				for _, r := range part {
					whole.append(r[0], r[1])
					some.append(r[0], r[1])
				}
				sum.add(some)
			}
			for _, l := range []LineNumbers{whole, sum} {
				if l.Count != test.count || len(l.ranges) > maxLineRanges {
					t.Errorf("%d lines in %d ranges", l.Count, len(l.ranges))
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
