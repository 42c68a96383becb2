package validation

import "strings"

// tokenRule wants a token of RFC 9110, section 5.6.2. An empty text leaves open
// what it is about.
func tokenRule(c *check, v *value) {
	for i := range len(v.text) {
		if !isTokenByte(v.text[i]) {
			c.rejectWith(sayNoToken)
			return
		}
	}
}

// tokenPunctuation is what a token may have besides letters and digits.
const tokenPunctuation = "!#$%&'*+-.^_`|~" //nolint:gosec // the characters of a token of HTTP, no credential

func isTokenByte(b byte) bool {
	return isLetter(b) || isDigit(b) || strings.IndexByte(tokenPunctuation, b) >= 0
}
