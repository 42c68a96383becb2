package validation

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Enforcement is what comes of a value that breaks a rule.
type Enforcement uint8

const (
	// Enforced refuses the submission. It is the default.
	Enforced Enforcement = iota
	// Monitored lets the value through as it was sent, and tells in
	// [Submission.Relaxed] what would have been refused.
	Monitored
	// Off lets the value through as it was sent.
	Off
)

// relaxable are the codes about a value that one upstream may take and another may
// not. All others are about what every parser has to read alike (the form of the
// body, types, control characters, members that the contract does not know), about
// what has to be there, or have an option of their own.
var relaxable = map[Code]bool{
	NotListed: true, TooLong: true, TooShort: true, OutOfRange: true, Duplicate: true, Format: true, DateFormat: true, Mismatch: true, Unchanged: true,
	NameLength: true, NameCharacters: true,
	EmailTooLong: true, EmailFormat: true,
	PhoneFormat: true, PhoneTrunkZero: true, PhoneInvalid: true, PhoneCountry: true,
	BirthDateFormat: true, BirthDateFuture: true, BirthDateUnderage: true, BirthDateTooOld: true,
	PasswordTooShort: true, PasswordTooLong: true, PasswordUppercase: true, PasswordLowercase: true, PasswordDigit: true, PasswordSpecial: true,
	PasswordCommon: true, PasswordPersonal: true, PasswordMismatch: true, PasswordUnchanged: true,
}

// RelaxableCodes lists the codes that [Policy.Codes] may name, sorted.
func RelaxableCodes() []Code { return slices.Sorted(maps.Keys(relaxable)) }

func checkCodes(codes map[Code]Enforcement) error {
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		if !relaxable[code] {
			return fmt.Errorf("%s: this code is always enforced, or is none; those that need not be are %s", code, spacedCodes(RelaxableCodes()))
		}
	}
	return nil
}

// spacedCodes lists codes for people.
func spacedCodes(codes []Code) string {
	words := make([]string, len(codes))
	for i, code := range codes {
		words[i] = string(code)
	}
	return strings.Join(words, ", ")
}

// maxRelaxed bounds what is told of one submission, of which a list may have
// thousands.
const maxRelaxed = 64

// relaxed reports whether a value passes although it breaks a rule, and notes it.
func (c *check) relaxed(what saying) bool {
	enforcement := c.rules.policy.Codes[what.code]
	if enforcement == Enforced {
		return false
	}
	c.value.asSent = true
	if enforcement == Monitored && len(c.s.relaxed) < maxRelaxed {
		c.s.relaxed = append(c.s.relaxed, c.violation(what))
	}
	return true
}

// Relaxed returns what [Submission.Check] and [Submission.CheckSecrets] would have
// found if every code that is monitored were enforced, in document order: 64
// violations at most.
func (s *Submission) Relaxed() []Violation {
	inDocumentOrder(s.relaxed)
	return s.relaxed
}
