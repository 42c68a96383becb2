package validation

import (
	"fmt"
	"strings"

	"github.com/customergate/customergate/validation/strength"
)

// messages are the sentences for people, with the policy's figures in them.
// They are made once, so that a refusal costs no formatting.
func (p Policy) messages() map[Code]string {
	return map[Code]string{
		Required:              "This field is required.",
		Characters:            "This must have no control characters, line breaks and tabs included.",
		UnknownField:          "This field is not part of " + WithArticle(p.Endpoint.subject) + ".",
		PlaintextNotAllowed:   p.Endpoint.encryptMessage(),
		NameLength:            fmt.Sprintf("A name must have %d to %d characters.", p.NameMin, p.NameMax),
		NameCharacters:        nameMessage(p.NamePunctuation),
		EmailTooLong:          "An email address may have at most 255 characters.",
		EmailFormat:           "This is not a complete email address such as name@example.com.",
		EmailImmutable:        "The email address of a customer cannot be changed.",
		PhoneFormat:           "A phone number must be + and 7 to 15 digits with the country code, such as +447123456789.",
		PhoneTrunkZero:        "Leave out the 0 behind the country code: it is dialled inside the country only.",
		PhoneInvalid:          "This is not a valid phone number of its country.",
		PhoneCountry:          "The dialing code must be + and a country code, such as +44, and that of the phone number.",
		BirthDateFormat:       "A date of birth must be a day of the calendar, written YYYY-MM-DD.",
		BirthDateFuture:       "The date of birth is in the future.",
		BirthDateUnderage:     fmt.Sprintf("Customers must be at least %d years old.", p.AgeMin),
		BirthDateTooOld:       fmt.Sprintf("The date of birth is more than %d years ago.", p.AgeMax),
		PasswordUndecryptable: "This could not be read: encrypt it again with the current public key.",
		PasswordTooShort:      fmt.Sprintf("A password must have at least %d characters.", p.PasswordMin),
		PasswordTooLong:       fmt.Sprintf("A password may have at most %d bytes.", passwordMaxBytes),
		PasswordUppercase:     "A password must have at least one uppercase letter A-Z.",
		PasswordLowercase:     "A password must have at least one lowercase letter a-z.",
		PasswordDigit:         "A password must have at least one digit 0-9.",
		PasswordSpecial:       "A password must have at least one of !@#$%^&*.",
		PasswordMismatch:      "The two passwords are not the same.",
		PasswordUnchanged:     "The new password is the same as the current one.",
		Mismatch:              "The two values are not the same.",
		Unchanged:             "The new value is the same as the current one.",
		Format:                "This is not written as it has to be.",
		DateFormat:            "This must be a day of the calendar, written YYYY-MM-DD.",
	}
}

// encryptMessage says what to do about secrets that came raw.
func (e *Endpoint) encryptMessage() string {
	what := "What is secret"
	if e.HasRule("password") {
		what = "Passwords"
	}
	return what + " must be sent encrypted from here: set " + e.nameOf(e.encrypted) + " to true."
}

// WithArticle puts the article before what a body is called: "a registration".
func WithArticle(subject string) string {
	if strings.ContainsRune("aeiouAEIOU", rune(subject[0])) {
		return "an " + subject
	}
	return "a " + subject
}

// nameMessage says what a name may be written with.
func nameMessage(punctuation []string) string {
	if len(punctuation) == 0 {
		return "A name must have letters, and may have spaces, hyphens and apostrophes besides."
	}
	return "A name must have letters, and may have spaces, hyphens, apostrophes and " + strings.Join(punctuation, " ") + " besides."
}

// What is wrong with the names of members, and with numbers.
var (
	noDouble        = "This must be a number that a double holds, written in at most 1000 characters."
	manyDigits      = "Write this number with fewer digits and an exponent: some programs take it for a text."
	nameWithControl = "The name of a member must have no control characters."
	nameTooLong     = fmt.Sprintf("The name of a member may have at most %d bytes.", maxName)
)

// guessableMessage names the kinds of pieces that a password was built from,
// never the pieces.
func guessableMessage(kinds []strength.Kind) string {
	if len(kinds) == 0 {
		return "This password is too easy to guess: make it longer."
	}
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i] = kind.String()
	}
	return "This password is too easy to guess: it is built from " + strings.Join(names, ", ") + "."
}

func typeMessage(t fieldType) string {
	return "This must be " + t.String() + "."
}

func lengthMessage(limit int) string {
	return fmt.Sprintf("This may have at most %d characters.", limit)
}

func shortMessage(least int) string {
	return fmt.Sprintf("This must have at least %d characters.", least)
}

func listMessage(listed []string) string {
	return "This must be one of: " + strings.Join(listed, ", ") + "."
}
