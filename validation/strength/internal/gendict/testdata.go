package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

const (
	// topStep thins the most frequent passwords: one in so many is kept.
	topStep = 3
	// unknownWords is the number of words outside the dictionary that are kept.
	unknownWords = 3000
)

// writeTestdata writes the word lists that the tests build their corpora from.
func writeTestdata(dir string, known words, leaked []string, common, scowl archive) error {
	var diceware, top, rare []string
	if err := common.decode("package/src/diceware.json", &diceware); err != nil {
		return err
	}
	if err := common.decode("package/src/passwords.json", &top); err != nil {
		return err
	}
	if err := scowl.decode("package/english-words-70.json", &rare); err != nil {
		return err
	}
	lists := map[string][]string{
		"leaked.txt":   leaked,
		"diceware.txt": diceware,
		"top.txt":      every(topStep, top[:lastRank]),
		"unknown.txt":  outside(known, rare),
	}
	for name, list := range lists {
		data := strings.Join(list, "\n") + "\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
			return err
		}
	}
	licence, ok := scowl["package/Copyright"]
	if !ok {
		return errors.New("words outside the dictionary: no copyright in the package")
	}
	return os.WriteFile(filepath.Join(dir, "unknown.LICENSE"), licence, 0o644)
}

// every keeps one in step of a list.
func every(step int, list []string) []string {
	var kept []string
	for i := 0; i < len(list); i += step {
		kept = append(kept, list[i])
	}
	return kept
}

// outside keeps plain words of 5 to 10 letters that are not in the dictionary,
// evenly spread over the list.
func outside(known words, list []string) []string {
	var kept []string
	for _, word := range list {
		_, found := known[word]
		plain := strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") == ""
		if plain && !found && len(word) >= 5 && len(word) <= 10 {
			kept = append(kept, word)
		}
	}
	return every(max(1, len(kept)/unknownWords), kept)
}
