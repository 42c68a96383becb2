package validation

import (
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/customergate/customergate/validation/internal/joining"
)

// The joiners show nothing themselves, but Persian, Sinhala and others cannot be
// spelled without them.
const (
	nonJoiner = '\u200c'
	joiner    = '\u200d'
)

func isJoiner(r rune) bool { return r == nonJoiner || r == joiner }

// joinersFit reports whether every joiner of a text stands where RFC 5892, appendix A.1
// and A.2, allows it: where it makes a difference to how the text is written.
func joinersFit(text string) bool {
	runes := []rune(text)
	for i, r := range runes {
		if isJoiner(r) && !joinerFits(runes, i) {
			return false
		}
	}
	return true
}

// joinerFits judges one joiner: behind a virama both say how to write it, and between
// letters that would be joined a non-joiner keeps them apart.
func joinerFits(runes []rune, i int) bool {
	if i > 0 && isVirama(runes[i-1]) {
		return true
	}
	return runes[i] == nonJoiner && joinedWithPrevious(runes[:i]) && joinedWithNext(runes[i+1:])
}

func isVirama(r rune) bool {
	const virama = 9 // its canonical combining class
	return unicode.IsMark(r) && norm.NFC.PropertiesString(string(r)).CCC() == virama
}

func joinedWithPrevious(before []rune) bool {
	for len(before) > 0 && isBetween(before[len(before)-1]) {
		before = before[:len(before)-1]
	}
	return len(before) > 0 && joining.ToNext(before[len(before)-1])
}

func joinedWithNext(behind []rune) bool {
	for len(behind) > 0 && isBetween(behind[0]) {
		behind = behind[1:]
	}
	return len(behind) > 0 && joining.ToPrevious(behind[0])
}

// isBetween reports a mark that does not keep the letters around it from being joined
// (Joining_Type T of Unicode), which one letter of Adlam is, too.
func isBetween(r rune) bool {
	const nasalization = '\U0001E94B'
	return r == nasalization || unicode.In(r, unicode.Mn, unicode.Me)
}
