package strength

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// key is a place on the keyboard. Rows are numbered from 1 at the digits, so
// that the zero key is no key.
type key struct{ row, column int8 }

// keyRows are the rows of the US keyboard, without the shift key and with it.
var keyRows = [...][2]string{
	{"`1234567890-=", "~!@#$%^&*()_+"},
	{" qwertyuiop[]\\", " QWERTYUIOP{}|"},
	{" asdfghjkl;'", " ASDFGHJKL:\""},
	{" zxcvbnm,./", " ZXCVBNM<>?"},
}

// keyPlaces are the places of the characters on the US keyboard, shifted or not,
// letters in small.
var keyPlaces = func() (table [utf8.RuneSelf]key) {
	for row, layers := range keyRows {
		for _, layer := range layers {
			for column, character := range strings.ToLower(layer) {
				if character != ' ' {
					table[character] = key{int8(row + 1), int8(column)}
				}
			}
		}
	}
	return table
}()

// unshifted are what the key of each character types without the shift key,
// shifted what it types with it.
var unshifted, shifted = func() (without, with [utf8.RuneSelf]rune) {
	for i := range without {
		without[i], with[i] = rune(i), rune(i)
	}
	for _, layers := range keyRows {
		for i, character := range layers[1] {
			without[character] = rune(layers[0][i])
			with[layers[0][i]] = character
		}
	}
	return without, with
}()

// shiftedKeys are the characters of the US keyboard that need the shift key.
var shiftedKeys = func() (table [utf8.RuneSelf]bool) {
	for _, character := range `~!@#$%^&*()_+{}|:"<>?ABCDEFGHIJKLMNOPQRSTUVWXYZ` {
		table[character] = true
	}
	return table
}()

// isShifted tells whether a character, not folded, needs the shift key.
func isShifted(r rune) bool {
	if r < utf8.RuneSelf {
		return shiftedKeys[r]
	}
	return unicode.IsUpper(r)
}

// closeness is how close two keys are.
type closeness struct {
	near     bool // neighbours
	touching bool // and touching, which diagonally they do in one direction only
	column   bool // in one column
	strip    bool // in one column or two neighbouring ones
	rowStep  int  // from one to the other when they are in one row: -1, 1 or 0
}

// keysBetween tells how close the keys of two characters are. Each row is shifted
// half a key against the row above.
func keysBetween(a, b rune) closeness {
	if a >= utf8.RuneSelf || b >= utf8.RuneSelf {
		return closeness{}
	}
	from, to := keyPlaces[a], keyPlaces[b]
	if from.row == 0 || to.row == 0 || from == to {
		return closeness{}
	}
	rows, columns := int(to.row-from.row), int(to.column-from.column)
	close := closeness{
		near:   max(rows, -rows, columns, -columns) == 1,
		column: columns == 0,
		strip:  max(columns, -columns) <= 1,
	}
	close.touching = close.near && rows != columns
	if close.near && rows == 0 {
		close.rowStep = columns
	}
	return close
}
