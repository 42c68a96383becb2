package validation

import "github.com/customergate/customergate/validation/strength"

// saying is what a violation says: its code, with params and in English.
type saying struct {
	code    Code
	params  Params
	message string
}

// say makes a saying of one of the table's sentences. What does not depend on the
// body is made once, so that a refusal costs no formatting.
func say(code Code, reason string, params ...Param) saying {
	if reason != "" {
		params = append([]Param{{paramReason, reason}}, params...)
	}
	s := saying{code: code, params: params}
	s.message = sentences[s.params.Key(string(code))].Say(s.params)
	return s
}

// at is the violation at a place.
func (s saying) at(at spot) Violation {
	return Violation{Pointer: at.pointer, Code: s.code, Params: s.params, Message: s.message, place: at.place, offset: at.offset}
}

// usual are the sayings that need to know no more than the policy.
func (p Policy) usual() map[Code]saying {
	usual := make(map[Code]saying, len(codeRows))
	for _, code := range []Code{
		Required, Characters, EmailImmutable, PhoneTrunkZero, PhoneInvalid, PhoneCountry, BirthDateFormat, BirthDateFuture,
		PasswordUndecryptable, Format, DateFormat, EmailFormat, Duplicate,
	} {
		usual[code] = say(code, "")
	}
	for _, s := range []saying{
		say(UnknownField, "", Param{paramSubject, p.Endpoint.subject}),
		say(PlaintextNotAllowed, "", Param{paramField, p.Endpoint.nameOf(p.Endpoint.encrypted)}),
		say(NameLength, "", Param{paramMin, p.NameMin}, Param{paramMax, p.NameMax}),
		sayNameCharacters(p.NamePunctuation),
		say(EmailTooLong, "", Param{paramMax, emailMaxCharacters}),
		say(PhoneFormat, "", Param{paramMin, phoneMinDigits}, Param{paramMax, phoneMaxDigits}),
		say(BirthDateUnderage, "", Param{paramMin, p.AgeMin}),
		say(BirthDateTooOld, "", Param{paramMax, p.AgeMax}),
		say(PasswordTooShort, "", Param{paramMin, p.PasswordMin}),
		say(PasswordTooLong, "", Param{paramMax, passwordMaxBytes}),
		say(PasswordUppercase, "", Param{paramCharacters, "A-Z"}),
		say(PasswordLowercase, "", Param{paramCharacters, "a-z"}),
		say(PasswordDigit, "", Param{paramCharacters, "0-9"}),
		say(PasswordSpecial, "", Param{paramCharacters, passwordSpecials}),
	} {
		usual[s.code] = s
	}
	return usual
}

// sayNameCharacters says what a name may be written with.
func sayNameCharacters(punctuation []string) saying {
	if len(punctuation) == 0 {
		return say(NameCharacters, "")
	}
	return say(NameCharacters, "more", Param{paramPunctuation, punctuation})
}

// What does not even depend on the policy.
var (
	sayNoDouble        = say(WrongType, "double", Param{paramType, "number"}, Param{paramMax, maxNumber})
	sayManyDigits      = say(WrongType, "digits", Param{paramType, "number"})
	sayNoInteger       = say(WrongType, "", Param{paramType, "integer"})
	sayNameWithControl = say(Characters, "name")
	sayTextWithControl = say(Characters, "text")
	sayNameTooLong     = say(TooLong, "name", Param{paramMax, maxName})
	saySimilarName     = say(UnknownField, "similar")
	sayRawSecret       = say(PlaintextNotAllowed, "raw")
	sayEmailBlank      = say(EmailFormat, "blank")
	sayEmailDomain     = say(EmailFormat, "domain")
	sayEmailDot        = say(EmailFormat, "dot")
	sayNoCountry       = say(NotListed, "country")
	sayNoToken         = say(NotListed, "token", Param{paramCharacters, tokenPunctuation})
)

// sayGuessable names the kinds of pieces that a password was built from, never the
// pieces.
func sayGuessable(code Code, kinds []strength.Kind) saying {
	if len(kinds) == 0 {
		return say(code, "length")
	}
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i] = kind.Name()
	}
	return say(code, "", Param{paramKinds, names})
}

func sayType(t fieldType) saying { return say(WrongType, "", Param{paramType, t.name()}) }

// sayLength tells both bounds of a length: reason is what it counts, "" for
// characters.
func sayLength(code Code, reason string, b *Bounds) saying {
	return say(code, reason, Param{paramMin, int(b.Min)}, Param{paramMax, int(b.Max)})
}

func sayRange(b *Bounds) saying {
	return say(OutOfRange, "", Param{paramMin, b.Min}, Param{paramMax, b.Max})
}

func sayListed(listed []string) saying { return say(NotListed, "", Param{paramValues, listed}) }

// sayDigits says how many digits there have to be.
func sayDigits(least, most int) saying {
	if least == most {
		return say(Format, "exact_digits", Param{paramMin, least}, Param{paramMax, most})
	}
	return say(Format, "digits", Param{paramMin, least}, Param{paramMax, most})
}
