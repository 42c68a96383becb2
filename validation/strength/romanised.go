package strength

import (
	"slices"
	"strings"
	"unicode"

	"github.com/customergate/customergate/validation/strength/internal/keys"
)

// The ways to write the letters of a script, or of several, in Latin ones.
var (
	romanisedAlphabet = func() (ways []rewriter) {
		for _, spellings := range latinSpellings {
			ways = append(ways, appendLatin(spellings))
		}
		return ways
	}()
	romanisedKorean = func() (ways []rewriter) {
		for i := range koreanSpellings {
			ways = append(ways, koreanSpellings[i].append)
		}
		return ways
	}()
	romanisedKana = []rewriter{appendKunrei, briefly(keys.Append), briefly(appendKunrei)}
	romanisedHan  = []rewriter{appendPinyin}
)

// learnRomanised learns the names by the keys that they are typed with and as they
// are written in Latin letters, those of Chinese characters, which are short, together
// in both orders, too.
func (a *about) learnRomanised(first, last string) {
	for _, name := range [...]string{first, last} {
		if !strings.ContainsFunc(name, isForeign) {
			continue
		}
		folded := a.read(name)
		a.learnRewritten(folded, keys.Append)
		for _, rewrite := range romanisationsOf(folded) {
			a.learnRewritten(folded, rewrite)
		}
	}
	if strings.ContainsFunc(first, isHan) && strings.ContainsFunc(last, isHan) {
		a.learnRewritten(a.read(last+first), appendPinyin)
		a.learnRewritten(a.read(first+last), appendPinyin)
	}
}

// romanisationsOf returns the ways to write a folded name in Latin letters.
func romanisationsOf(name []rune) []rewriter {
	switch {
	case slices.ContainsFunc(name, isKana):
		return romanisedKana
	case slices.ContainsFunc(name, isSyllable):
		return romanisedKorean
	case slices.ContainsFunc(name, isHan):
		return romanisedHan
	}
	return romanisedAlphabet
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }
