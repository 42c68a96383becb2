package strength

import "unicode/utf8"

// asciiSet is a set of ASCII characters.
type asciiSet [2]uint64

func (s *asciiSet) add(r rune) { s[r>>6] |= 1 << (r & 63) }

func (s *asciiSet) has(r rune) bool { return r < utf8.RuneSelf && s[r>>6]>>(r&63)&1 != 0 }

// series are those in which keys follow one another: the alphabet, and the rows of a US
// keyboard.
var series = [...]string{"abcdefghijklmnopqrstuvwxyz", "`1234567890-=", "qwertyuiop[]\\", "asdfghjkl;'", "zxcvbnm,./"}

// steps are, for each character, those whose keys are one step from its own in a series,
// typed in either shift.
var steps = func() (from [utf8.RuneSelf]asciiSet) {
	link := func(a, b byte) {
		for _, one := range []rune{rune(a), shifted[a]} {
			for _, other := range []rune{rune(b), shifted[b]} {
				from[one].add(other)
				from[other].add(one)
			}
		}
	}
	for _, keys := range series {
		for i := range len(keys) - 1 {
			link(keys[i], keys[i+1])
		}
	}
	return from
}()

var noSteps asciiSet

// stepsFrom returns the characters that are one step from a folded one.
func stepsFrom(r rune) *asciiSet {
	if r < utf8.RuneSelf {
		return &steps[r]
	}
	return &noSteps
}
