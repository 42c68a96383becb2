package rules

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestWords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "words.txt")
	if err := os.WriteFile(path, []byte("# brands\n\nzorblatt\r\n  two words \n\t#quuxify\nlast"), 0o600); err != nil {
		t.Fatal(err)
	}
	words, err := (&Rules{PasswordWords: path}).Words()
	if want := []string{"zorblatt", "two words", "last"}; err != nil || !slices.Equal(words, want) {
		t.Errorf("the words are %q, %v, want %q", words, err, want)
	}
}
