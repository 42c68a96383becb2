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

// cyrillicLanguages are those with Cyrillic letters, otherLanguages the others.
var (
	cyrillicLanguages = []language{{name: "bulgarian"}, {name: "russian"}, {name: "ukrainian"}}
	otherLanguages    = []language{
		{name: "arabic"},
		{name: "farsi", keys: map[rune]string{'ظ': "z", 'ط': "x", 'ز': "c", 'ذ': "b", 'د': "n", 'ئ': "m", 'ي': "d", 'ك': ";"}},
		{name: "greek"},
		{name: "hebrew"},
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

// partCyrillic parts the words of a file into those with Cyrillic letters and the
// others.
func partCyrillic(own []byte) (cyrillic, others []string) {
	for line := range strings.Lines(string(own)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, word := range strings.Fields(line) {
			if strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
				cyrillic = append(cyrillic, word)
			} else {
				others = append(others, word)
			}
		}
	}
	return cyrillic, others
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
