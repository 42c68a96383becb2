// Package rules is the option `rules` of a gate: what an operator can tune of the
// contract's rules, and the policy that comes of it.
package rules

import (
	"errors"
	"fmt"
	"time"

	"github.com/customergate/customergate/caddymodule/options"
	"github.com/customergate/customergate/validation"
)

// Rules tunes the rules of the contract. What is left out keeps its default.
type Rules struct {
	// The bounds of a first or last name, in characters. Default: 2 to 50;
	// max at most 255.
	NameLength *Range `json:"name_length,omitempty"`

	// Further characters that a name may have, each one of . , / · ・ ･ ‧ ‐ ־ ゠ ՚
	// ׳ ״ ་. Default: none.
	NamePunctuation []string `json:"name_punctuation,omitempty"`

	// From which birthday and until which one a customer may register, both
	// included: with 18 and 65, from the 18th birthday to the 65th, and not from
	// the day after it. Default: 18 to 120; max at most 150.
	Age *Range `json:"age,omitempty"`

	// The IANA name of the time zone whose date is "today" for ages. Default:
	// UTC.
	Timezone string `json:"timezone,omitempty"`

	// `strict` refuses phone numbers with anything but + and digits;
	// `normalize` takes spaces, hyphens, dots and brackets out first. Default:
	// `strict`.
	Phone string `json:"phone,omitempty"`

	// The least number of characters of a password. Default: 8; 1 to 128.
	PasswordLength *int `json:"password_length,omitempty"`

	// How many points must be left of a password once everything common,
	// patterned or personal is taken out. Default: 7; 1 to 64.
	PasswordPoints *int `json:"password_points,omitempty"`

	// A file of further common words, one on a line, such as the names of your
	// brands: UTF-8, at most 1 MiB; blank lines and those that begin with #
	// are passed over. Default: none.
	PasswordWords string `json:"password_words,omitempty"`

	// What comes of values that break a rule, by the rule's code: `enforce` refuses
	// the request; `monitor` lets the value through as it was sent, and tells in the
	// log, the metrics and `caddy customer-gate report`; `off` lets it through. Only
	// codes about a value can be relaxed, and beside `unique_email` not those of an
	// email address. Default: all are enforced.
	Codes map[validation.Code]string `json:"codes,omitempty"`
}

// Range is a least and a greatest value, both included.
type Range struct {
	// The least value. Required.
	Min int `json:"min"`

	// The greatest value. Required.
	Max int `json:"max"`
}

var phoneModes = map[string]bool{"strict": false, "normalize": true}

// Check refuses what is out of range; a nil receiver is all defaults.
func (r *Rules) Check() error {
	if r == nil {
		return nil
	}
	if _, err := time.LoadLocation(r.Timezone); err != nil || r.Timezone == "Local" {
		return fmt.Errorf("timezone: %q is not an IANA time zone name, such as Europe/London", r.Timezone)
	}
	return errors.Join(options.Choice("phone", r.Phone, phoneModes), r.checkCodes())
}

// Policy lays the tunables over the contract's defaults. What is in files is left to
// Words.
func (r *Rules) Policy() validation.Policy {
	policy := validation.DefaultPolicy()
	if r == nil {
		return policy
	}
	if r.NameLength != nil {
		policy.NameMin, policy.NameMax = r.NameLength.Min, r.NameLength.Max
	}
	policy.NamePunctuation = r.NamePunctuation
	if r.Age != nil {
		policy.AgeMin, policy.AgeMax = r.Age.Min, r.Age.Max
	}
	if location, err := time.LoadLocation(r.Timezone); err == nil {
		policy.Location = location
	}
	policy.NormalizePhone = phoneModes[r.Phone]
	if r.PasswordLength != nil {
		policy.PasswordMin = *r.PasswordLength
	}
	if r.PasswordPoints != nil {
		policy.PasswordPoints = *r.PasswordPoints
	}
	policy.Codes = r.enforcement()
	return policy
}
