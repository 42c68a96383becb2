package strength

import (
	"slices"

	"github.com/customergate/customergate/validation/strength/internal/keys"
)

// kunrei are endings of Hepburn's spelling of kana, and what they are in that of
// Japanese schools. Small kana go on from the latter by themselves.
var kunrei = [...][2][]rune{
	{[]rune("shi"), []rune("si")}, {[]rune("chi"), []rune("ti")}, {[]rune("tsu"), []rune("tu")}, {[]rune("ji"), []rune("zi")}, {[]rune("fu"), []rune("hu")},
}

// appendKunrei is a rewriter of kana as they are spelled in Japanese schools.
func appendKunrei(to []rune, r rune) ([]rune, bool) {
	to, known := keys.Append(to, r)
	for i := range kunrei {
		hepburn, school := kunrei[i][0], kunrei[i][1]
		if at := len(to) - len(hepburn); at >= 0 && slices.Equal(to[at:], hepburn) {
			return append(to[:at], school...), known
		}
	}
	return to, known
}

// briefly returns a rewriter that leaves out what makes a vowel long, as passports do.
func briefly(rewrite rewriter) rewriter {
	return func(to []rune, r rune) ([]rune, bool) {
		to, known := rewrite(to, r)
		if n := len(to); n > 1 && (to[n-1] == 'u' && (to[n-2] == 'o' || to[n-2] == 'u') || to[n-1] == 'o' && to[n-2] == 'o') {
			to = to[:n-1]
		}
		return to, known
	}
}

// isKana tells whether a folded character is a kana: fold makes them hiragana.
func isKana(r rune) bool { return r >= 0x3041 && r <= 0x3096 }
