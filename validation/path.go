package validation

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// pathSeparators stand between names where readers take one name for the way to
// a member of a member, or to a part of one: address.city, /address/city,
// [address][city], address->city, dob(1i).
const pathSeparators = ".[]/:>()"

// separator returns the one that a character is or, as full width, stands for; 0
// for none.
func separator(r rune) byte {
	spelled := string(r)
	if r >= utf8.RuneSelf {
		spelled = string(norm.NFKD.PropertiesString(spelled).Decomposition())
	}
	if i := strings.IndexAny(spelled, pathSeparators); i >= 0 {
		return spelled[i]
	}
	return 0
}

func isSeparator(r rune) bool { return separator(r) != 0 }

// wayInto returns the member that a name would be a way into, as foldName leaves
// it, and the separator behind it; 0 for a name that is no way.
func wayInto(name string) (folded string, behind byte) {
	for {
		end := strings.IndexFunc(name, isSeparator)
		if end < 0 {
			return "", 0
		}
		r, size := utf8.DecodeRuneInString(name[end:])
		if folded := foldName(name[:end]); folded != "" {
			return folded, separator(r)
		}
		name = name[end+size:]
	}
}

// isReserved reports whether JavaScript gives a member of this name a meaning of
// its own, or one on the way that the name is to some reader, so that readers would
// not agree on what was sent.
func isReserved(name string) bool {
	const prototype = "__proto__"
	return strings.Contains(name, prototype) && slices.Contains(strings.FieldsFunc(name, endsName), prototype)
}

// endsName reports whether a character ends a name on a way: a['b'].c.
func endsName(r rune) bool { return r == '\'' || r == '"' || isSeparator(r) }
