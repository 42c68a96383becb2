package validation

import (
	"bytes"
	"strings"
	"unicode"
)

// hasControl reports whether a text or name holds a control character: C0,
// U+007F or C1. Some readers end a text at one, and some stores refuse it.
func hasControl(text string) bool { return strings.ContainsFunc(text, unicode.IsControl) }

// hasControlInText is hasControl for a value of the client's own, in which lines
// may break and tabs stand.
func hasControlInText(text []byte) bool {
	return bytes.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	})
}
