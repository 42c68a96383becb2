package strength

import "strings"

// latinSpellings is how people spell Cyrillic and Greek letters, folded, in Latin
// ones, as in an email address or on a passport.
var latinSpellings = func() map[rune]string {
	table := map[rune]string{'ь': "", 'ъ': ""}
	fields := strings.Fields("а a б b в v г g д d е e ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch " +
		"ы y э e ю yu я ya і i ї yi є ye ў w ј j љ lj њ nj ћ c ђ dj џ dz қ k ғ g ү u ұ u ң n ө o ә a һ h " +
		"α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s τ t υ y φ f χ ch ψ ps ω o")
	for i := 0; i < len(fields); i += 2 {
		table[[]rune(fields[i])[0]] = fields[i+1]
	}
	return table
}()

// appendLatin appends the Latin spelling of a folded letter; upsilon makes one
// sound with a vowel before it. It tells whether there is a spelling.
func appendLatin(to []rune, r rune) ([]rune, bool) {
	spelling, known := latinSpellings[r]
	if r == 'υ' && len(to) > 0 && strings.ContainsRune("aeo", to[len(to)-1]) {
		spelling = "u"
	}
	return append(to, []rune(spelling)...), known
}
