package validation

import (
	"unicode"

	"golang.org/x/text/secure/precis"
)

// The joiners show nothing themselves, but Persian, Sinhala and others cannot be
// spelled without them.
const (
	nonJoiner = '\u200c'
	joiner    = '\u200d'
)

func isJoiner(r rune) bool { return r == nonJoiner || r == joiner }

// joinerContext knows the rules of RFC 5892, appendix A.1 and A.2: which letters
// join, and what a virama is.
var joinerContext = precis.NewFreeform()

// joinersFit reports whether every joiner of a text stands where those rules
// allow it: where it makes a difference to how the text is written.
func joinersFit(text string) bool {
	runes := []rune(text)
	for i, r := range runes {
		if isJoiner(r) && !joinerFits(runes, i) {
			return false
		}
	}
	return true
}

// joinerFits judges one joiner by the letters before and behind it, with the
// marks between.
func joinerFits(runes []rune, i int) bool {
	start, end := max(i-1, 0), min(i+1, len(runes))
	for start > 0 && unicode.IsMark(runes[start]) {
		start--
	}
	for end < len(runes) && unicode.IsMark(runes[end]) {
		end++
	}
	_, err := joinerContext.String(string(runes[start:min(end+1, len(runes))]))
	return err == nil
}
