package strength

import "strings"

// latinAlphabets are how people spell letters of other scripts, folded, in Latin ones:
// first as most do and as dictionaries do, then only what differs in passports and
// email addresses, and in messages among friends. A blank part is no sound.
var latinAlphabets = [...]string{
	"а a б b в v г g д d е e ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch " +
		"ы y э e ю yu я ya і i ї yi є ye ў w ј j љ lj њ nj ћ c ђ dj џ dz қ k ғ g ү u ұ u ң n ө o ә a һ h " +
		"α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s τ t υ y φ f χ ch ψ ps ω o " +
		"ա a բ b գ g դ d ե e զ z է e ը y թ t ժ zh ի i լ l խ kh ծ ts կ k հ h ձ dz ղ gh ճ ch մ m յ y ն n շ sh ո o չ ch պ p ջ j ռ r " +
		"ս s վ v տ t ր r ց ts ւ v փ p ք k օ o ֆ f և ev " +
		"ა a ბ b გ g დ d ე e ვ v ზ z თ t ი i კ k ლ l მ m ნ n ო o პ p ჟ zh რ r ს s ტ t უ u ფ p ქ k ღ gh ყ q შ sh ჩ ch ც ts ძ dz წ ts " +
		"ჭ ch ხ kh ჯ j ჰ h",
	"й i ю iu я ia ї i є ie г h х h щ sch η i υ i χ h ξ ks φ ph յ i ղ g ყ k ღ g ხ h",
	"й j ю ju я ja х h ц c щ sh ж j ы i ђ d љ l њ n η h θ 8 υ u χ x ω w ψ ps",
}

// latinSpellings are the alphabets, the first with the letters of each.
var latinSpellings = func() (tables [len(latinAlphabets)]map[rune]string) {
	for i := range tables {
		tables[i] = map[rune]string{'ь': "", 'ъ': ""}
		spell(tables[i], latinAlphabets[0])
		spell(tables[i], latinAlphabets[i])
	}
	return tables
}()

func spell(table map[rune]string, alphabet string) {
	fields := strings.Fields(alphabet)
	for i := 0; i < len(fields); i += 2 {
		table[[]rune(fields[i])[0]] = fields[i+1]
	}
}

// appendLatin returns a rewriter that appends the Latin spelling of a folded letter.
// Upsilon makes one sound with a vowel before it, and so does its Armenian sibling.
func appendLatin(spellings map[rune]string) rewriter {
	return func(to []rune, r rune) ([]rune, bool) {
		spelling, known := spellings[r]
		last := len(to) - 1
		switch {
		case last < 0:
		case r == 'υ' && strings.ContainsRune("aeo", to[last]):
			spelling = "u"
		case r == 'ւ' && to[last] == 'o':
			to, spelling = to[:last], "u"
		}
		return appendString(to, spelling), known
	}
}

func appendString(to []rune, letters string) []rune {
	for _, letter := range letters {
		to = append(to, letter)
	}
	return to
}
