package strength

import (
	"unicode"

	"github.com/customergate/customergate/validation/strength/internal/keys"
)

const (
	foreignPoints = 2
	leastForeign  = 3  // letters of another script that read like a word
	mostForeign   = 12 // letters: longer words are rare, longer phrases are not bad

	// syllabic is for how many letters one of a script counts whose letters are
	// syllables or words.
	syllabic = 2
)

// foreign offers the runs of letters of other scripts that end at a place, of one
// case, or with a capital in front. Nobody is given such letters by a generator of
// passwords: whoever types them writes words.
func foreign(c *cover, place int) {
	letters := 0
	for at := place - 1; at >= 0; at-- {
		weight := foreignLetter(c.text[at])
		letters += weight
		if weight == 0 || letters > mostForeign {
			return
		}
		if letters >= leastForeign && c.regularShift(at, place) {
			c.offer(at, place, foreignPoints, KindWordLike)
		}
	}
}

// syllables are the scripts whose letters are syllables or words.
var syllables = []*unicode.RangeTable{unicode.Ethiopic, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana}

// foreignLetter returns for how many letters of another script a character counts,
// 0 when it is none. Vowel signs count as letters.
func foreignLetter(r rune) int {
	switch {
	case r < keys.First || r >= latinExtraFirst && r <= latinExtraLast:
		return 0
	case unicode.In(r, syllables...):
		return syllabic
	case unicode.IsLetter(r), unicode.IsMark(r):
		return 1
	}
	return 0
}
