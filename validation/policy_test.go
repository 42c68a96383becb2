package validation_test

import (
	"strings"
	"testing"

	"github.com/customergate/customergate/validation"
)

func TestDefaultPolicyCompiles(t *testing.T) {
	compile(t, func(*validation.Policy) {})
}

func TestPolicyOfNothingIsRefused(t *testing.T) {
	if _, err := (validation.Policy{}).Compile(); err == nil {
		t.Error("the zero policy compiles")
	}
}

func TestPoliciesThatMakeSense(t *testing.T) {
	for name, change := range map[string]func(*validation.Policy){
		"names of one length":         func(p *validation.Policy) { p.NameMin, p.NameMax = 1, 1 },
		"longest names":               func(p *validation.Policy) { p.NameMax = 255 },
		"no least age":                func(p *validation.Policy) { p.AgeMin = 0 },
		"ages one year apart":         func(p *validation.Policy) { p.AgeMin, p.AgeMax = 18, 19 },
		"oldest":                      func(p *validation.Policy) { p.AgeMax = 150 },
		"shortest passwords":          func(p *validation.Policy) { p.PasswordMin = 1 },
		"longest passwords":           func(p *validation.Policy) { p.PasswordMin = 128 },
		"least points":                func(p *validation.Policy) { p.PasswordPoints = 1 },
		"most points":                 func(p *validation.Policy) { p.PasswordPoints = 64 },
		"own words":                   func(p *validation.Policy) { p.PasswordWords = []string{"fincode"} },
		"own members":                 func(p *validation.Policy) { p.AllowFields = []string{"referral", "city"} },
		"members of another endpoint": func(p *validation.Policy) { p.AllowFields = []string{"nationality"} },
		"own members and others":      func(p *validation.Policy) { p.AllowFields, p.AllowAllFields = []string{"referral"}, true },
	} {
		t.Run(name, func(t *testing.T) { compile(t, change) })
	}
}

// An error names the option as the operator wrote it.
func TestPoliciesThatMakeNoSense(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*validation.Policy)
		want   string
	}{
		"no endpoint":                         {func(p *validation.Policy) { p.Endpoint = nil }, "endpoint"},
		"names of no length":                  {func(p *validation.Policy) { p.NameMin = 0 }, "name_length 0 50"},
		"names of negative length":            {func(p *validation.Policy) { p.NameMin = -1 }, "name_length -1 50"},
		"least name longer than the greatest": {func(p *validation.Policy) { p.NameMin = 51 }, "name_length 51 50"},
		"names too long":                      {func(p *validation.Policy) { p.NameMax = 256 }, "name_length 2 256"},
		"punctuation of two characters":       {func(p *validation.Policy) { p.NamePunctuation = []string{"." + ","} }, `name_punctuation: ".," is not one of . , / ·`},
		"punctuation of none":                 {func(p *validation.Policy) { p.NamePunctuation = []string{""} }, `name_punctuation: "" is not one of`},
		"punctuation that is not on the list": {func(p *validation.Policy) { p.NamePunctuation = []string{".", "<"} }, `name_punctuation: "<" is not one of`},
		"punctuation twice":                   {func(p *validation.Policy) { p.NamePunctuation = []string{".", "."} }, `name_punctuation: "." is listed twice`},
		"negative age":                        {func(p *validation.Policy) { p.AgeMin = -1 }, "age -1 120"},
		"least age as great as the greatest":  {func(p *validation.Policy) { p.AgeMin = 120 }, "age 120 120"},
		"too old":                             {func(p *validation.Policy) { p.AgeMax = 151 }, "age 18 151"},
		"no zone":                             {func(p *validation.Policy) { p.Location = nil }, "timezone"},
		"passwords of no length":              {func(p *validation.Policy) { p.PasswordMin = 0 }, "password_length 0"},
		"passwords too long":                  {func(p *validation.Policy) { p.PasswordMin = 129 }, "password_length 129"},
		"no points":                           {func(p *validation.Policy) { p.PasswordPoints = 0 }, "password_points 0"},
		"too many points":                     {func(p *validation.Policy) { p.PasswordPoints = 65 }, "password_points 65"},
		"own word too short":                  {func(p *validation.Policy) { p.PasswordWords = []string{"fincode", "abc"} }, "word 2"},
		"member without a name":               {func(p *validation.Policy) { p.AllowFields = []string{""} }, `allow_fields: a name is empty`},
		"reserved member":                     {func(p *validation.Policy) { p.AllowFields = []string{"__proto__"} }, `allow_fields: leave "__proto__" out`},
		"member of the contract":              {func(p *validation.Policy) { p.AllowFields = []string{"email"} }, `allow_fields: leave "email" out`},
		"member of the contract but for case": {func(p *validation.Policy) { p.AllowFields = []string{"role", "eMail"} }, `allow_fields: leave "eMail" out`},
		"member with a NUL":                   {func(p *validation.Policy) { p.AllowFields = []string{"role\x00x"} }, `allow_fields: leave "role\x00x" out`},
		"member with a tab":                   {func(p *validation.Policy) { p.AllowFields = []string{"a\tb"} }, `allow_fields: leave "a\tb" out`},
		"member of the contract but for a _":  {func(p *validation.Policy) { p.AllowFields = []string{"pass_word"} }, `allow_fields: leave "pass_word" out`},
		"way into a member of the contract":   {func(p *validation.Policy) { p.AllowFields = []string{"address.city"} }, `allow_fields: leave "address.city" out`},
		"member of the contract but for an ſ": {func(p *validation.Policy) { p.AllowFields = []string{"paſſword"} }, `allow_fields: leave "paſſword" out`},
	} {
		t.Run(name, func(t *testing.T) {
			policy := validation.DefaultPolicy()
			c.change(&policy)
			rules, err := policy.Compile()
			if err == nil || !strings.Contains(err.Error(), c.want) || rules != nil {
				t.Errorf("Compile = %v, %v; want an error with %q", rules, err, c.want)
			}
		})
	}
}
