package strength

import (
	"slices"
	"unicode/utf8"

	"github.com/customergate/customergate/validation/strength/internal/keys"
)

// text is a password in the form in which it is compared.
type text struct {
	typed    [maxChars]rune // as it was typed, but for combining accents
	chars    [maxChars]rune // folded
	shifted  [maxChars]bool // which of them were typed with the shift key
	length   int
	foreign  bool // whether it may hold letters of other scripts than Latin
	keyed    bool // whether it is what keys of another script have been pressed for
	squeezed bool // whether each character may stand for two in a row
}

// clear removes every trace of the password.
func (t *text) clear() { *t = text{} }

// read folds the start of a password.
func (t *text) read(password []byte) {
	t.length, t.foreign = 0, false
	for seen := 0; seen < maxChars && len(password) > 0; seen++ {
		r, size := utf8.DecodeRune(password)
		password = password[size:]
		t.foreign = t.foreign || r >= keys.First
		if !isAccent(r) {
			t.typed[t.length] = r
			t.add(fold(r), isShifted(r))
		}
	}
}

// parted tells whether there are symbols between other characters. Those at the ends
// part no piece.
func (t *text) parted() bool {
	chars := t.chars[:t.length]
	for len(chars) > 0 && isSymbol(chars[0]) {
		chars = chars[1:]
	}
	for len(chars) > 0 && isSymbol(chars[len(chars)-1]) {
		chars = chars[:len(chars)-1]
	}
	return slices.ContainsFunc(chars, isSymbol)
}

// readBare copies a text without its symbols. It returns how many symbols that
// are, but for those that repeat the one two characters before: S.u.m.m.e.r.
func (t *text) readBare(from *text) int {
	t.length, t.keyed, t.squeezed = 0, false, false
	removed := 0
	for i, r := range from.chars[:from.length] {
		switch {
		case !isSymbol(r):
			t.typed[t.length] = from.typed[i]
			t.add(r, from.shifted[i])
		case i < 2 || from.chars[i-2] != r || isSymbol(from.chars[i-1]):
			removed++
		}
	}
	return removed
}

// readSqueezed copies a text with each run of one character made one. It is
// meant for a text in which characters are doubled or held down.
func (t *text) readSqueezed(from *text) {
	t.length, t.keyed, t.squeezed = 0, false, true
	for i, r := range from.chars[:from.length] {
		if i == 0 || r != from.chars[i-1] {
			t.typed[t.length] = from.typed[i]
			t.add(r, from.shifted[i])
		}
	}
}

// readKeys copies a text with the letters of other scripts replaced by the keys
// that they are typed with, as if these had been pressed on a US keyboard. It
// tells whether there are such letters.
func (t *text) readKeys(from *text) bool {
	t.length, t.keyed, t.squeezed = 0, false, false
	for i, r := range from.chars[:from.length] {
		typed, known := keys.Append(t.chars[:t.length], r)
		if !known {
			typed = append(typed, r)
		}
		if len(typed) > maxChars {
			break
		}
		for at := t.length; at < len(typed); at++ {
			t.typed[at], t.chars[at], t.shifted[at] = typed[at], fold(typed[at]), from.shifted[i]
		}
		t.length, t.keyed = len(typed), t.keyed || known
	}
	return t.keyed
}

// add appends a character.
func (t *text) add(r rune, shifted bool) {
	t.chars[t.length], t.shifted[t.length] = r, shifted
	t.length++
}
