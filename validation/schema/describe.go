package schema

import (
	"fmt"
	"strings"

	"github.com/customergate/customergate/validation"
)

// describe says for people what the rules of a text want.
func (w *writer) describe(f validation.Field) string {
	var said []string
	for _, r := range f.Rules {
		if sentence := w.sentence(r); sentence != "" {
			said = append(said, sentence)
		}
	}
	return strings.Join(said, " ")
}

func (w *writer) sentence(r validation.Rule) string {
	policy := w.source.Policy
	switch r.Name {
	case "token":
		return "Letters, digits and !#$%&'*+-.^_`|~, or nothing."
	case "name":
		sentence := fmt.Sprintf("%d to %d characters once spaces around them are cut off and Unicode's NFC is made of them: letters of any script with their marks, spaces, hyphens, apostrophes", policy.NameMin, policy.NameMax)
		if len(policy.NamePunctuation) > 0 {
			sentence += ", and " + strings.Join(policy.NamePunctuation, " ")
		}
		return sentence + "."
	case "email":
		return "A deliverable ASCII address; an internationalised domain in its xn-- form."
	case "email_plausible":
		return "The address that the customer has registered with."
	case "phone":
		if policy.NormalizePhone {
			return "A valid number of its country: + and 7 to 15 digits with the country code, with spaces, hyphens, dots and brackets as one likes."
		}
		return "A valid number of its country: + and 7 to 15 digits with the country code."
	case "dialing_code":
		return "+ and a country code that is assigned, that of the phone number. With it, the number may go without."
	case "date":
		return "A day of the calendar, YYYY-MM-DD."
	case "birth_date":
		return fmt.Sprintf("A day of the calendar, YYYY-MM-DD, from the birthday of %d years to that of %d, both included. Today is the date of the time zone %s.", policy.AgeMin, policy.AgeMax, policy.Location)
	case "country":
		return "Three letters A-Z, such as GBR, or nothing."
	case "digits":
		return fmt.Sprintf("%s to %s digits 0-9.", r.Arguments[0], r.Arguments[1])
	case "matches":
		return "What the RE2 expression " + r.Arguments[0] + " matches as a whole."
	case "same_as":
		return "The same as " + r.Arguments[0] + "."
	case "differs_from":
		return "Another one than " + r.Arguments[0] + "."
	case "password":
		return fmt.Sprintf("At least %d characters and at most %d bytes, with one of A-Z, a-z, 0-9 and !@#$%%^&* each, and not built from common words, patterns or the customer's own data.", policy.PasswordMin, passwordMaxBytes)
	}
	return ""
}
