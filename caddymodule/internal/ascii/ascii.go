// Package ascii changes the letters A-Z and a-z, and no others: Unicode has
// letters whose lower case is among them.
package ascii

import "strings"

// Lower puts A-Z in lower case and leaves everything else as it is.
func Lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
