package strength

import "strings"

// Korean syllables are made of a first consonant, a vowel and maybe last consonants;
// Unicode has all of them in order.
const (
	firstSyllable = 0xAC00
	lastSyllable  = 0xD7A3
	koreanVowels  = 21
	koreanEndings = 28
)

// koreanSpelling is how people spell the parts of Korean syllables in Latin letters.
// An underscore is no sound.
type koreanSpelling struct{ onsets, vowels, endings []string }

const koreanLast = "_ k k k n n n t l k m l l l p l m p p t t ng t t k t p t"

// koreanSpellings are the official one, that of passports before it, and the one that
// is read right by who speaks English.
var koreanSpellings = [...]koreanSpelling{
	koreanParts("g kk n d tt r m b pp s ss _ j jj ch k t p h", "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i"),
	koreanParts("k kk n t tt r m p pp s ss _ j jj ch k t p h", "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i"),
	koreanParts("k kk n d tt r m b pp s ss _ j jj ch k t p h", "a ae ya yae u e you ye o wa wae oe yo oo wo we wi yoo eu ui i"),
	koreanParts("k kk n d tt r m b pp s ss _ j jj ch k t p h", "a ae ya yae eo e you ye o wa wae oe yo u woo we wi yu eu ee ee"),
}

func koreanParts(onsets, vowels string) koreanSpelling {
	parts := strings.Fields
	return koreanSpelling{parts(onsets), parts(vowels), parts(koreanLast)}
}

// append is a rewriter of Korean syllables.
func (s *koreanSpelling) append(to []rune, r rune) ([]rune, bool) {
	if !isSyllable(r) {
		return to, false
	}
	n := int(r - firstSyllable)
	for _, part := range [...]string{
		s.onsets[n/(koreanVowels*koreanEndings)], s.vowels[n/koreanEndings%koreanVowels], s.endings[n%koreanEndings],
	} {
		if part != "_" {
			to = appendString(to, part)
		}
	}
	return to, true
}

func isSyllable(r rune) bool { return r >= firstSyllable && r <= lastSyllable }
