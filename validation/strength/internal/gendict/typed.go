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
	// misplaced is how many of the most frequent passwords and of the most
	// frequent words are taken as they come out on another Latin keyboard.
	misplaced = 2000
	// leastMisplaced is the length of the shortest of them.
	leastMisplaced = 6
)

// selectTyped returns words by the keys they are typed with: those of other
// scripts, and those of English on the keyboards of other countries.
func selectTyped(frequent, common, english archive, own []byte) (words, error) {
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
	for path, files := range map[string]archive{
		"package/src/passwords.json":   common,
		"package/src/commonWords.json": english,
	} {
		var list []string
		if err := files.decode(path, &list); err != nil {
			return nil, err
		}
		for _, word := range list[:misplaced] {
			typed.addMisplaced(word)
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

// addMisplaced enters a word as it comes out when it is typed as on another
// Latin keyboard.
func (w words) addMisplaced(word string) {
	if len(word) < leastMisplaced || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" {
		return
	}
	for _, keyboard := range latinKeyboards {
		if out := keyboard.Replace(word); out != word {
			w.add(out, false)
		}
	}
}

// latinKeyboards turn what a US keyboard types into what other Latin keyboards
// do, and the other way round, and into what the keys beside it do.
var latinKeyboards = [...]*strings.Replacer{
	swap("qwazm", "azqw;"),
	swap("aqzw;", "qawzm"),
	swap("yz", "zy"),
	swap(usKeys, dvorakKeys),
	swap(dvorakKeys, usKeys),
	swap(usKeys, colemakKeys),
	swap(colemakKeys, usKeys),
	swap(leftKeys, rightKeys),
	swap(rightKeys, leftKeys),
}

const (
	usKeys     = "qwertyuiop[]asdfghjkl;'zxcvbnm,./-="
	dvorakKeys = "',.pyfgcrl/=aoeuidhtns-;qjkxbmwvz[]"

	colemakKeys = "qwfpgjluy;[]arstdhneio'zxcvbkm,./-="
)

// The letters and the keys beside them to the right: what comes of hands that lie
// one key beside their place.
const (
	leftKeys  = "qwertyuiopasdfghjklzxcvbnm"
	rightKeys = "wertyuiop[sdfghjkl;xcvbnm,"
)

// swap replaces each of some characters by the one at its place in others.
func swap(from, to string) *strings.Replacer {
	var pairs []string
	for i := range from {
		pairs = append(pairs, from[i:i+1], to[i:i+1])
	}
	return strings.NewReplacer(pairs...)
}
