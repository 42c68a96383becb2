package strength

import "unicode/utf8"

// leetLetters are the letters that a character can stand for.
var leetLetters = [utf8.RuneSelf]string{
	'4': "a", '@': "a",
	'8': "b",
	'(': "c",
	'3': "e",
	'6': "g", '9': "g",
	'1': "il", '!': "il", '|': "il",
	'0': "o",
	'5': "s", '$': "s",
	'7': "t", '+': "t",
	'2': "z",
}

// readings are what a character can be read as: itself, then its leet letters.
type readings struct {
	chars  [3]rune
	number int
}

// asciiReadings are the readings of the ASCII characters. Others have but one.
var asciiReadings = func() (table [utf8.RuneSelf]readings) {
	for char, letters := range leetLetters {
		r := &table[char]
		r.number = copy(r.chars[:], []rune(string(rune(char))+letters))
	}
	return table
}()

// asciiBits are the same as sets.
var asciiBits = func() (table [utf8.RuneSelf]charBits) {
	for char := range table {
		table[char] = asciiReadings[char].bits()
	}
	return table
}()

// bits are the readings as a set.
func (r *readings) bits() (set charBits) {
	for _, char := range r.chars[:r.number] {
		set |= bitOf(char)
	}
	return set
}

// readingBits are what a character can be read as.
func readingBits(char rune) charBits {
	if char < utf8.RuneSelf {
		return asciiBits[char]
	}
	sign := readingsOf(char)
	return sign.bits()
}

// signLetters are the letters that signs stand for which are keys of many keyboards and
// not in ASCII.
var signLetters = [...]struct {
	sign    rune
	letters string
}{{'€', "e"}, {'£', "le"}, {'§', "s"}, {'¢', "c"}, {'¥', "y"}}

// readingsOf returns what a character that is not ASCII can be read as.
func readingsOf(char rune) (r readings) {
	r.chars[0], r.number = char, 1
	if char > '§' && char != '€' {
		return r
	}
	for i := range signLetters {
		if signLetters[i].sign == char {
			r.number += copy(r.chars[1:], []rune(signLetters[i].letters))
		}
	}
	return r
}
