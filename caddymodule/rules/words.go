package rules

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/validation/strength"
)

// Words reads the further common words of the operator's, if there is a file of them.
func (r *Rules) Words() ([]string, error) {
	if r == nil || r.PasswordWords == "" {
		return nil, nil
	}
	words, err := readWords(caddy.NewReplacer().ReplaceAll(r.PasswordWords, ""))
	if err != nil {
		return nil, fmt.Errorf("password_words: %w", err)
	}
	return words, nil
}

const maxWordsFile = 1 << 20

// readWords reads a list of words, one on a line.
func readWords(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it is only read
	text, err := io.ReadAll(io.LimitReader(f, maxWordsFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxWordsFile {
		return nil, fmt.Errorf("%s is over 1 MiB", path)
	}
	var words []string
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		number++
		word := strings.TrimSpace(line)
		if word == "" || strings.HasPrefix(word, "#") {
			continue
		}
		if !strength.IsWord(word) {
			return nil, fmt.Errorf("%s:%d: a word has %d to %d characters in UTF-8", path, number, strength.MinWord, strength.MaxWord)
		}
		words = append(words, word)
	}
	return words, nil
}
