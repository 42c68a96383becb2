package validation

import (
	"maps"
	"slices"
	"strings"

	"github.com/customergate/customergate/validation/strength"
)

// The names of params.
const (
	paramMin         = "min"
	paramMax         = "max"
	paramType        = "type"
	paramValues      = "values"
	paramCharacters  = "characters"
	paramPunctuation = "punctuation"
	paramField       = "field"
	paramSubject     = "subject"
	paramKinds       = "kinds"
	paramFault       = "fault"
	paramMessage     = "message"

	// Those of refusals as a whole, and of headers, whose sentences are the gate's.
	paramCount  = "count"
	paramOffset = "offset"
	paramSize   = "size"
	paramMethod = "method"
)

var paramInfos = map[string]ParamInfo{
	paramReason:      {Name: paramReason, Type: "string", Description: "What exactly is wrong, where the code can mean several things."},
	paramMin:         {Name: paramMin, Type: "number", Description: "The least that is accepted."},
	paramMax:         {Name: paramMax, Type: "number", Description: "The most that is accepted."},
	paramType:        {Name: paramType, Type: "string", Values: []string{"string", "boolean", "number", "integer", "array", "object"}, Description: "The JSON type that is wanted."},
	paramValues:      {Name: paramValues, Type: "array", Description: "The values that are accepted."},
	paramCharacters:  {Name: paramCharacters, Type: "string", Description: "The characters that are wanted: a range such as A-Z, or one behind the other."},
	paramPunctuation: {Name: paramPunctuation, Type: "array", Description: "The characters that the operator accepts besides."},
	paramField:       {Name: paramField, Type: "string", Description: "The other member of the same object that the rule looks at."},
	paramSubject:     {Name: paramSubject, Type: "string", Description: "What the body is called in English."},
	paramKinds:       {Name: paramKinds, Type: "array", Values: strength.KindNames(), Description: "The kinds of pieces that the password is built from."},
	paramFault:       {Name: paramFault, Type: "string", Values: slices.Sorted(maps.Keys(malformedFaults)), Description: "Why the body is not strict JSON."},
	paramCount:       {Name: paramCount, Type: "number", Description: "How many there are."},
	paramOffset:      {Name: paramOffset, Type: "number", Description: "The number of bytes before the one that is wrong."},
	paramSize:        {Name: paramSize, Type: "string", Description: "The largest size that is accepted, with its unit."},
	paramMethod:      {Name: paramMethod, Type: "string", Description: "The method that is wanted."},
	paramWithin:      {Name: paramWithin, Type: "boolean", Optional: true, Description: "The value that is wrong is somewhere inside the one that the pointer names."},
}

// terms are English words for the listed values of params.
var terms = map[string]map[string]string{
	paramType: {
		"string": "a string", "boolean": "true or false", "number": "a number", "integer": "a whole number", "array": "an array", "object": "an object",
	},
	paramKinds: strength.KindPhrases(),
	paramFault: malformedFaults,
}

type codeRow struct {
	code               Code
	title, description string
	sentences          []sentenceRow
}

// sentenceRow is a sentence under its reason. Its params are named in one text, and
// the one that is counted has an asterisk.
type sentenceRow struct {
	reason, params, english, one string
}

func sentence(english string) []sentenceRow { return []sentenceRow{{english: english}} }

