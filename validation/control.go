package validation

import "unicode/utf8"

// hasControl reports whether a text or name holds a control character: C0,
// U+007F or C1. Some readers end a text at one, and some stores refuse it.
func hasControl[Text string | []byte](text Text) bool {
	for i := range len(text) {
		if isControl(text[i]) || isC1(text, i) {
			return true
		}
	}
	return false
}

// hasControlInText is hasControl for a value of the client's own, in which lines
// may break and tabs stand.
func hasControlInText(text []byte) bool {
	for i, b := range text {
		if b != '\n' && b != '\r' && b != '\t' && isControl(b) || isC1(text, i) {
			return true
		}
	}
	return false
}

func isControl(b byte) bool { return b < ' ' || b == 0x7F }

// isC1 reports whether one of U+0080 to U+009F begins at a byte of UTF-8.
func isC1[Text string | []byte](text Text, i int) bool {
	return text[i] == 0xC2 && i+1 < len(text) && utf8.RuneSelf <= text[i+1] && text[i+1] < 0xA0
}
