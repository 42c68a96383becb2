package validation

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"unicode/utf8"
)

const (
	maxDigits  = 190 // as many as a ciphertext holds under a 2048-bit key
	maxPattern = 1000
)

// makeDigitsRule wants ASCII digits, as many as the two bounds say.
func makeDigitsRule(_ place, arguments []string) (rule, error) {
	least, errLeast := strconv.Atoi(arguments[0])
	most, errMost := strconv.Atoi(arguments[1])
	if errLeast != nil || errMost != nil || least < 1 || most < least || most > maxDigits {
		return nil, fmt.Errorf("write `digits <min> <max>`, with 1 <= min <= max <= %d", maxDigits)
	}
	wanted := sayDigits(least, most)
	return func(c *check, v *value) {
		text := v.bytes()
		if len(text) < least || len(text) > most || !areDigits(text) {
			c.rejectWith(wanted)
		}
	}, nil
}

func areDigits(text []byte) bool {
	for _, b := range text {
		if !isDigit(b) {
			return false
		}
	}
	return true
}

// makeMatchesRule wants a text that matches an expression as a whole. Go's
// expressions (RE2) take time in proportion to the text, whatever they are.
func makeMatchesRule(_ place, arguments []string) (rule, error) {
	switch {
	case arguments[0] == "" || len(arguments[0]) > maxPattern:
		return nil, fmt.Errorf("an expression has 1 to %d bytes", maxPattern)
	case !utf8.ValidString(arguments[0]):
		return nil, errors.New("the expression is not UTF-8")
	}
	// Alone first, so that its brackets cannot reach beyond those around it.
	if _, err := regexp.Compile(arguments[0]); err != nil {
		return nil, err
	}
	whole, err := regexp.Compile(`\A(?:` + arguments[0] + `)\z`)
	if err != nil {
		return nil, err
	}
	return func(c *check, v *value) {
		if !whole.Match(v.bytes()) {
			c.reject(Format)
		}
	}, nil
}

// bytes are those of a text, for rules that judge what is sealed and what is not.
func (v *value) bytes() []byte {
	if v.opened {
		return v.secret
	}
	return []byte(v.text)
}
