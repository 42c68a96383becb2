package strength

import "unicode/utf8"

// text is a password in the form in which it is compared.
type text struct {
	typed    [maxChars]rune // as it was typed, but for combining accents
	chars    [maxChars]rune // folded
	shifted  [maxChars]bool // which of them were typed with the shift key
	length   int
	squeezed bool // whether each character may stand for two in a row
}

// clear removes every trace of the password.
func (t *text) clear() { *t = text{} }

// read folds the start of a password.
func (t *text) read(password []byte) {
	t.length = 0
	for seen := 0; seen < maxChars && len(password) > 0; seen++ {
		r, size := utf8.DecodeRune(password)
		password = password[size:]
		if !isAccent(r) {
			t.typed[t.length] = r
			t.add(fold(r), isShifted(r))
		}
	}
}

// readBare copies a text without its symbols.
func (t *text) readBare(from *text) {
	t.length, t.squeezed = 0, false
	for i, r := range from.chars[:from.length] {
		if !isSymbol(r) {
			t.typed[t.length] = from.typed[i]
			t.add(r, from.shifted[i])
		}
	}
}

// readSqueezed copies a text with each run of one character made one. It is
// meant for a text in which characters are doubled or held down.
func (t *text) readSqueezed(from *text) {
	t.length, t.squeezed = 0, true
	for i, r := range from.chars[:from.length] {
		if i == 0 || r != from.chars[i-1] {
			t.typed[t.length] = from.typed[i]
			t.add(r, from.shifted[i])
		}
	}
}

// add appends a character.
func (t *text) add(r rune, shifted bool) {
	t.chars[t.length], t.shifted[t.length] = r, shifted
	t.length++
}
