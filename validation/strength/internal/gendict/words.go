package main

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
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

// writeDictionary writes the words in byte order, compressed by DEFLATE: their
// number in 4 bytes, big endian; the head of each, one byte (the number of
// leading characters it shares with the word before it, plus 128 when it is
// common); the tail of each, its other characters, the last of them plus 128.
func writeDictionary(path string, w words) error {
	list := w.sorted()
	number := binary.BigEndian.AppendUint32(nil, uint32(len(list)))
	var heads, tails []byte
	previous := ""
	for _, word := range list {
		shared := 0
		for shared < len(previous) && shared < len(word)-1 && previous[shared] == word[shared] {
			shared++
		}
		head := byte(shared)
		if w[word] {
			head |= 0x80
		}
		heads = append(heads, head)
		tails = append(tails, word[shared:]...)
		tails[len(tails)-1] |= 0x80
		previous = word
	}
	var packed bytes.Buffer
	zw, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		return err
	}
	for _, part := range [][]byte{number, heads, tails} {
		if _, err := zw.Write(part); err != nil {
			return err
		}
	}
	if err := zw.Close(); err != nil {
		return err
	}
	return os.WriteFile(path, packed.Bytes(), 0o644)
}
