package schema

import (
	"strconv"

	"github.com/customergate/customergate/validation"
)

// ruleCodes are what the rules refuse a value with.
var ruleCodes = map[string][]validation.Code{
	"token":           {validation.NotListed},
	"name":            {validation.NameLength, validation.NameCharacters},
	"email":           {validation.EmailTooLong, validation.EmailFormat},
	"email_plausible": {validation.EmailTooLong, validation.EmailFormat},
	"phone":           {validation.PhoneFormat, validation.PhoneTrunkZero, validation.PhoneInvalid},
	"dialing_code":    {validation.PhoneCountry},
	"date":            {validation.DateFormat},
	"birth_date":      {validation.BirthDateFormat, validation.BirthDateFuture, validation.BirthDateUnderage, validation.BirthDateTooOld},
	"country":         {validation.NotListed},
	"digits":          {validation.Format},
	"matches":         {validation.Format},
	"same_as":         {validation.Mismatch},
	"differs_from":    {validation.Unchanged},
	"password": {validation.PasswordTooShort, validation.PasswordTooLong, validation.PasswordUppercase, validation.PasswordLowercase,
		validation.PasswordDigit, validation.PasswordSpecial, validation.PasswordCommon, validation.PasswordPersonal},
	"encrypted":       {validation.PlaintextNotAllowed},
	"integer":         {validation.WrongType},
	"email_immutable": {validation.EmailImmutable},
	"unknown_field":   {validation.UnknownField},
}

// freeformCodes are what is refused within a value of the client's own: numbers and
// names that JSON readers do not agree on, and control characters.
var freeformCodes = []validation.Code{validation.WrongType, validation.TooLong, validation.Characters, validation.UnknownField}

// codesOf are what one rule refuses a value with, among the fields of an object.
func (w *writer) codesOf(f validation.Field, r validation.Rule, neighbours []validation.Field) []validation.Code {
	switch r.Name {
	case "same_as":
		for _, other := range neighbours {
			if _, password := other.Rule("password"); password && other.Name == r.Arguments[0] {
				return []validation.Code{validation.PasswordMismatch}
			}
		}
	case "differs_from":
		if _, password := f.Rule("password"); password {
			return []validation.Code{validation.PasswordUnchanged}
		}
	}
	return ruleCodes[r.Name]
}

// violations are the codes that a field can be refused with, in the order in which
// they are looked for. What is relaxed is none.
func (w *writer) violations(f validation.Field, neighbours []validation.Field) []validation.Code {
	var codes codeList
	if f.Type == validation.Barred {
		codes.add(w.codesOf(f, f.Rules[0], neighbours)...)
		return codes
	}
	if f.Required || f.RequiredWith != "" || f.Sealed {
		codes.add(validation.Required)
	}
	codes.add(validation.WrongType)
	switch {
	case f.Sealed:
		codes.add(validation.PasswordUndecryptable)
		if !w.stated {
			codes.add(validation.PlaintextNotAllowed)
		}
	case f.Type == validation.Text:
		codes.add(validation.Characters)
	case f.Type == validation.Object && len(f.Members) == 0:
		codes.add(freeformCodes...)
	}
	if f.Bounds != nil {
		codes.add(boundCodes(f)...)
	}
	if len(f.OneOf) > 0 {
		codes.add(validation.NotListed)
	}
	for _, r := range f.Rules {
		codes.add(w.codesOf(f, r, neighbours)...)
	}
	if f.Claimed && w.source.Unique {
		codes.add(validation.EmailTaken, validation.EmailPending)
	}
	return w.enforced(codes)
}

func boundCodes(f validation.Field) []validation.Code {
	switch {
	case f.Type == validation.Number:
		return []validation.Code{validation.OutOfRange}
	case f.Bounds.Min > 0:
		return []validation.Code{validation.TooShort, validation.TooLong}
	}
	return []validation.Code{validation.TooLong}
}

// codeList has no code twice.
type codeList []validation.Code

func (l *codeList) add(codes ...validation.Code) {
next:
	for _, code := range codes {
		for _, there := range *l {
			if there == code {
				continue next
			}
		}
		*l = append(*l, code)
	}
}

// enforced leaves out what is relaxed.
func (w *writer) enforced(codes []validation.Code) []validation.Code {
	kept := codes[:0:0]
	for _, code := range codes {
		if !w.relaxes(code) {
			kept = append(kept, code)
		}
	}
	return kept
}

// relaxes reports whether the policy lets any of these pass.
func (w *writer) relaxes(codes ...validation.Code) bool {
	for _, code := range codes {
		if w.source.Policy.Codes[code] != validation.Enforced {
			return true
		}
	}
	return false
}

// params are those that violations of a value have, as far as they are the same for
// every body: figures of the policy, and what else a program needs to say what is
// wanted.
func (w *writer) params(f validation.Field, codes []validation.Code) Object {
	var all Object
	for _, code := range codes {
		figures := fieldParams(f, code)
		if figures == nil {
			figures = w.policyParams(code)
		}
		if figures != nil {
			all.put(string(code), figures)
		}
	}
	return all
}

// fieldParams are those that the table says.
func fieldParams(f validation.Field, code validation.Code) Object {
	switch code {
	case validation.TooLong, validation.TooShort, validation.OutOfRange:
		if f.Bounds != nil { // names within a value of the client's own may be too long, too
			return Object{{"min", f.Bounds.Min}, {"max", f.Bounds.Max}}
		}
	case validation.NotListed:
		if len(f.OneOf) > 0 {
			return Object{{"values", f.OneOf}}
		}
	case validation.Format:
		if digits, found := f.Rule("digits"); found {
			least, most := digitBounds(digits)
			return Object{{"min", least}, {"max", most}}
		}
	case validation.Mismatch, validation.PasswordMismatch:
		return otherField(f, "same_as")
	case validation.Unchanged, validation.PasswordUnchanged:
		return otherField(f, "differs_from")
	}
	return nil
}

func otherField(f validation.Field, rule string) Object {
	r, _ := f.Rule(rule)
	return Object{{"field", r.Arguments[0]}}
}

// policyParams are those that the policy says, or the contract.
func (w *writer) policyParams(code validation.Code) Object {
	policy := w.source.Policy
	switch code {
	case validation.NameLength:
		return Object{{"min", policy.NameMin}, {"max", policy.NameMax}}
	case validation.NameCharacters:
		if len(policy.NamePunctuation) > 0 {
			return Object{{"punctuation", policy.NamePunctuation}}
		}
	case validation.EmailTooLong:
		return Object{{"max", 255}}
	case validation.PhoneFormat:
		return Object{{"min", 7}, {"max", 15}}
	case validation.BirthDateUnderage:
		return Object{{"min", policy.AgeMin}}
	case validation.BirthDateTooOld:
		return Object{{"max", policy.AgeMax}}
	case validation.PasswordTooShort:
		return Object{{"min", policy.PasswordMin}}
	case validation.PasswordTooLong:
		return Object{{"max", passwordMaxBytes}}
	case validation.PasswordUppercase:
		return Object{{"characters", "A-Z"}}
	case validation.PasswordLowercase:
		return Object{{"characters", "a-z"}}
	case validation.PasswordDigit:
		return Object{{"characters", "0-9"}}
	case validation.PasswordSpecial:
		return Object{{"characters", "!@#$%^&*"}}
	}
	return nil
}

// digitBounds are those of the rule digits, which a table has been made with.
func digitBounds(r validation.Rule) (least, most int) {
	least, _ = strconv.Atoi(r.Arguments[0])
	most, _ = strconv.Atoi(r.Arguments[1])
	return least, most
}
