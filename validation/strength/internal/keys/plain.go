package keys

import "golang.org/x/text/unicode/norm"

// spellings are letters that people write for each other, or that a careful
// writer tells apart and others do not: first the usual one.
var spellings = [...]string{
	"еёѐ", "иѝ", "гґ", // Cyrillic
	"σς",                                   // Greek
	"اأإآٱ", "يىیئے", "وؤ", "هةۀہھە", "كک", // Arabic, Persian, Urdu
}

// plain are the usual spellings of the others.
var plain = func() map[rune]rune {
	table := map[rune]rune{}
	for _, letters := range spellings {
		usual := []rune(letters)[0]
		for _, r := range letters {
			table[r] = usual
		}
	}
	return table
}()

// Plain returns a small letter of another script without accent, as people
// write it who do not care: ε for έ, е for ё, ا for أ, hiragana for katakana of
// any width. Other characters stay as they are.
func Plain(r rune) rune {
	switch {
	case r < First:
		return r
	case r <= greek[1], r >= polytonic[0] && r <= polytonic[1]:
		r = []rune(norm.NFD.String(string(r)))[0]
	case r >= halfWidth[0] && r <= halfWidth[1]:
		r = []rune(norm.NFKC.String(string(r)))[0]
	}
	if r >= katakana[0] && r <= katakana[1] {
		return r - hiragana
	}
	if usual, known := plain[r]; known {
		return usual
	}
	return r
}

var (
	greek     = [2]rune{First, 0x03FF}
	polytonic = [2]rune{0x1F00, 0x1FFF}
	halfWidth = [2]rune{0xFF66, 0xFF9D}
)

// IsMark tells whether a character only marks the letter before it, so that
// people leave it out: accents, vowel signs of Hebrew and Arabic, hamza, tatweel.
func IsMark(r rune) bool {
	switch {
	case r < 0x0300:
		return false
	case r <= 0x036F, r >= 0x0591 && r <= 0x05C7, r >= 0x064B && r <= 0x065F, r == 0x0670:
		return true
	}
	return r == 'ء' || r == 'ـ'
}
