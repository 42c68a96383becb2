package validation_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/customergate/customergate/validation"
)

// relaxing is the gate of an offence with other enforcement of some codes.
func (o offence) relaxing(t testing.TB, codes map[validation.Code]validation.Enforcement) gate {
	t.Helper()
	g := o.gate
	g.rules = compile(t, func(p *validation.Policy) {
		if g.endpoint != nil {
			p.Endpoint = g.endpoint
		}
		p.Codes = codes
	})
	return g
}

// TestRelaxedValueGoesOnAsSent, and is told of where its code is monitored.
func TestRelaxedValueGoesOnAsSent(t *testing.T) {
	for _, code := range validation.RelaxableCodes() {
		for enforcement, want := range map[validation.Enforcement][]string{
			validation.Monitored: {offences[code].at + " " + string(code)},
			validation.Off:       {},
		} {
			t.Run(string(code), func(t *testing.T) {
				o := offences[code]
				s := o.relaxing(t, map[validation.Code]validation.Enforcement{code: enforcement}).judge(t, o.body.body())
				expect(t, s)
				if got := findings(s.Relaxed()); !slices.Equal(got, want) {
					t.Errorf("relaxed:\n got %q\nwant %q", got, want)
				}
				name, _, _ := strings.Cut(o.at[1:], "/")
				if got, want := decode(t, s.AppendBody(nil))[name], decode(t, o.body.body())[name]; string(got) != string(want) {
					t.Errorf("%s goes on as %s, sent was %s", name, got, want)
				}
			})
		}
	}
}

func decode(t testing.TB, body []byte) map[string]json.RawMessage {
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		t.Fatal(err)
	}
	return members
}

// TestRelaxedValueIsNotNormalised, not even by rules that it does not break, and
// its neighbours are.
func TestRelaxedValueIsNotNormalised(t *testing.T) {
	relaxed := func(codes ...validation.Code) *validation.Rules {
		return compile(t, func(p *validation.Policy) {
			p.NormalizePhone = true
			p.Codes = map[validation.Code]validation.Enforcement{}
			for _, code := range codes {
				p.Codes[code] = validation.Monitored
			}
		})
	}
	for name, test := range map[string]struct {
		codes []validation.Code
		body  registration
		want  map[string]string
	}{
		"a name with two blanks and a digit": {
			[]validation.Code{validation.NameCharacters}, valid.withText("firstName", " Ada  2 ").withText("lastName", " King  Noel "),
			map[string]string{"firstName": " Ada  2 ", "lastName": "King Noel"},
		},
		"a phone number of another country": {
			[]validation.Code{validation.PhoneCountry}, valid.withText("dialingCode", "+234").withText("phone", "+44 7123 456789"),
			map[string]string{"dialingCode": "+234", "phone": "+447123456789"},
		},
		"a phone number that is none": {
			[]validation.Code{validation.PhoneInvalid}, valid.withText("dialingCode", "+44").withText("phone", "98457 363733"),
			map[string]string{"dialingCode": "+44", "phone": "98457 363733"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := gate{rules: relaxed(test.codes...)}.judge(t, test.body.body())
			expect(t, s)
			got := forward(t, s)
			for member, want := range test.want {
				if got[member] != want {
					t.Errorf("%s goes on as %q, want %q", member, got[member], want)
				}
			}
		})
	}
}

// TestOtherRulesStay: a relaxed value is judged by the rules that are not relaxed.
func TestOtherRulesStay(t *testing.T) {
	weak := offence{body: valid.withPassword("summer")}
	g := weak.relaxing(t, map[validation.Code]validation.Enforcement{validation.PasswordTooShort: validation.Monitored, validation.PasswordCommon: validation.Off})
	s := g.judge(t, weak.body.body())
	expect(t, s, "/password password_uppercase", "/password password_digit", "/password password_special")
	if got := findings(s.Relaxed()); !slices.Equal(got, []string{"/password password_too_short"}) {
		t.Errorf("relaxed: %q", got)
	}
}

func TestWhatIsTold(t *testing.T) {
	body := device.with("tags", `["`+strings.Join(slices.Repeat([]string{"Quux"}, 5000), `","`)+`"]`)
	s := offence{gate: judging(devices)}.relaxing(t, map[validation.Code]validation.Enforcement{
		validation.Duplicate: validation.Monitored, validation.TooLong: validation.Monitored,
	}).judge(t, body.body())
	if n := len(s.Relaxed()); n == 0 || n > 64 {
		t.Errorf("%d violations are told of", n)
	}
}

// TestCodesThatAreAlwaysEnforced: the form of a body, types, what has to be there,
// and what an option of its own says.
func TestCodesThatAreAlwaysEnforced(t *testing.T) {
	relaxable := validation.RelaxableCodes()
	for _, code := range append(declaredCodes(t), "no_such_code") {
		policy := validation.DefaultPolicy()
		policy.Codes = map[validation.Code]validation.Enforcement{code: validation.Monitored}
		_, err := policy.Compile()
		if slices.Contains(relaxable, code) != (err == nil) {
			t.Errorf("%s: %v", code, err)
		}
	}
	for _, code := range []validation.Code{
		validation.Required, validation.WrongType, validation.Characters, validation.UnknownField, validation.PlaintextNotAllowed,
		validation.PasswordUndecryptable, validation.EmailTaken, validation.EmailPending, validation.EmailImmutable,
	} {
		if slices.Contains(relaxable, code) {
			t.Errorf("%s need not be enforced", code)
		}
	}
}
