package validation_test

import (
	"testing"

	"github.com/customergate/customergate/validation"
)

func TestMessages(t *testing.T) {
	tuned := compile(t, func(p *validation.Policy) {
		p.NameMin, p.NameMax, p.AgeMin, p.AgeMax, p.PasswordMin = 3, 20, 21, 100, 12
	})
	for _, c := range []struct {
		name string
		gate gate
		body registration
		want string
	}{
		{"type of a text", gate{}, valid.with("email", "1"), "This must be a string."},
		{"type of a flag", gate{}, valid.with("payloadEncrypted", "1"), "This must be true or false."},
		{"type of a record", gate{}, valid.with("address", "1"), "This must be an object."},
		{"type of a free-form object", gate{}, valid.with("dynamicFields", "[]"), "This must be an object."},
		{"number that some readers take for a text", gate{}, valid.with("dynamicFields", `{"n":184467440737095516160}`), "Write this number with fewer digits and an exponent: some programs take it for a text."},
		{"number beyond a double", gate{}, valid.with("dynamicFields", `{"n":1E400}`), "This must be a number that a double holds, written in at most 1000 characters."},
		{"length of a text", gate{}, valid.withText("appId", letters(256)), "This may have at most 255 characters."},
		{"listed values", gate{}, valid.withText("customerType", "x"), "This must be one of: INDIVIDUAL, COMPANY."},
		{"token", gate{}, valid.withText("devicePlatform", "a b"), "This may have letters, digits and !#$%&'*+-.^_`|~ only."},
		{"country", gate{}, valid.with("address", `{"countryIso3":"GB"}`), "A country code must be three letters A-Z, such as GBR."},
		{"name length of the contract", gate{}, valid.withText("firstName", "x"), "A name must have 2 to 50 characters."},
		{"name length of the policy", gate{rules: tuned}, valid.withText("firstName", "xy"), "A name must have 3 to 20 characters."},
		{"least age of the contract", gate{}, valid.withText("dob", "2010-01-01"), "Customers must be at least 18 years old."},
		{"least age of the policy", gate{rules: tuned}, valid.withText("dob", "2007-01-01"), "Customers must be at least 21 years old."},
		{"greatest age of the policy", gate{rules: tuned, now: today.AddDate(0, 0, 1)}, valid.withText("dob", "1926-01-02"), "The date of birth is more than 100 years ago."},
		{"password length of the contract", gate{}, valid.withPassword("x3Q!vbz"), "A password must have at least 8 characters."},
		{"password length of the policy", gate{rules: tuned}, valid.withPassword("x3Q!vbzM@kt"), "A password must have at least 12 characters."},
		{"kinds of a common password", gate{}, valid.withPassword("Summer2025!"), "This password is too easy to guess: it is built from a common word, a year."},
		{"kinds of a personal password", gate{}, valid.withPassword("Nwachukwu7!"), "This password is too easy to guess: it is built from your name."},
		{"a password of no kind at all", gate{}, valid.withPassword("x3Q!v€ü"), "A password must have at least 8 characters."},
		{"a password worth too little", gate{rules: compile(t, func(p *validation.Policy) { p.PasswordPoints = 40 })}, valid.withPassword("x3Q!vbzM"), "This password is too easy to guess: make it longer."},
	} {
		t.Run(c.name, func(t *testing.T) {
			violations := c.gate.judge(t, c.body.body()).Violations()
			if len(violations) != 1 || violations[0].Message != c.want {
				t.Errorf("got %+v\nwant %q", violations, c.want)
			}
		})
	}
}

// Of an address that people get wrong in a usual way, the message says what to do.
func TestEmailMessages(t *testing.T) {
	const (
		blank    = "Leave out the blank before or behind the email address."
		domain   = "The domain of the email address must be in its xn-- form, which browsers make of it: xn--bcher-kva.example for bücher.example."
		noDot    = "The email address is not complete: its domain has no dot, as in name@example.com."
		complete = "This is not a complete email address such as name@example.com."
	)
	for sent, want := range map[string]string{
		" eva@example.com":        blank,
		"eva@example.com ":        blank,
		"  eva@example.com  ":     blank,
		"eva@example.com\u00a0":   blank,
		"\u3000eva@example.com":   blank,
		"\u200beva@example.com":   blank,
		"eva@example.com\ufeff":   blank,
		" eva@bücher.example":     blank,
		"eva@bücher.example":      domain,
		"eva@例え.jp":               domain,
		"eva@example.рф":          domain,
		"évá@bücher.example":      domain,
		"eva@localhost":           noDot,
		"eva@gmail":               noDot,
		"eva@gmail,com":           complete,
		"eva":                     complete,
		"eva@":                    complete,
		"@":                       complete,
		"évá@example.com":         complete,
		"eva lea@example.com":     complete,
		"eva@xn--0.com":           complete,
		"eva@@example.com":        complete,
		"eva@example.com, a@b.cd": complete,
	} {
		violations := gate{}.judge(t, valid.withText("email", sent).body()).Violations()
		if len(violations) != 1 || violations[0].Code != validation.EmailFormat || violations[0].Message != want {
			t.Errorf("%q: %+v", sent, violations)
		}
	}
}
