// Package documents compares the documents of the checkout with the code, for
// tests.
package documents

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Read returns a document of the checkout, such as docs/errors.md.
func Read(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(Checkout(t), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Checkout is the root of the checkout.
func Checkout(t testing.TB) string {
	t.Helper()
	for folder := "."; ; folder = filepath.Join(folder, "..") {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		if absolute, err := filepath.Abs(folder); err != nil || absolute == filepath.Dir(absolute) {
			t.Fatal("there is no go.mod above")
		}
	}
}

// Terms are what the rows of a table begin with: of each first cell the first
// word in a code span. The table is the next one behind the text.
func Terms(t testing.TB, document, behind string) []string {
	t.Helper()
	_, rest, found := strings.Cut(Read(t, document), behind)
	if !found {
		t.Fatalf("%s does not say %q", document, behind)
	}
	_, rest, found = strings.Cut(rest, "\n|---|")
	if !found {
		t.Fatalf("%s has no table behind %q", document, behind)
	}
	table, _, _ := strings.Cut(rest, "\n\n")
	var terms []string
	for _, match := range firstWord.FindAllStringSubmatch(table, -1) {
		terms = append(terms, match[1])
	}
	slices.Sort(terms)
	return slices.Compact(terms)
}

var firstWord = regexp.MustCompile("(?m)^\\| `([^ `]+)")

// CheckTerms fails unless the rows of a table begin with exactly these words.
func CheckTerms[T any](t testing.TB, document, behind string, words map[string]T) {
	t.Helper()
	terms := Terms(t, document, behind)
	for word := range words {
		if !slices.Contains(terms, word) {
			t.Errorf("%s does not tell about %s behind %q", document, word, behind)
		}
	}
	for _, term := range terms {
		if _, is := words[term]; !is {
			t.Errorf("%s tells about %s behind %q, which there is not", document, term, behind)
		}
	}
}
