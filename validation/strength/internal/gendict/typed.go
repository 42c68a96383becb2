package main

import (
	"strings"

	"github.com/customergate/customergate/validation/strength/internal/keys"
)

// languages are the languages of other scripts whose words people type on a
// Latin keyboard, with the keys that they do not share with the other languages
// of their script.
var languages = []struct {
	name string
	keys map[rune]string
}{
	{name: "arabic"},
	{name: "bulgarian"},
	{name: "farsi", keys: map[rune]string{'ظ': "z", 'ط': "x", 'ز': "c", 'ذ': "b", 'د': "n", 'ئ': "m", 'ي': "d", 'ك': ";"}},
	{name: "greek"},
	{name: "hebrew"},
	{name: "japanese"},
	{name: "korean"},
	{name: "russian"},
	{name: "ukrainian"},
}

const (
	// commonTyped is the last rank that makes a word of another script common.
	commonTyped = 1000
	// lastTyped is how many words of each language are taken.
	lastTyped = 6000
)

// selectTyped returns words of other scripts by the keys they are typed with.
func selectTyped(frequent archive, own []byte) (words, error) {
	typed := words{}
	for line := range strings.Lines(string(own)) {
		if !strings.HasPrefix(line, "#") {
			for _, word := range strings.Fields(line) {
				typed.addTyped(word, nil, true)
			}
		}
	}
	for _, language := range languages {
		list, err := frequent.lines("package/build/resources/" + language.name + ".txt")
		if err != nil {
			return nil, err
		}
		for rank, word := range list[:min(len(list), lastTyped)] {
			typed.addTyped(word, language.keys, rank < commonTyped)
		}
	}
	typed.dropIdle()
	return typed, nil
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
