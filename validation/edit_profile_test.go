package validation_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/customergate/customergate/validation"
)

// profileEdits is the world of profile edits, under the default rules.
func profileEdits() gate { return gate{endpoint: validation.EditProfile, rules: profileRules()} }

var profileRules = sync.OnceValue(func() *validation.Rules {
	policy := validation.DefaultPolicy()
	policy.Endpoint = validation.EditProfile
	rules, err := policy.Compile()
	if err != nil {
		panic(err)
	}
	return rules
})

// wholeProfile has every field, spelled so that the rules have work.
const wholeProfile = `{"customerGender":"FEMALE","nationality":"British","dob":"1989-12-16",
	"address":{"postcode":"EC1A 1BB","city":"London","countryIso3":"GBR"},
	"phone":"7123456789","dialingCode":"+44","lastName":"O’Brien","firstName":"  Mary   Ann "}`

func TestProfilesForwarded(t *testing.T) {
	for _, c := range []struct{ name, sent, forwarded string }{
		{"of every field, in the table's order", wholeProfile,
			`{"firstName":"Mary Ann","lastName":"O'Brien","dialingCode":"+44","phone":"+447123456789","dob":"1989-12-16",` +
				`"address":{"city":"London","postcode":"EC1A 1BB","countryIso3":"GBR"},"nationality":"British","customerGender":"FEMALE"}`},
		{"of nothing", `{}`, `{}`},
		{"of nulls, which erase nothing", `{"firstName":null,"phone":null,"dialingCode":null,"address":null,"nationality":null}`, `{}`},
		{"of a first name", `{"firstName":"Excel"}`, `{"firstName":"Excel"}`},
		{"of a phone number with its +", `{"phone":"+12125551234"}`, `{"phone":"+12125551234"}`},
		{"of a phone number beside its dialing code", `{"phone":"+447123456789","dialingCode":"+44"}`, `{"dialingCode":"+44","phone":"+447123456789"}`},
		{"of an address whose parts are emptied", `{"address":{"address2":"","city":null}}`, `{"address":{"address2":""}}`},
		{"of a nationality in any spelling", `{"nationality":"Côte d’Ivoire (CIV)"}`, `{"nationality":"Côte d’Ivoire (CIV)"}`},
		{"of texts that are emptied", `{"nationality":"","customerGender":""}`, `{"nationality":"","customerGender":""}`},
		{"of a gender as a token", `{"customerGender":"NON_BINARY"}`, `{"customerGender":"NON_BINARY"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := profileEdits().judge(t, []byte(c.sent))
			expect(t, s)
			if got := string(s.AppendBody(nil)); got != c.forwarded {
				t.Errorf("forwarded\n%s\nwant\n%s", got, c.forwarded)
			}
		})
	}
}

func TestProfilesRefused(t *testing.T) {
	for _, c := range []struct {
		name, sent string
		want       []string
	}{
		{"empty first name", `{"firstName":""}`, []string{"/firstName name_length", "/firstName name_characters"}},
		{"last name of one letter", `{"lastName":"X"}`, []string{"/lastName name_length"}},
		{"name of digits", `{"lastName":"Anna3"}`, []string{"/lastName name_characters"}},
		{"name that is a number", `{"firstName":1}`, []string{"/firstName type"}},
		{"empty phone", `{"phone":""}`, []string{"/phone phone_format"}},
		{"phone without + or dialing code", `{"phone":"7123456789"}`, []string{"/phone phone_format"}},
		{"phone without + beside a dialing code that is null", `{"phone":"7123456789","dialingCode":null}`, []string{"/phone phone_format"}},
		{"phone that is none", `{"phone":"+4498457363733"}`, []string{"/phone phone_invalid"}},
		{"phone of another country than its dialing code", `{"phone":"+447123456789","dialingCode":"+1"}`, []string{"/dialingCode phone_country"}},
		{"dialing code alone", `{"dialingCode":"+44"}`, []string{"/phone required"}},
		{"dialing code with a phone that is null", `{"phone":null,"dialingCode":"+44"}`, []string{"/phone required"}},
		{"dialing code alone, and none", `{"dialingCode":"44"}`, []string{"/dialingCode phone_country", "/phone required"}},
		{"dialing code alone, of another type", `{"dialingCode":44}`, []string{"/dialingCode type", "/phone required"}},
		{"empty date of birth", `{"dob":""}`, []string{"/dob dob_format"}},
		{"date of birth in the future", `{"dob":"2027-01-01"}`, []string{"/dob dob_future"}},
		{"date of birth of a minor", `{"dob":"2010-01-01"}`, []string{"/dob dob_underage"}},
		{"date of birth long ago", `{"dob":"1889-12-16"}`, []string{"/dob dob_too_old"}},
		{"address of an unknown member", `{"address":{"state":"x"}}`, []string{"/address/state unknown_field"}},
		{"address that is a text", `{"address":"London"}`, []string{"/address type"}},
		{"country of two letters", `{"address":{"countryIso3":"GB"}}`, []string{"/address/countryIso3 enum"}},
		{"long nationality", `{"nationality":"` + letters(256) + `"}`, []string{"/nationality too_long"}},
		{"nationalities", `{"nationality":["GBR"]}`, []string{"/nationality type"}},
		{"long gender", `{"customerGender":"` + letters(33) + `"}`, []string{"/customerGender too_long"}},
		{"gender that is no token", `{"customerGender":"<b>"}`, []string{"/customerGender enum"}},
		{"email", `{"email":"excel@fincode.co.uk"}`, []string{"/email email_immutable"}},
		{"email that is null", `{"email":null}`, []string{"/email email_immutable"}},
		{"email that is empty", `{"email":""}`, []string{"/email email_immutable"}},
		{"email of another type", `{"email":{"a":[1E999]}}`, []string{"/email email_immutable"}},
		{"email that is escaped", `{"\u0065mail":"x"}`, []string{"/email email_immutable"}},
		{"email in another case", `{"Email":"x"}`, []string{"/Email unknown_field"}},
		{"email that folds to it", `{"EMAIL":null}`, []string{"/EMAIL unknown_field"}},
		{"password", `{"password":"` + strong + `","confirmPassword":null,"payloadEncrypted":false}`,
			[]string{"/password unknown_field", "/confirmPassword unknown_field", "/payloadEncrypted unknown_field"}},
		{"members of a registration", `{"customerType":"INDIVIDUAL","devicePlatform":"IOS","dynamicFields":{}}`,
			[]string{"/customerType unknown_field", "/devicePlatform unknown_field", "/dynamicFields unknown_field"}},
		{"everything in document order", `{"role":"admin","dob":"x","email":1,"lastName":"X"}`,
			[]string{"/role unknown_field", "/dob dob_format", "/email email_immutable", "/lastName name_length"}},
		{"not an object", `[]`, []string{" type"}},
	} {
		t.Run(c.name, func(t *testing.T) { expect(t, profileEdits().judge(t, []byte(c.sent)), c.want...) })
	}
}

// No option lets an address or a password through.
func TestProfilesUnderAllFields(t *testing.T) {
	g := profileEdits()
	g.rules = compile(t, func(p *validation.Policy) { p.Endpoint, p.AllowAllFields = validation.EditProfile, true })
	for _, name := range []string{"email", "password", "confirmPassword", "payloadEncrypted"} {
		for _, spelling := range []string{name, strings.ToUpper(name), strings.ToUpper(name[:1]) + name[1:]} {
			s := g.judge(t, registration{{spelling, `"x"`}}.body())
			if len(s.Violations()) != 1 {
				t.Errorf("%s: %q", spelling, findings(s.Violations()))
			}
		}
	}
	s := g.judge(t, []byte(`{"devicePlatform":"IOS","n":1.50,"firstName":"Excel"}`))
	expect(t, s)
	if got, want := string(s.AppendBody(nil)), `{"firstName":"Excel","devicePlatform":"IOS","n":1.50}`; got != want {
		t.Errorf("forwarded %s, want %s", got, want)
	}
}

func TestProfilesAllowNoBarredField(t *testing.T) {
	for _, name := range []string{"email", "Email", "password", "paſſword", "nationality", "CustomerGender"} {
		policy := validation.DefaultPolicy()
		policy.Endpoint, policy.AllowFields = validation.EditProfile, []string{name}
		if err := policy.Validate(); err == nil {
			t.Errorf("%s may be allowed", name)
		}
	}
}

func TestProfileMessages(t *testing.T) {
	for body, want := range map[string]string{
		`{"role":1}`:           "This field is not part of a profile.",
		`{"password":1}`:       "This field is not part of a profile.",
		`{"email":1}`:          "The email address of a customer cannot be changed.",
		`{"dialingCode":"+1"}`: "This field is required.",
	} {
		violations := profileEdits().judge(t, []byte(body)).Violations()
		if len(violations) != 1 || violations[0].Message != want {
			t.Errorf("%s: %+v, want %q", body, violations, want)
		}
	}
}

// Rules of one endpoint say nothing of the members of another.
func TestRulesOfAnotherEndpoint(t *testing.T) {
	s, err := validation.EditProfile.Read([]byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("they were taken")
		}
	}()
	s.Check(defaultRules(), validation.Facts{Now: today})
}

// FuzzEditProfile edits profiles with any body. What is forwarded is canonical:
// every parser reads the same from it, it holds nothing that is barred, and as
// an edit of its own it is forwarded unchanged.
func FuzzEditProfile(f *testing.F) {
	for _, body := range []string{
		`{}`, `[]`, wholeProfile, `{"email":null}`, `{"EMAIL":"x","password":"y"}`, `{"firstName":"e\u0301va\u0323"}`, `{"firstName":"A     B"}`,
		`{"dialingCode":"+44"}`, `{"dialingCode":"+1","phone":"+12125551234"}`, `{"phone":"(0044) 7123-456.789"}`, `{"address":{"x":{"__proto__":1}}}`,
		`{"nationality":"\u0000\u2028\ud83d\ude00","x":1E400}`, `{"a":[1.50,-0,1e2,"\u0061"],"customerGender":"X"}`, `{"Email\u0000":1}`,
	} {
		f.Add([]byte(body), false)
		f.Add([]byte(body), true)
	}
	strict := profileEdits()
	lenient := profileEdits()
	lenient.rules = compile(f, func(p *validation.Policy) {
		p.Endpoint, p.AllowAllFields, p.NormalizePhone = validation.EditProfile, true, true
	})
	f.Fuzz(func(t *testing.T, body []byte, lax bool) {
		g := strict
		if lax {
			g = lenient
		}
		s, err := validation.EditProfile.Read(body)
		if err != nil {
			return
		}
		g.check(s)
		if len(s.Violations()) > 0 {
			return
		}
		forwarded := s.AppendBody(nil)
		checkCanonical(t, forwarded)
		again := g.judge(t, forwarded)
		expect(t, again)
		if twice := again.AppendBody(nil); !bytes.Equal(twice, forwarded) {
			t.Errorf("%s became %s", forwarded, twice)
		}
	})
}

func checkCanonical(t *testing.T, forwarded []byte) {
	t.Helper()
	if err := strictly(forwarded); err != nil {
		t.Errorf("%v: %s", err, forwarded)
	}
	one, err := byEncodingJSON(forwarded)
	if err != nil {
		t.Fatalf("%v: %s", err, forwarded)
	}
	other, err := byJSONText(forwarded)
	if err != nil || one != other {
		t.Errorf("%s is read as %s and as %s, %v", forwarded, one, other, err)
	}
	var members map[string]any
	if err := json.Unmarshal(forwarded, &members); err != nil {
		return // a number beyond a double, in the digits that the client sent
	}
	for name := range members {
		if slices.ContainsFunc([]string{"email", "password", "confirmPassword", "payloadEncrypted"}, func(barred string) bool {
			return strings.EqualFold(barred, name)
		}) {
			t.Errorf("forwarded %s", forwarded)
		}
	}
}
