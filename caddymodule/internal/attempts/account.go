package attempts

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// foldAccount returns what is left of an account's name when it is compared as laxly as
// any common database compares: without case, accents, width and what shows nothing.
// Otherwise each spelling that a service finds the account by would have its own failures.
func foldAccount(account string) string {
	folded := strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.M, unicode.C, unicode.Other_Default_Ignorable_Code_Point) {
			return -1
		}
		return unicode.ToLower(unicode.ToUpper(r)) // U+017F has S for its capital, U+0131 I
	}, norm.NFKD.String(account))
	folded = strings.ReplaceAll(folded, "ß", "ss")
	return strings.TrimRight(strings.TrimSpace(folded), ".")
}
