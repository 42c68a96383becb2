package strength

import "unicode/utf8"

// charSet is a set of the characters that a text has or that its characters can
// stand for.
type charSet struct {
	ascii  [utf8.RuneSelf]bool
	digits int  // in the text
	all    bool // whether it may have any
}

// of makes it the set of a text. One that has letters of other scripts is read as
// the keys that they are typed with, too, which can be any.
func (s *charSet) of(t *text) {
	s.all = t.foreign
	for _, r := range t.chars[:t.length] {
		if isDigit(r) {
			s.digits++
		}
		if r >= utf8.RuneSelf {
			s.all = true
			continue
		}
		read := &asciiReadings[r]
		for _, char := range read.chars[:read.number] {
			s.ascii[char] = true
		}
	}
}

// hasNumber tells whether the text may have so many digits.
func (s *charSet) hasNumber(digits int) bool { return s.all || s.digits >= digits }

// hasPart tells whether the text may have so many characters in a row that another
// one has, but for its symbols.
func (s *charSet) hasPart(of []rune, least int) bool {
	if s.all {
		return true
	}
	inRow := 0
	for _, r := range of {
		switch {
		case r < utf8.RuneSelf && s.ascii[r]:
			if inRow++; inRow == least {
				return true
			}
		case !isSymbol(r):
			inRow = 0
		}
	}
	return false
}

// leading returns how many characters of a word are in the set up to the first one
// that is not.
func (s *charSet) leading(word []rune) int {
	if s.all {
		return len(word)
	}
	for i, r := range word {
		if r >= utf8.RuneSelf || !s.ascii[r] {
			return i
		}
	}
	return len(word)
}
