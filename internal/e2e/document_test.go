package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// block is one fenced block of a document.
type block struct {
	language string // the first word behind the fence
	kind     string // of the comment before the fence: test, output, service, ...
	note     string // the rest of that comment
	text     string
	line     int // of the fence, from 1
}

// readDocument returns the fenced blocks of a Markdown file of the checkout.
// A comment of one line before a fence, with nothing but blank lines between,
// belongs to the block: <!-- kind: note -->.
func readDocument(t *testing.T, name string) []block {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(checkout, name))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []block
	var current *block
	var comment string
	for i, line := range strings.Split(string(text), "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case current != nil && trimmed == "```":
			blocks = append(blocks, *current)
			current, comment = nil, ""
		case current != nil:
			current.text += line + "\n"
		case strings.HasPrefix(trimmed, "```"):
			language, _, _ := strings.Cut(strings.TrimPrefix(trimmed, "```"), " ")
			kind, note, _ := strings.Cut(comment, ":")
			current = &block{language: language, kind: kind, note: strings.TrimSpace(note), line: i + 1}
		case strings.HasPrefix(trimmed, "<!--") && strings.HasSuffix(trimmed, "-->"):
			comment = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(trimmed, "<!--"), "-->"))
		case trimmed != "":
			comment = ""
		}
	}
	if current != nil {
		t.Fatalf("%s:%d: the block has no end", name, current.line)
	}
	return blocks
}
