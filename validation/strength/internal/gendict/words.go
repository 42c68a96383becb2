package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

const (
	// minWord is the least number of characters of a dictionary word.
	minWord = 4
	// commonRank is the last rank in its list that makes a word common.
	commonRank = 3000
	// lastRank is how far down a list is read: what follows is so rare that
	// knowing it sinks hardly any bad password and a few good ones.
	lastRank = 30000
)

// words maps each dictionary word to whether it is common.
type words map[string]bool

// selectWords merges the dictionaries. Lists in order of frequency make their
// first words common; the lists of first names and of diceware words are in
// alphabetical order, so they make none.
func selectWords(common, english archive, own []byte) (words, error) {
	merged := words{}
	ranked := []struct {
		files archive
		path  string
	}{
		{common, "package/src/passwords.json"},
		{english, "package/src/commonWords.json"},
		{english, "package/src/wikipedia.json"},
		{english, "package/src/lastnames.json"},
	}
	for _, r := range ranked {
		var list []string
		if err := r.files.decode(r.path, &list); err != nil {
			return nil, err
		}
		for rank, word := range list[:min(len(list), lastRank)] {
			merged.add(word, rank < commonRank)
		}
	}
	for path, files := range map[string]archive{
		"package/src/firstnames.json": english,
		"package/src/diceware.json":   common,
	} {
		var list []string
		if err := files.decode(path, &list); err != nil {
			return nil, err
		}
		for _, word := range list {
			merged.add(word, false)
		}
	}
	var sequences map[string][]string
	if err := english.decode("package/src/wordSequences.json", &sequences); err != nil {
		return nil, err
	}
	for _, list := range sequences {
		for _, word := range list {
			merged.add(word, true)
		}
	}
	for line := range strings.Lines(string(own)) {
		if word := strings.TrimSpace(line); word != "" && word[0] != '#' {
			merged.add(word, true)
		}
	}
	merged.dropIdle()
	return merged, nil
}

// add enters a word of 4 or more printable ASCII characters; others are left
// out, because passwords are folded to ASCII where they can be.
func (w words) add(word string, common bool) {
	word = strings.ToLower(word)
	if len(word) < minWord || strings.ContainsFunc(word, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return
	}
	w[word] = w[word] || common
}

// dropIdle removes the words that no rule would use: four characters without
// being common, and rare numbers, which cost the same as any run of digits.
func (w words) dropIdle() {
	for word, common := range w {
		number := strings.Trim(word, "0123456789") == ""
		if !common && (len(word) == minWord || number) {
			delete(w, word)
		}
	}
}

// sorted returns the words in byte order.
func (w words) sorted() []string {
	list := make([]string, 0, len(w))
	for word := range w {
		list = append(list, word)
	}
	slices.Sort(list)
	return list
}

// writeDictionary writes the words in byte order: of each, the characters behind those
// that it shares with the word before it; then a mark, less than any character, which is
// how many to go back for the next word, plus 128 when this one is common. It is not
// compressed, for what holds it is, as a whole and better: an image, a package, or the
// rules for browsers.
func writeDictionary(path string, w words) error {
	var packed []byte
	list := w.sorted()
	shared := 0
	for i, word := range list {
		packed = append(packed, word[shared:]...)
		shared = 0
		if i+1 < len(list) {
			shared = sharedLength(word, list[i+1])
		}
		back := len(word) - shared
		if back >= ' ' {
			return fmt.Errorf("%s: too long before what follows it", word)
		}
		if w[word] {
			back |= 0x80
		}
		packed = append(packed, byte(back))
	}
	return os.WriteFile(path, packed, 0o644)
}

func sharedLength(a, b string) int {
	shared := 0
	for shared < min(len(a), len(b)) && a[shared] == b[shared] {
		shared++
	}
	return shared
}
