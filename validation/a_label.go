package validation

import (
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/text/secure/precis"
)

// registration is IDNA's own profile but for its hyphens, which it counts in
// bytes; identifiers is the class of RFC 8264 that has the code points of IDNA2008
// and its rules of context (RFC 5892), which idna passes over: it takes symbols
// and emoji, as UTS 46 does.
var (
	registration = idna.New(idna.ValidateForRegistration(), idna.CheckHyphens(false))
	identifiers  = precis.NewIdentifier()
)

// isALabel reports whether a label in lower case that begins with xn-- is an
// A-label: the Punycode of a label that may be registered (RFC 5891, section 4.2).
// There is one way to write it, and idna reads no other.
func isALabel(label string) bool {
	unicode, err := registration.ToUnicode(label)
	if err != nil || hasStrayHyphen([]rune(unicode)) {
		return false
	}
	_, err = identifiers.String(unicode)
	return err == nil && !strings.ContainsFunc(unicode, isIgnorable)
}

// isIgnorable reports a character of the blocks that IDNA2008 takes none from (RFC 5892,
// section 2.7), marks for symbols and notes; RFC 8264 has no such class.
func isIgnorable(r rune) bool {
	return r >= 0x20D0 && r <= 0x20FF || r >= 0x1D100 && r <= 0x1D24F
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
