package strength

import (
	"strings"
	"unicode/utf8"
)

// key is a place on the keyboard. Rows are numbered from 1 at the digits, so
// that the zero key is no key.
type key struct{ row, column int8 }

// keys are the places of the characters on the US keyboard, shifted or not,
// letters in small.
var keys = func() (table [utf8.RuneSelf]key) {
	for row, characters := range [...][2]string{
		{"`1234567890-=", "~!@#$%^&*()_+"},
		{" qwertyuiop[]\\", " QWERTYUIOP{}|"},
		{" asdfghjkl;'", " ASDFGHJKL:\""},
		{" zxcvbnm,./", " ZXCVBNM<>?"},
	} {
		for _, layer := range characters {
			for column, character := range strings.ToLower(layer) {
				if character != ' ' {
					table[character] = key{int8(row + 1), int8(column)}
				}
			}
		}
	}
	return table
}()

// shiftedKeys are the characters of the US keyboard that need the shift key.
var shiftedKeys = func() (table [utf8.RuneSelf]bool) {
	for _, character := range `~!@#$%^&*()_+{}|:"<>?ABCDEFGHIJKLMNOPQRSTUVWXYZ` {
		table[character] = true
	}
	return table
}()

// isShifted tells whether a character, not folded, needs the shift key.
func isShifted(r rune) bool { return r < utf8.RuneSelf && shiftedKeys[r] }

// keysBetween tells whether two characters are on neighbouring keys; whether
// these touch, which diagonally they do in one direction only, since each row is
// shifted half a key against the row above; and the step from one to the other
// when they are in one row: -1, 1 or 0.
func keysBetween(a, b rune) (near, touching bool, rowStep int) {
	if a >= utf8.RuneSelf || b >= utf8.RuneSelf {
		return false, false, 0
	}
	from, to := keys[a], keys[b]
	if from.row == 0 || to.row == 0 {
		return false, false, 0
	}
	rows, columns := int(to.row-from.row), int(to.column-from.column)
	if from == to || max(rows, -rows, columns, -columns) > 1 {
		return false, false, 0
	}
	if rows == 0 {
		return true, true, columns
	}
	return true, rows != columns, 0
}
