package languages

import (
	"iter"
	"slices"
	"strconv"
	"strings"
)

// piece is a part of a text: what stands there, or the name of a param.
type piece struct{ text, param string }

// pieces takes a text with the names of params in braces apart.
func pieces(text string) iter.Seq[piece] {
	return func(yield func(piece) bool) {
		for text != "" {
			start := strings.IndexByte(text, '{')
			end := strings.IndexByte(text, '}')
			if start < 0 || end < start {
				yield(piece{text: text})
				return
			}
			if start > 0 && !yield(piece{text: text[:start]}) || !yield(piece{param: text[start+1 : end]}) {
				return
			}
			text = text[end+1:]
		}
	}
}

// verbs writes a text as package message wants it: a numbered verb for each param.
func verbs(text string, params []string) string {
	var b strings.Builder
	for p := range pieces(text) {
		if p.param == "" {
			b.WriteString(strings.ReplaceAll(p.text, "%", "%%"))
		} else {
			b.WriteString("%[" + strconv.Itoa(slices.Index(params, p.param)+1) + "]v")
		}
	}
	return b.String()
}
