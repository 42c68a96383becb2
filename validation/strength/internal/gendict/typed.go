package main

import (
	"strings"
	"unicode"

	"github.com/customergate/customergate/validation/strength/internal/keys"
)

// language is one of another script whose words people type on a Latin keyboard.
type language struct {
	name string
	keys map[rune]string // that it does not share with the other languages of its script
}

// cyrillicLanguages and hebrewLanguages are those with such letters, otherLanguages
// the others.
var (
	cyrillicLanguages = []language{{name: "bulgarian"}, {name: "russian"}, {name: "ukrainian"}}
	hebrewLanguages   = []language{{name: "hebrew"}}
	otherLanguages    = []language{
		{name: "arabic"},
		{name: "farsi", keys: map[rune]string{'ظ': "z", 'ط': "x", 'ز': "c", 'ذ': "b", 'د': "n", 'ئ': "m", 'ي': "d", 'ك': ";"}},
		{name: "greek"},
		{name: "japanese"},
		{name: "korean"},
	}
)

const (
	// commonTyped is the last rank that makes a word of another script common.
	commonTyped = 1000
	// lastTyped is how many words of each language are taken, lastCyrillic how many of
	// each with Cyrillic letters, whose words have most forms.
	lastTyped    = 9000
	lastCyrillic = 10000
)

// selectTyped returns words of our own and so many of each of some languages, by the
// keys they are typed with.
func selectTyped(frequent archive, languages []language, last int, own []string) (words, error) {
	typed := words{}
	for _, word := range own {
		typed.addTyped(word, nil, true)
	}
	for _, language := range languages {
		list, err := frequent.lines("package/build/resources/" + language.name + ".txt")
		if err != nil {
			return nil, err
		}
		for rank, word := range list[:min(len(list), last)] {
			typed.addTyped(word, language.keys, rank < commonTyped)
		}
	}
	typed.dropIdle()
	return typed, nil
}

// ownWords returns the words of a file that are written in a script, or in none of the
// scripts that have a dictionary of their own when that is nil.
func ownWords(own []byte, script *unicode.RangeTable) []string {
	var words []string
	for line := range strings.Lines(string(own)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, word := range strings.Fields(line) {
			if scriptOf(word) == script {
				words = append(words, word)
			}
		}
	}
	return words
}

func scriptOf(word string) *unicode.RangeTable {
	for _, script := range [...]*unicode.RangeTable{unicode.Cyrillic, unicode.Hebrew} {
		if strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(script, r) }) {
			return script
		}
	}
	return nil
}

// addTyped enters a word of another script as it is typed with care, and without
// accents.
func (w words) addTyped(word string, own map[rune]string, common bool) {
	var careful, careless []rune
	for _, r := range strings.ToLower(word) {
		known := keys.IsMark(r)
		if !known {
			if careless, known = keys.Append(careless, keys.Plain(r)); !known {
				return
			}
		}
		if own[r] != "" {
			careful = append(careful, []rune(own[r])...)
		} else {
			careful, _ = keys.Append(careful, r)
		}
	}
	w.add(string(careful), common)
	w.add(string(careless), common)
}
