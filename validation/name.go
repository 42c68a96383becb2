package validation

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// nameRule is the rule of first and last names: letters of any script with
// their marks, single spaces, hyphens and apostrophes, normalised to NFC.
func nameRule(c *check, v *value) {
	name := strings.Trim(v.text, " ")
	// Composing makes a text at most 4 times shorter in code points, the longest
	// canonical decomposition there is; beyond that no work is needed.
	if utf8.RuneCountInString(name) <= 4*c.rules.policy.NameMax {
		name = norm.NFC.String(name)
	}
	if n := utf8.RuneCountInString(name); n < c.rules.policy.NameMin || n > c.rules.policy.NameMax {
		c.reject(NameLength)
	}
	if !c.rules.isName(name) {
		c.reject(NameCharacters)
	}
	v.text = joinName(name)
}

// isName reports whether a text is spelled as names are. A mark needs a letter
// to stand on, and the whole name a letter of a script.
func (r *Rules) isName(name string) bool {
	lettered := false // a letter of a script was there
	marked := false   // the previous code point may carry a mark
	joined := false
	for _, char := range name {
		switch {
		case char <= unicode.MaxASCII && isLetter(byte(char)):
			lettered, marked = true, true
		case char == ' ' || char == '-' || isApostrophe(char) || strings.ContainsRune(r.namePunctuation, char):
			marked = false
		case isJoiner(char):
			joined = true
		case isInvisible(char):
			return false
		case unicode.IsLetter(char):
			lettered = lettered || isScriptLetter(char)
			marked = true
		case !unicode.IsMark(char) || !marked:
			return false
		}
	}
	return lettered && (!joined || joinersFit(name))
}

// isScriptLetter reports whether a letter is one of some script's alphabet: no
// modifier letter, not the raised ª and º, and none that Unicode counts to all
// scripts, such as the prolonged sound mark ー.
func isScriptLetter(r rune) bool {
	return r <= unicode.MaxASCII || !unicode.In(r, unicode.Lm, unicode.Other_Lowercase, unicode.Common, unicode.Inherited)
}

// isApostrophe lists the characters that keyboards and phones write for an
// apostrophe: U+0027, the quotation mark U+2019, the letter U+02BC.
func isApostrophe(r rune) bool { return r == '\'' || r == '’' || r == 'ʼ' }

// isInvisible reports whether a letter or mark shows nothing: two names which
// differ by one look the same, and a name of them looks empty. Unicode's
// Default_Ignorable_Code_Point covers all of them but the fillers and blanks
// listed here (those it covers that are neither letters nor marks never get
// this far).
func isInvisible(r rune) bool {
	switch r {
	case 0x16FE4, // KHITAN SMALL SCRIPT FILLER
		0x13441, // EGYPTIAN HIEROGLYPH FULL BLANK
		0x13442: // EGYPTIAN HIEROGLYPH HALF BLANK
		return true
	}
	return r >= 0x34F && unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// joinName makes runs of spaces one and every apostrophe U+0027 (contract,
// section 5).
func joinName(name string) string {
	if !strings.Contains(name, "’") && !strings.Contains(name, "ʼ") && !strings.Contains(name, "  ") {
		return name
	}
	var b strings.Builder
	b.Grow(len(name))
	previous := rune(0)
	for _, r := range name {
		if isApostrophe(r) {
			r = '\''
		}
		if r != ' ' || previous != ' ' {
			b.WriteRune(r)
		}
		previous = r
	}
	return b.String()
}
