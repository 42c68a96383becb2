package caddymodule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// An answer has at most 64 KiB (contract, section 4). What stands around its details
// has less than two.
const (
	maxAnswer  = 64 << 10
	maxDetails = 62 << 10
)

// fitting is the same refusal with as many details as an answer has room for.
func (r *refusal) fitting() *refusal {
	shorter := *r
	size := 0
	for i, d := range r.details {
		if size += len(marshal(d)) + len(","); size > maxDetails {
			shorter.details = r.details[:i]
			break
		}
	}
	return &shorter
}

// marshal writes a value of strings, numbers and lists of our own, for which
// encoding/json has no error. The characters of HTML stay as they are, as an
// answer is none and says so; the control characters that JSON lets stand do
// not, for a terminal would obey them.
func marshal(value any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value)
	return escapeControls(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

func escapeControls(text []byte) []byte {
	if !bytes.ContainsFunc(text, unicode.IsControl) {
		return text
	}
	escaped := make([]byte, 0, 2*len(text))
	for _, r := range string(text) {
		if unicode.IsControl(r) {
			escaped = fmt.Appendf(escaped, `\u%04x`, r)
		} else {
			escaped = utf8.AppendRune(escaped, r)
		}
	}
	return escaped
}
