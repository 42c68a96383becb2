package addresses

import (
	"fmt"
	"strings"
)

// maxLineRanges bounds a report, and the memory for it.
const maxLineRanges = 100

// LineNumbers are lines of a list, of which all are counted and the first are
// known by their ranges.
type LineNumbers struct {
	Count  int
	ranges [][2]int // first and last, rising
	listed int      // lines in the ranges
}

// append adds a range behind all others.
func (l *LineNumbers) append(first, last int) {
	lines := last - first + 1
	l.Count += lines
	switch end := len(l.ranges) - 1; {
	case l.listed < l.Count-lines: // the list is not complete any more
		return
	case end >= 0 && l.ranges[end][1] == first-1:
		l.ranges[end][1] = last
	case len(l.ranges) == maxLineRanges:
		return
	default:
		l.ranges = append(l.ranges, [2]int{first, last})
	}
	l.listed += lines
}

// add adds those of another part of the list, which is behind all others.
func (l *LineNumbers) add(more LineNumbers) {
	for _, r := range more.ranges {
		l.append(r[0], r[1])
	}
	l.Count += more.Count - more.listed
}

// String returns the numbers as in "2, 7, 9-12 and 3 more".
func (l *LineNumbers) String() string {
	texts := make([]string, len(l.ranges))
	for i, r := range l.ranges {
		if texts[i] = fmt.Sprint(r[0]); r[1] != r[0] {
			texts[i] = fmt.Sprintf("%d-%d", r[0], r[1])
		}
	}
	text := strings.Join(texts, ", ")
	if more := l.Count - l.listed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
