package validation

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	emailMaxCharacters = 255 // the platform's own limit
	emailMaxOctets     = 254 // a path of 256 without its brackets: RFC 5321, section 4.5.3.1.3
	localPartMaxOctets = 64  // RFC 5321, section 4.5.3.1.1
	labelMaxOctets     = 63  // RFC 1035, section 2.3.4
)

// emailRule accepts deliverable ASCII addresses, dot-atom @ domain, and puts
// the domain, whose case means nothing, in lower case.
func emailRule(c *check, v *value) {
	// A code point has at least one byte, so only long texts need counting.
	if len(v.text) > emailMaxCharacters && utf8.RuneCountInString(v.text) > emailMaxCharacters {
		c.reject(EmailTooLong)
		return
	}
	address, valid := NormalizeEmail(v.text)
	if !valid {
		c.rejectWith(c.rules.sayEmail(v.text))
		return
	}
	v.text = address
}

// sayEmail says what to do about an address that is none, if that can be
// told.
func (r *Rules) sayEmail(address string) saying {
	_, domain, _ := strings.Cut(address, "@")
	switch {
	case strings.TrimFunc(address, isBlank) != address:
		return sayEmailBlank
	case strings.ContainsFunc(domain, isNotASCII):
		return sayEmailDomain
	case isLabel(domain):
		return sayEmailDot
	}
	return r.usual[EmailFormat]
}

// isBlank reports whether a character shows nothing, as people paste them along.
func isBlank(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

func isNotASCII(r rune) bool { return r > unicode.MaxASCII }

// NormalizeEmail returns an address as a registration forwards it, its domain in
// lower case, and whether the email rule accepts it (contract, section 3).
func NormalizeEmail(address string) (normalized string, valid bool) {
	local, domain, found := strings.Cut(address, "@")
	if !found || len(address) > emailMaxOctets || !isLocalPart(local) || !isDomain(domain) {
		return "", false
	}
	if lower := strings.ToLower(domain); lower != domain {
		return local + "@" + lower, true
	}
	return address, true
}

// plausibleEmail accepts whatever can have been an address under any rule, and
// leaves it as it is: customers of old must be found by it.
func plausibleEmail(c *check, v *value) {
	if len(v.text) > emailMaxCharacters && utf8.RuneCountInString(v.text) > emailMaxCharacters {
		c.reject(EmailTooLong)
		return
	}
	at := strings.LastIndexByte(v.text, '@')
	if at < 1 || at == len(v.text)-1 || strings.TrimFunc(v.text, isBlank) != v.text {
		c.reject(EmailFormat)
	}
}

// immutableEmail refuses an address whatever it is: it is never changed once a
// customer has it.
func immutableEmail(c *check, _ *value) { c.reject(EmailImmutable) }

// isLocalPart reports whether a text is a dot-atom (RFC 5321, section 4.1.2: Dot-string).
func isLocalPart(local string) bool {
	if len(local) == 0 || len(local) > localPartMaxOctets {
		return false
	}
	previous := byte('.')
	for i := range len(local) {
		b := local[i]
		if b == '.' && previous == '.' || b != '.' && !isAtomByte(b) {
			return false
		}
		previous = b
	}
	return previous != '.'
}

// isAtomByte reports whether a byte is atext (RFC 5322, section 3.2.3).
func isAtomByte(b byte) bool {
	return isLetter(b) || isDigit(b) || strings.IndexByte("!#$%&'*+-/=?^_`{|}~", b) >= 0
}

// isDomain reports whether a text is two or more LDH labels (RFC 5890, section
// 2.3.1), of which the last is alphabetic or an A-label: no address, no
// unqualified host.
func isDomain(domain string) bool {
	labels := 0
	for label := range strings.SplitSeq(domain, ".") {
		if !isLabel(label) {
			return false
		}
		labels++
	}
	top := domain[strings.LastIndexByte(domain, '.')+1:]
	return labels >= 2 && isTopLevel(top)
}

func isLabel(label string) bool {
	if len(label) == 0 || len(label) > labelMaxOctets || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	for i := range len(label) {
		if b := label[i]; !isLetter(b) && !isDigit(b) && b != '-' {
			return false
		}
	}
	return !hasALabelPrefix(label) || isALabel(strings.ToLower(label))
}

func isTopLevel(label string) bool {
	if hasALabelPrefix(label) {
		return true
	}
	for i := range len(label) {
		if !isLetter(label[i]) {
			return false
		}
	}
	return true
}
