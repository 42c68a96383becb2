package validation

import (
	"strings"

	"golang.org/x/net/idna"
)

// registration is IDNA's own profile but for its hyphens, which it counts in bytes. It
// takes symbols and emoji, as UTS 46 does, and passes over rules of context.
var registration = idna.New(idna.ValidateForRegistration(), idna.CheckHyphens(false))

// isALabel reports whether a label in lower case that begins with xn-- is an
// A-label: the Punycode of a label that may be registered (RFC 5891, section 4.2).
// There is one way to write it, and idna reads no other.
func isALabel(label string) bool {
	unicode, err := registration.ToUnicode(label)
	if err != nil {
		return false
	}
	runes := []rune(unicode)
	return !hasStrayHyphen(runes) && isRegistrable(runes)
}

// hasStrayHyphen reports a hyphen first or last, or two where those of a prefix
// stand (RFC 5891, section 4.2.3.1).
func hasStrayHyphen(label []rune) bool {
	last := len(label) - 1
	return label[0] == '-' || label[last] == '-' || last >= 3 && label[2] == '-' && label[3] == '-'
}

// hasALabelPrefix reports whether a label says that it is an A-label (RFC 5890,
// section 2.3.2.1).
func hasALabelPrefix(label string) bool {
	return len(label) >= len("xn--") && strings.EqualFold(label[:len("xn--")], "xn--")
}
