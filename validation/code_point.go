package validation

import (
	"slices"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// isRegistrable reports whether IDNA2008 has all code points of a label where they stand
// (RFC 5892): each by itself, or by the rule of its context in appendix A.
func isRegistrable(label []rune) bool {
	for i, r := range label {
		if isContextual(r) && !fitsContext(label, i) || !isContextual(r) && !isProtocolValid(r) {
			return false
		}
	}
	return true
}

const (
	middleDot    = '\u00B7'
	keraia       = '\u0375' // of Greek
	geresh       = '\u05F3' // of Hebrew
	gershayim    = '\u05F4' // of Hebrew
	katakanaDot  = '\u30FB'
	arabicDigits = '\u0660' // ten of them
	indicDigits  = '\u06F0' // the extended ones, ten of them
)

func isContextual(r rune) bool {
	return isJoiner(r) || r == middleDot || r == keraia || r == geresh || r == gershayim || r == katakanaDot ||
		isDigitOf(arabicDigits, r) || isDigitOf(indicDigits, r)
}

// fitsContext judges a code point by its neighbours, as in Catalan, or by the scripts and
// digits of the whole label.
func fitsContext(label []rune, i int) bool {
	previous, next := rune(0), rune(0)
	if i > 0 {
		previous = label[i-1]
	}
	if i+1 < len(label) {
		next = label[i+1]
	}
	switch r := label[i]; {
	case isJoiner(r):
		return joinerFits(label, i)
	case r == middleDot:
		return previous == 'l' && next == 'l'
	case r == keraia:
		return unicode.Is(unicode.Greek, next)
	case r == katakanaDot:
		return slices.ContainsFunc(label, isJapanese)
	case isDigitOf(arabicDigits, r):
		return !slices.ContainsFunc(label, func(r rune) bool { return isDigitOf(indicDigits, r) })
	case isDigitOf(indicDigits, r):
		return !slices.ContainsFunc(label, func(r rune) bool { return isDigitOf(arabicDigits, r) })
	default:
		return unicode.Is(unicode.Hebrew, previous)
	}
}

func isDigitOf(zero, r rune) bool { return r >= zero && r <= zero+9 }

func isJapanese(r rune) bool {
	return r != katakanaDot && unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han)
}

// isProtocolValid reports whether a code point may stand anywhere: a letter, a mark or a
// digit that is its own compatible form, and no exception (RFC 5892, section 2.6, and RFC
// 8264, section 9).
func isProtocolValid(r rune) bool {
	switch {
	case r <= unicode.MaxASCII: // of which idna takes only what a label has
		return true
	case slices.Contains([]rune{0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007}, r):
		return true
	case slices.Contains([]rune{0x640, 0x7FA, 0x302E, 0x302F, 0x303B}, r) || r >= 0x3031 && r <= 0x3035:
		return false
	case isOldJamo(r) || isIgnorable(r) || !norm.NFKC.IsNormalString(string(r)):
		return false
	}
	return unicode.In(r, unicode.Ll, unicode.Lu, unicode.Lo, unicode.Lm, unicode.Mn, unicode.Mc, unicode.Nd)
}

// isIgnorable reports a code point that shows nothing, or that is of the blocks that
// IDNA2008 takes none from, marks for symbols and notes (RFC 5892, section 2.7).
func isIgnorable(r rune) bool {
	return r >= 0x20D0 && r <= 0x20FF || r >= 0x1D100 && r <= 0x1D24F ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// isOldJamo reports a part of a Hangul syllable.
func isOldJamo(r rune) bool {
	return r >= 0x1100 && r <= 0x11FF || r >= 0xA960 && r <= 0xA97C || r >= 0xD7B0 && r <= 0xD7FB
}
