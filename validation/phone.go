package validation

import (
	"errors"
	"strings"

	"github.com/customergate/customergate/validation/internal/numbering"
)

// The digits of an international number (ITU-T E.164, section 6.1).
const (
	phoneMinDigits = 7
	phoneMaxDigits = 15
)

// makePhoneRule makes a number international, by its own + or by the dialing code
// beside it, where the table has one, and wants it valid in its country and spelled
// as E.164 spells it.
func makePhoneRule(at place, _ []string) (rule, error) {
	dialingCode := at.neighbour("dialingCode")
	if dialingCode == none || !at.judgedBy(dialingCode, "dialing_code") {
		return func(c *check, v *value) { c.phone(v, &value{}) }, nil
	}
	return func(c *check, v *value) { c.phone(v, c.peer(dialingCode)) }, nil
}

func (c *check) phone(v, dialingCode *value) {
	spelled := v.text
	if c.rules.policy.NormalizePhone {
		spelled = phoneFiller.Replace(spelled)
	}
	number, ok := international(spelled, dialingCode)
	if !ok {
		c.reject(PhoneFormat)
		return
	}
	if !isValidPhone(number) {
		c.reject(phoneFault(number))
		return
	}
	v.text = number
	if dialingCode.usable() {
		dialingCode.text = "+" + numbering.CallingCode(number)
	}
}

// phoneFault is what is wrong with a number that is not valid: its length, a zero
// too many, or its digits.
func phoneFault(number string) Code {
	if !hasPhoneLength(number) {
		return PhoneFormat
	}
	if shorter, found := numbering.WithoutTrunkZero(number); found && isValidPhone(shorter) {
		return PhoneTrunkZero
	}
	return PhoneInvalid
}

// isValidPhone reports whether an international number, + and digits, has the length
// that E.164 allows and is one that libphonenumber knows as valid, spelled as E.164
// spells it.
func isValidPhone(number string) bool { return hasPhoneLength(number) && numbering.IsValid(number) }

func hasPhoneLength(number string) bool {
	digits := len(number) - len("+")
	return phoneMinDigits <= digits && digits <= phoneMaxDigits
}

// phoneFiller takes out what people put between the digits of a number.
var phoneFiller = strings.NewReplacer(" ", "", "-", "", ".", "", "(", "", ")", "", "[", "", "]", "")

// international returns + and digits.
func international(spelled string, dialingCode *value) (string, bool) {
	if digits, found := strings.CutPrefix(spelled, "+"); found {
		return spelled, isDigits(digits)
	}
	if !isDigits(spelled) || dialingCode.state != present || !isDialingCode(dialingCode.text) {
		return "", false
	}
	return dialingCode.text + spelled, true
}

// makeDialingCodeRule wants + and a calling code, the same as an international phone
// number begins with.
func makeDialingCodeRule(at place, _ []string) (rule, error) {
	phone := at.neighbour("phone")
	switch {
	case phone == none || !at.judgedBy(phone, "phone"):
		return nil, errors.New("it is that of a number: put a field named phone with the rule phone behind it")
	case at.field.Name != "dialingCode":
		return nil, errors.New("the rule phone looks for it in a field named dialingCode; name this one so")
	case phone < at.row: // phone's rule puts the number's own code in its place
		return nil, errors.New("put it before the field phone")
	}
	return func(c *check, v *value) { c.dialingCode(v, c.peer(phone)) }, nil
}

func (c *check) dialingCode(v, phone *value) {
	if !isDialingCode(v.text) {
		c.reject(PhoneCountry)
		return
	}
	spelled := phone.text
	if c.rules.policy.NormalizePhone {
		spelled = phoneFiller.Replace(spelled)
	}
	digits, found := strings.CutPrefix(spelled, "+")
	if !found || !isDigits(digits) {
		return // the rule phone's to say
	}
	// A number of no country does not belong to another one.
	if code := numbering.CallingCode(spelled); code != "" && "+"+code != v.text {
		c.reject(PhoneCountry)
	}
}

// isDialingCode reports whether a text is + and a calling code that somebody has,
// all of it.
func isDialingCode(s string) bool {
	digits, found := strings.CutPrefix(s, "+")
	return found && isDigits(digits) && numbering.CallingCode(s) == digits
}

func isDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}