// codeRows are all codes with their sentences.
var codeRows = []codeRow{
	{Required, "Missing", "The value is absent, null, or empty where one is required.", sentence("This field is required.")},
	{WrongType, "Wrong JSON type", "The value is of another JSON type, or a number that JSON readers do not agree on.", []sentenceRow{
		{"", "type", "This must be {type}.", ""},
		{"double", "type max*", "This must be a number that a double holds, written in at most {max} characters.", ""},
		{"digits", "type", "Write this number with fewer digits and an exponent: some programs take it for a text.", ""},
	}},
	{NotListed, "Not an accepted value", "The value is none of those that are listed, or has not the form that they have.", []sentenceRow{
		{"", "values", "This must be one of: {values}.", ""},
		{"token", "characters", "This may have letters, digits and {characters} only.", ""},
		{"country", "", "A country code must be three letters A-Z, such as GBR.", ""},
	}},
	{TooLong, "Too long", "The value has more characters, or elements of a list, than there is room for.", []sentenceRow{
		{"", "min max*", "This may have at most {max} characters.", "This may have at most {max} character."},
		{"elements", "min max*", "This must have at most {max} elements.", "This must have at most {max} element."},
		{"name", "max*", "The name of a member may have at most {max} bytes.", ""},
	}},
	{TooShort, "Too short", "The value has fewer characters, or elements of a list, than are wanted.", []sentenceRow{
		{"", "min* max", "This must have at least {min} characters.", "This must have at least {min} character."},
		{"elements", "min* max", "This must have at least {min} elements.", "This must have at least {min} element."},
	}},
	{OutOfRange, "Number out of range", "The number is outside its bounds.", []sentenceRow{
		{"", "min max", "This must be a number from {min} to {max}.", ""},
	}},
	{Duplicate, "Listed twice", "The list has the element already.", sentence("This is in the list already.")},
	{Format, "Wrong form", "The value is not written as the operator has described.", []sentenceRow{
		{"", "", "This is not written as it has to be.", ""},
		{"digits", "min max*", "This must be {min} to {max} digits 0-9.", ""},
		{"exact_digits", "min max*", "This must be {max} digits 0-9.", "This must be {max} digit 0-9."},
	}},
	{DateFormat, "Not a date", "The value is not written YYYY-MM-DD, or there is no such day.",
		sentence("This must be a day of the calendar, written YYYY-MM-DD.")},
	{Mismatch, "Not the same twice", "The value differs from the field that it repeats.", []sentenceRow{
		{"", "field", "The two values are not the same.", ""},
	}},
	{Unchanged, "Not changed", "The value is that of the field that it is to replace.", []sentenceRow{
		{"", "field", "The new value is the same as the current one.", ""},
	}},
	{Characters, "Control character", "A text, or the name of a member, has a control character.", []sentenceRow{
		{"", "", "This must have no control characters, line breaks and tabs included.", ""},
		{"text", "", "This must have no control characters but line breaks and tabs.", ""},
		{"name", "", "The name of a member must have no control characters.", ""},
	}},
	{UnknownField, "Unknown field", "The contract knows no such member, or its name is too much like that of another one.", []sentenceRow{
		{"", "subject", "This field is not part of {a subject}.", ""},
		{"similar", "", "The name of this field is too much like that of another one.", ""},
	}},
	{PlaintextNotAllowed, "Must be encrypted", "This client may not send secrets that are not encrypted.", []sentenceRow{
		{"", "field", "Passwords and other secrets must be sent encrypted from here: set {field} to true.", ""},
		{"raw", "", "This must be sent encrypted from here.", ""},
	}},
	{NameLength, "Name too short or too long", "The name has not as many characters as names must have.", []sentenceRow{
		{"", "min max*", "A name must have {min} to {max} characters.", ""},
	}},
	{NameCharacters, "Not a name", "The name has other characters than those of names, or no letter of a script.", []sentenceRow{
		{"", "", "A name must have letters, and may have spaces, hyphens and apostrophes besides.", ""},
		{"more", "punctuation", "A name must have letters, and may have spaces, hyphens, apostrophes and {punctuation} besides.", ""},
	}},
	{EmailTooLong, "Email address too long", "The email address has more characters than there is room for.", []sentenceRow{
		{"", "max*", "An email address may have at most {max} characters.", ""},
	}},
	{EmailFormat, "Not an email address", "The value is not an email address to which mail can be delivered.", []sentenceRow{
		{"", "", "This is not a complete email address such as name@example.com.", ""},
		{"blank", "", "Leave out the blank before or behind the email address.", ""},
		{"domain", "", "The domain of the email address must be in its xn-- form, which browsers make of it: xn--bcher-kva.example for bücher.example.", ""},
		{"dot", "", "The email address is not complete: its domain has no dot, as in name@example.com.", ""},
	}},
	{EmailTaken, "Email address taken", "A customer has the email address already.", sentence("A customer with this email address exists already.")},
	{EmailPending, "Email address pending", "A registration of the email address is under way, or ended without a clear answer.", []sentenceRow{
		{"", "subject", "Another {subject} of this email address is under way; try again later.", ""},
	}},
	{EmailImmutable, "Email address cannot change", "An edit of a profile names an email address.", sentence("The email address of a customer cannot be changed.")},
	{PhoneFormat, "Not a phone number", "The value is not + and digits with the country code, nor digits beside a dialing code.", []sentenceRow{
		{"", "min max*", "A phone number must be + and {min} to {max} digits with the country code, such as +447123456789.", ""},
	}},
	{PhoneTrunkZero, "Zero too many", "The phone number is valid without the zero behind the country code.",
		sentence("Leave out the 0 behind the country code: it is dialled inside the country only.")},
	{PhoneInvalid, "No such phone number", "The phone number is not a valid one of its country.", sentence("This is not a valid phone number of its country.")},
	{PhoneCountry, "Wrong dialing code", "The dialing code is not + and a country code, or not that of the phone number.",
		sentence("The dialing code must be + and a country code, such as +44, and that of the phone number.")},
	{BirthDateFormat, "Not a date of birth", "The date of birth is not written YYYY-MM-DD, or there is no such day.",
		sentence("A date of birth must be a day of the calendar, written YYYY-MM-DD.")},
	{BirthDateFuture, "Born in the future", "The date of birth is after today.", sentence("The date of birth is in the future.")},
	{BirthDateUnderage, "Too young", "The customer is too young today.", []sentenceRow{
		{"", "min*", "Customers must be at least {min} years old.", "Customers must be at least {min} year old."},
	}},
	{BirthDateTooOld, "Too old", "The date of birth is too long ago.", []sentenceRow{
		{"", "max*", "The date of birth is more than {max} years ago.", "The date of birth is more than {max} year ago."},
	}},
	{PasswordUndecryptable, "Not readable", "The secret could not be read; why is not said.",
		sentence("This could not be read: encrypt it again with the current public key.")},
	{PasswordTooShort, "Password too short", "The password has too few characters.", []sentenceRow{
		{"", "min*", "A password must have at least {min} characters.", "A password must have at least {min} character."},
	}},
	{PasswordTooLong, "Password too long", "The password has more bytes than one can encrypt.", []sentenceRow{
		{"", "max*", "A password may have at most {max} bytes.", ""},
	}},
	{PasswordUppercase, "No uppercase letter", "The password has no uppercase letter.", []sentenceRow{
		{"", "characters", "A password must have at least one uppercase letter {characters}.", ""},
	}},
	{PasswordLowercase, "No lowercase letter", "The password has no lowercase letter.", []sentenceRow{
		{"", "characters", "A password must have at least one lowercase letter {characters}.", ""},
	}},
	{PasswordDigit, "No digit", "The password has no digit.", []sentenceRow{
		{"", "characters", "A password must have at least one digit {characters}.", ""},
	}},
	{PasswordSpecial, "No special character", "The password has no special character.", []sentenceRow{
		{"", "characters", "A password must have at least one of {characters}.", ""},
	}},
	{PasswordCommon, "Password easy to guess", "The password is built from common words or patterns.", []sentenceRow{
		{"", "kinds", "This password is too easy to guess: it is built from {kinds}.", ""},
		{"length", "", "This password is too easy to guess: make it longer.", ""},
	}},
	{PasswordPersonal, "Password about the customer", "The password is built from the customer's own name, email address, phone number or date of birth.", []sentenceRow{
		{"", "kinds", "This password is too easy to guess: it is built from {kinds}.", ""},
	}},
	{PasswordMismatch, "Passwords differ", "The second password differs from the first.", []sentenceRow{
		{"", "field", "The two passwords are not the same.", ""},
	}},
	{PasswordUnchanged, "Password not changed", "The new password is the current one.", []sentenceRow{
		{"", "field", "The new password is the same as the current one.", ""},
	}},
}

// within wraps the message of a violation that is inside of what it points at.
var within = Sentence{Key: paramWithin, English: "In here, at a place too long to name: {message}", Params: []string{paramMessage}}

// sentences are all of them by their keys.
var sentences = func() map[string]Sentence {
	byKey := make(map[string]Sentence)
	for _, row := range codeRows {
		for _, s := range row.info().Sentences {
			byKey[s.Key] = s
		}
	}
	return byKey
}()

func (r codeRow) info() CodeInfo {
	info := CodeInfo{Code: r.code, Title: r.title, Description: r.description}
	for _, s := range r.sentences {
		info.Sentences = append(info.Sentences, s.under(string(r.code)))
	}
	return info
}

func (r sentenceRow) under(code string) Sentence {
	s := Sentence{Key: code, English: r.english, One: r.one}
	if r.reason != "" {
		s.Key += "." + r.reason
	}
	for name := range strings.FieldsSeq(r.params) {
		bare, counted := strings.CutSuffix(name, "*")
		if counted {
			s.Count = bare
		}
		s.Params = append(s.Params, bare)
	}
	return s
}
