package validation

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// foldName returns what is left of a member's name when it is compared as
// laxly as any common reader compares names: letters and digits, without case,
// without marks, and ASCII for whatever stands for it (full width, long s,
// Kelvin sign, the i of Turkish with and without its dot). Names that fold alike
// are one name to some reader: encoding/json and Newtonsoft pass over case,
// encoding/json/v2 can be told to pass over _ and - too, and so on.
func foldName(name string) string {
	folded := make([]byte, 0, len(name))
	for i := 0; i < len(name); {
		if b := name[i]; b < utf8.RuneSelf {
			folded = appendFoldedASCII(folded, b)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(name[i:])
		folded = appendFolded(folded, r, name[i:i+size])
		i += size
	}
	return string(folded)
}

func appendFoldedASCII(folded []byte, b byte) []byte {
	switch {
	case isLetter(b):
		return append(folded, b|0x20)
	case isDigit(b):
		return append(folded, b)
	}
	return folded
}

// appendFolded appends the letters and digits that a character is composed of.
// The few characters that stand for whole phrases stay as they are: none stands
// for ASCII, and names of them would become many times as long.
func appendFolded(folded []byte, r rune, spelled string) []byte {
	parts := norm.NFKD.PropertiesString(spelled).Decomposition()
	if len(parts) == 0 || len(parts) > 4*len(spelled) {
		return appendFoldedRune(folded, r)
	}
	for _, part := range string(parts) {
		folded = appendFoldedRune(folded, part)
	}
	return folded
}

func appendFoldedRune(folded []byte, r rune) []byte {
	switch {
	case r == 'ß' || r == 'ẞ':
		return append(folded, "ss"...)
	case isInvisible(r): // the fillers of Hangul are letters to Unicode
	case unicode.IsLetter(r) || unicode.IsNumber(r):
		return utf8.AppendRune(folded, unicode.ToLower(unicode.ToUpper(r))) // ı has I for its capital
	}
	return folded
}

// clashes reports whether some reader would take a name for a member of the
// object, for a way into one, or for something else that it is not.
func (o object) clashes(name string) bool {
	if isReserved(name) || o.folded[foldName(name)] {
		return true
	}
	member, behind := wayInto(name)
	return o.containers[member] || behind == '(' && o.folded[member]
}
