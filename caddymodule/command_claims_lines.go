package caddymodule

import (
	"fmt"
	"strings"
)

// maxLineRanges bounds a report, and the memory for it.
const maxLineRanges = 100

// lineNumbers are lines of an input, of which all are counted and the first are
// known by their ranges.
type lineNumbers struct {
	Count  int      `json:"count"`
	Ranges [][2]int `json:"ranges"` // first and last, rising
	Listed int      `json:"listed"` // lines in the ranges
}

// append adds a range behind all others.
func (l *lineNumbers) append(first, last int) {
	lines := last - first + 1
	l.Count += lines
	switch end := len(l.Ranges) - 1; {
	case l.Listed < l.Count-lines: // the list is not complete any more
		return
	case end >= 0 && l.Ranges[end][1] == first-1:
		l.Ranges[end][1] = last
	case len(l.Ranges) == maxLineRanges:
		return
	default:
		l.Ranges = append(l.Ranges, [2]int{first, last})
	}
	l.Listed += lines
}

// add adds those of another part of the input, which is behind all others.
func (l *lineNumbers) add(more lineNumbers) {
	for _, r := range more.Ranges {
		l.append(r[0], r[1])
	}
	l.Count += more.Count - more.Listed
}

// String returns the numbers as in "2, 7, 9-12 and 3 more".
func (l *lineNumbers) String() string {
	texts := make([]string, len(l.Ranges))
	for i, r := range l.Ranges {
		if texts[i] = fmt.Sprint(r[0]); r[1] != r[0] {
			texts[i] = fmt.Sprintf("%d-%d", r[0], r[1])
		}
	}
	text := strings.Join(texts, ", ")
	if more := l.Count - l.Listed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
