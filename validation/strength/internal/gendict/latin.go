package main

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

const (
	// leastLatin is the length of the shortest word that is taken from another
	// language: shorter ones read like words anyway, and random characters spell
	// them by chance.
	leastLatin = 6
	// commonLatin is the last rank that makes a word of another language common.
	commonLatin = 1500
	// lastLatin is how many words of each language are taken.
	lastLatin = 12000
)

// addLatin enters frequent words of other languages than English that are written
// with Latin letters.
func (w words) addLatin(own []byte) error {
	for line := range strings.Lines(string(own)) {
		if !strings.HasPrefix(line, "#") {
			for _, word := range strings.Fields(line) {
				w.add(word, true)
			}
		}
	}
	for _, language := range latinLanguages {
		files, err := fetch(language)
		if err != nil {
			return err
		}
		var list []string
		if err := files.decode("package/src/commonWords.json", &list); err != nil {
			return err
		}
		for rank, word := range list[:min(len(list), lastLatin)] {
			w.addSpelled(word, rank < commonLatin)
		}
	}
	return nil
}

// addSpelled enters a word without its accents, and as those spell it who write
// two letters for one with an accent. A word that English has too is as common as it
// is there.
func (w words) addSpelled(word string, common bool) {
	word = strings.ToLower(word)
	for _, spelled := range [...]string{withoutAccents(word), withoutAccents(twoLetters.Replace(word))} {
		if _, known := w[spelled]; !known && len(spelled) >= leastLatin && strings.Trim(spelled, "abcdefghijklmnopqrstuvwxyz") == "" {
			w.add(spelled, common)
		}
	}
}

var (
	twoLetters = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "æ", "ae", "œ", "oe", "ø", "oe", "å", "aa")
	oneLetter  = strings.NewReplacer("æ", "a", "ø", "o", "ß", "s", "ł", "l", "œ", "o")
)

// withoutAccents returns a word by the base letters of its letters.
func withoutAccents(word string) string {
	var bases strings.Builder
	for _, r := range norm.NFD.String(oneLetter.Replace(word)) {
		if r < 0x0300 || r > 0x036F {
			bases.WriteRune(r)
		}
	}
	return bases.String()
}
