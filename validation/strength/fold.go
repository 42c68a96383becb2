package strength

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/customergate/customergate/validation/strength/internal/keys"
)

// Latin letters from U+00C0 to U+024F and U+1E00 to U+1EFF have a base letter.
const (
	latinFirst      = 0x00C0
	latinLast       = 0x024F
	latinExtraFirst = 0x1E00
	latinExtraLast  = 0x1EFF
)

// latinBases are the base letters of the accented Latin letters, zero for
// those without one.
type latinBases struct {
	basic [latinLast - latinFirst + 1]byte
	extra [latinExtraLast - latinExtraFirst + 1]byte
}

// undecomposed are Latin letters that Unicode does not decompose, with the
// ASCII letter people type in their place.
var undecomposed = map[rune]byte{
	'æ': 'a', 'ð': 'd', 'ø': 'o', 'þ': 't', 'ß': 's', 'đ': 'd', 'ħ': 'h',
	'ı': 'i', 'ł': 'l', 'ŋ': 'n', 'œ': 'o', 'ŧ': 't',
}

var bases = sync.OnceValue(func() *latinBases {
	b := new(latinBases)
	for i := range b.basic {
		b.basic[i] = baseLetter(latinFirst + rune(i))
	}
	for i := range b.extra {
		b.extra[i] = baseLetter(latinExtraFirst + rune(i))
	}
	return b
})

// baseLetter returns the ASCII letter that a small Latin letter comes from, 0
// when there is none.
func baseLetter(r rune) byte {
	if base, ok := undecomposed[r]; ok {
		return base
	}
	if base := norm.NFD.String(string(r))[0]; base >= 'a' && base <= 'z' {
		return base
	}
	return 0
}

// fold returns a character in the form in which characters are compared: small,
// without accent, of ordinary width, in the usual one of several spellings.
func fold(r rune) rune {
	switch {
	case r >= 'A' && r <= 'Z':
		return r + ('a' - 'A')
	case r < utf8.RuneSelf:
		return r
	case r >= 0xFF01 && r <= 0xFF5E: // full-width forms of ASCII
		return fold(r - 0xFEE0)
	}
	r = unicode.ToLower(r)
	var base byte
	switch {
	case r >= latinFirst && r <= latinLast:
		base = bases().basic[r-latinFirst]
	case r >= latinExtraFirst && r <= latinExtraLast:
		base = bases().extra[r-latinExtraFirst]
	}
	if base != 0 {
		return rune(base)
	}
	return keys.Plain(r)
}

// isAccent tells whether a character is a combining accent or something else that
// people leave out, which folding drops.
func isAccent(r rune) bool { return keys.IsMark(r) }

func isDigit(r rune) bool  { return r >= '0' && r <= '9' }
func isLetter(r rune) bool { return r >= 'a' && r <= 'z' }

// isSymbol tells whether a folded character is neither letter nor digit.
func isSymbol(r rune) bool {
	if r < utf8.RuneSelf {
		return !isLetter(r) && !isDigit(r)
	}
	return !unicode.IsLetter(r) && !unicode.IsNumber(r)
}
