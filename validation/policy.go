package validation

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/customergate/customergate/validation/strength"
)

// Policy holds every tunable of the rules. [DefaultPolicy] is the contract as
// it stands; [Policy.Compile] refuses values that make no sense.
type Policy struct {
	// Endpoint is the one that the rules are for. Default: RegisterCustomer.
	Endpoint *Endpoint

	// NameMin and NameMax bound the length of a first or last name, in code
	// points after NFC. Defaults: 2 and 50; NameMax at most 255.
	NameMin, NameMax int

	// NamePunctuation lists further characters that names may have, each one of
	// [NamePunctuationChoices]. Default: none.
	NamePunctuation []string

	// AgeMin is the age in full years from which one may register. AgeMax is the
	// last birthday on which one still may: from the day after it, the date of
	// birth is more than so many years ago. Defaults: 18 and 120; AgeMax at most
	// 150.
	AgeMin, AgeMax int

	// Location is the time zone whose date is "today" for ages. Default: UTC.
	Location *time.Location

	// NormalizePhone takes spaces, hyphens, dots and brackets out of a phone
	// number before its rule runs. Default: off, they are refused.
	NormalizePhone bool

	// PasswordMin is the least number of characters of a password. Default: 8,
	// at most 128.
	PasswordMin int

	// PasswordPoints is what must be left of a password once everything
	// common, patterned or personal is taken out. Default: 7, at most 64; see
	// package strength.
	PasswordPoints int

	// PasswordWords are common words of the operator's own, such as the brand.
	// Default: none beyond the dictionary.
	PasswordWords []string

	// Codes says what comes of values that break a rule, by the rule's code, one of
	// [RelaxableCodes]. Default: all are enforced.
	Codes map[Code]Enforcement

	// AllowFields names further top-level members to let through to the
	// upstream. Default: none, they are refused.
	AllowFields []string

	// AllowAllFields lets every unknown member through, of the body and of
	// address, but those that some JSON reader would take for a member of the
	// contract ("EMAIL", "e-mail", "address.city"), for another one that was let
	// through ("role" and "ROLE"), or for something else ("__proto__").
	AllowAllFields bool
}

// DefaultPolicy is the contract's own.
func DefaultPolicy() Policy {
	return Policy{
		Endpoint: RegisterCustomer,

		NameMin: 2, NameMax: 50,
		AgeMin: 18, AgeMax: 120,
		Location:       time.UTC,
		PasswordMin:    8,
		PasswordPoints: strength.DefaultMinPoints,
	}
}

// NamePunctuationChoices are the characters of [Policy.NamePunctuation]: the full
// stop and comma of initials and titles, the slash of South Asia's A/L and S/O,
// the middle dots of Catalan, Chinese and Japanese (full and half width) and the
// one of hyphenation, the hyphens of typography, Hebrew and katakana, the Armenian
// apostrophe, Hebrew's geresh and gershayim, and the dot between Tibetan
// syllables.
const NamePunctuationChoices = ".,/·・･‧‐־゠՚׳״་"

// passwordMaxBytes is what RSA-OAEP with SHA-256 can carry under a 2048-bit
// key: k - 2 hLen - 2 (RFC 8017, section 7.1.1).
const passwordMaxBytes = 190

// Rules is a compiled [Policy]. It is read-only and may be shared.
type Rules struct {
	policy  Policy
	allowed map[string]bool
	scorer  *strength.Scorer
	usual   map[Code]saying

	namePunctuation string
}

// Compile checks the policy and prepares it for use. Its error says what to
// change and holds no value but the operator's own.
func (p Policy) Compile() (*Rules, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	scorer, err := strength.New(strength.Options{MinPoints: p.PasswordPoints, Words: p.PasswordWords})
	if err != nil {
		return nil, err
	}
	allowed := make(map[string]bool, len(p.AllowFields))
	for _, name := range p.AllowFields {
		allowed[name] = true
	}
	return &Rules{
		policy: p, allowed: allowed, scorer: scorer, usual: p.usual(), namePunctuation: strings.Join(p.NamePunctuation, ""),
	}, nil
}

// Validate refuses values that make no sense. Its error names the option as
// customergate's configuration does.
func (p Policy) Validate() error {
	switch {
	case p.Endpoint == nil:
		return errors.New("endpoint: one is required; RegisterCustomer is the default")
	case p.NameMin < 1 || p.NameMax < p.NameMin || p.NameMax > 255:
		return fmt.Errorf("name_length %d %d: want 1 <= min <= max <= 255", p.NameMin, p.NameMax)
	case p.AgeMin < 0 || p.AgeMax <= p.AgeMin || p.AgeMax > 150:
		return fmt.Errorf("age %d %d: want 0 <= min < max <= 150", p.AgeMin, p.AgeMax)
	case p.Location == nil:
		return errors.New("timezone: a location is required; time.UTC is the default")
	case p.PasswordMin < 1 || p.PasswordMin > 128:
		return fmt.Errorf("password_length %d: want 1 to 128 characters", p.PasswordMin)
	case p.PasswordPoints < 1 || p.PasswordPoints > 64:
		return fmt.Errorf("password_points %d: want 1 to 64", p.PasswordPoints)
	}
	if err := checkCodes(p.Codes); err != nil {
		return err
	}
	for i, char := range p.NamePunctuation {
		switch {
		case utf8.RuneCountInString(char) != 1 || !strings.Contains(NamePunctuationChoices, char):
			return fmt.Errorf("name_punctuation: %q is not one of %s", char, spaced(NamePunctuationChoices))
		case slices.Contains(p.NamePunctuation[:i], char):
			return fmt.Errorf("name_punctuation: %q is listed twice", char)
		}
	}
	for _, name := range p.AllowFields {
		if err := p.Endpoint.checkAllowed(name); err != nil {
			return err
		}
	}
	return nil
}

// spaced puts a blank between any two characters.
func spaced(text string) string { return strings.Join(strings.Split(text, ""), " ") }

// checkAllowed refuses an extra member that would stand beside a member of the
// contract under a name which some JSON readers take for the same.
func (e *Endpoint) checkAllowed(name string) error {
	switch {
	case name == "":
		return errors.New("allow_fields: a name is empty")
	case hasControl(name):
		return fmt.Errorf("allow_fields: leave %q out: a name with a control character never passes", name)
	case e.root.clashes(name):
		return fmt.Errorf("allow_fields: leave %q out: it is a member of the contract, or some JSON readers take it for one or for something else", name)
	}
	return nil
}
