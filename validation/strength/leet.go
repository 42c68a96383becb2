package strength

import (
	"unicode/utf8"

	"github.com/customergate/customergate/validation/strength/internal/keys"
)

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

// signReadings are the readings of signs that are keys of many keyboards and not in
// ASCII. The dictionary holds none of them, so that there is no reading as itself.
var signReadings = map[rune]*readings{
	'€': {chars: [3]rune{0, 'e'}, number: 2},
	'£': {chars: [3]rune{0, 'l', 'e'}, number: 3},
	'§': {chars: [3]rune{0, 's'}, number: 2},
	'¢': {chars: [3]rune{0, 'c'}, number: 2},
	'¥': {chars: [3]rune{0, 'y'}, number: 2},
}

// readingsOf returns what a character can be read as, nil when that is itself alone.
func readingsOf(char rune) *readings {
	if char < utf8.RuneSelf {
		return &asciiReadings[char]
	}
	if char < keys.First || char == '€' {
		return signReadings[char]
	}
	return nil
}
