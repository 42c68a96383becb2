package strength

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// spelledOut is how people write letters of Latin alphabets where there is no key
// for them, or no room, as in an email address or in a passport (ICAO Doc 9303, part
// 3, section 6), if that is more than the letter without its accent.
var spelledOut = map[rune]string{
	'ä': "ae", 'æ': "ae", 'å': "aa", 'ö': "oe", 'ø': "oe", 'œ': "oe", 'ü': "ue", 'ß': "ss", 'þ': "th", 'ð': "dh", 'đ': "dj", 'ñ': "nn",
}

// isSpelledOut tells whether a letter is one of these.
func isSpelledOut(r rune) bool { return r >= utf8.RuneSelf && spelledOut[unicode.ToLower(r)] != "" }

// learnSpelledOut learns a name that has such letters as it is when they are spelled
// out.
func (a *about) learnSpelledOut(name string) {
	if !strings.ContainsFunc(name, isSpelledOut) {
		return
	}
	n, seen := 0, 0
	for _, r := range name {
		if seen++; seen > len(a.field) {
			break
		}
		switch {
		case isSpelledOut(r):
			n += copyLetters(a.field[n:], spelledOut[unicode.ToLower(r)])
		case !isAccent(r) && n < len(a.field):
			a.field[n] = fold(r)
			n++
		}
	}
	a.learnText(a.field[:n], KindName)
}

// copyLetters copies as many letters as there is room for, and returns how many.
func copyLetters(to []rune, letters string) int {
	n := min(len(to), len(letters))
	for i := range n {
		to[i] = rune(letters[i])
	}
	return n
}
