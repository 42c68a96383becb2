package numbering

import (
	"strconv"
	"strings"
)

// IsValid reports whether an international number, + and digits, is one that its
// country has given out, spelled as E.164 spells it.
func IsValid(number string) bool {
	p, national := split(number)
	return p != nil && p.spelled(national) == national && p.knows(national)
}

// WithoutTrunkZero returns a number without the zero that is dialled inside its country
// only, which E.164 leaves out, and whether it has one. It has none where the zero
// belongs to the numbers themselves, as in Italy.
func WithoutTrunkZero(number string) (shorter string, found bool) {
	p, national := split(number)
	if p == nil || !p.trunkZero || !strings.HasPrefix(national, "0") {
		return "", false
	}
	code := strings.TrimSuffix(number, national)
	return code + national[1:], true
}

// split returns the plan of an international number, nil if its calling code is
// nobody's, and what follows the code.
func split(number string) (p *plan, national string) {
	code := CallingCode(number)
	if code == "" {
		return nil, ""
	}
	n, _ := strconv.Atoi(code) // one to three digits
	return planOf(n), number[1+len(code):]
}

// spelled is a national number as E.164 spells it: without the trunk prefix, where it
// begins with one. It does not where it is a number as it stands and would be none
// without, and where nobody could dial what is left.
func (p *plan) spelled(national string) string {
	if p.trunkPrefix == nil {
		return national
	}
	match := p.trunkPrefix.FindStringSubmatchIndex(national)
	if match == nil {
		return national
	}
	shorter := national[match[1]:]
	if captured := match[len(match)-2] >= 0; captured && p.replacement != "" {
		shorter = string(p.trunkPrefix.ExpandString(nil, p.replacement, national, match)) + shorter
	}
	main := &p.regions[0]
	if main.general.digits.MatchString(national) && !main.general.digits.MatchString(shorter) || !main.canDial(shorter) {
		return national
	}
	return shorter
}

// canDial reports whether a number is long enough to be one, if not too long.
func (r *region) canDial(national string) bool {
	length := len(national)
	return !r.localLengths.has(length) && (r.general.lengths.has(length) || r.general.lengths>>length == 0)
}
