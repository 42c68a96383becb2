package validation_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/customergate/customergate/validation"
)

// spellings are ways of one name that some common parser or other takes for it.
func spellings(name string) []string {
	snake := snakeCase(name)
	last := len(name) - 1
	return []string{
		strings.ToUpper(name), strings.ToUpper(name[:1]) + name[1:], snake, strings.ToUpper(snake), strings.ReplaceAll(snake, "_", "-"),
		"_" + name, name + "_", "__" + name + "__", "-" + name, name[:last] + "_" + name[last:], name[:1] + "-" + name[1:],
		" " + name, name + " ", strings.ReplaceAll(snake, "_", " "), name + "\u00a0", name + "\u3000", "$" + name, "@" + name, name + "[]", name + ".",
		"\ufeff" + name, name + "\u200b", name[:1] + "\u200d" + name[1:], name[:1] + "\u00ad" + name[1:], name + "\ufe0f", name[:1] + "\u2060" + name[1:],
		name[:1] + "\u115f" + name[1:], "\u1160" + name, name[:1] + "\u3164" + name[1:], name + "\uffa0",
		name[:1] + "\u0301" + name[1:], name + "\u0327", name + "\x00", "\x7f" + name, name + "\u0085",
		fullWidth(name), mathBold(name),
		strings.NewReplacer("s", "\u017f", "S", "\u017f").Replace(name), strings.NewReplacer("k", "\u212a", "K", "\u212a").Replace(name),
		strings.NewReplacer("i", "\u0131", "I", "\u0131").Replace(name), strings.NewReplacer("i", "\u0130", "I", "\u0130").Replace(name),
		strings.ReplaceAll(name, "ss", "ß"), strings.ReplaceAll(name, "ss", "ẞ"), strings.ReplaceAll(name, "fi", "ﬁ"), strings.ReplaceAll(name, "st", "ﬆ"),
		strings.NewReplacer("e", "é", "a", "ä", "o", "o\u0308", "i", "ï").Replace(name), strings.ReplaceAll(name, "a", "ª"),
	}
}

func snakeCase(name string) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func fullWidth(name string) string {
	return strings.Map(func(r rune) rune { return r - '!' + '\uff01' }, name)
}

func mathBold(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 0x1D41A
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 0x1D400
		}
		return r - '0' + 0x1D7CE
	}, name)
}

var knownNames = []string{
	"devicePlatform", "appVersion", "appId", "customerType", "payloadEncrypted", "firstName", "lastName", "email", "dialingCode", "phone",
	"dob", "password", "confirmPassword", "address", "dynamicFields",
}

var knownAddressNames = []string{"address1", "address2", "city", "region", "countryCommonName", "postcode", "countryIso3"}

// No name that some parser takes for one of the contract passes, whatever the
// operator lets through.
func TestNamesLikeKnownOnes(t *testing.T) {
	all := gate{rules: compile(t, func(p *validation.Policy) { p.AllowAllFields = true })}
	for _, known := range knownNames {
		for _, name := range spellings(known) {
			if name != known {
				expectUnknown(t, all, valid.with(name, "1"), "/"+name)
			}
		}
	}
	for _, known := range knownAddressNames {
		for _, name := range spellings(known) {
			if name != known {
				expectUnknown(t, all, valid.with("address", `{`+quote(name)+`:1}`), "/address/"+name)
			}
		}
	}
	for _, name := range []string{
		"pass_word", "E-Mail", "PASS-WORD", "first.name", "ema\u0131l", "EMA\u0130L", "confirm password", "dynamic_fields",
		"address.city", "ADDRESS.postcode", "address[city]", "address/city", "address:city", "address->city", "dynamicFields.referrer", "dynamic-fields[a]",
		"/address/city", "//address/city", "[address][city]", ".address.city", "$.address.city", "$['address']['city']", "(address)city", "address(city)",
		"address．city", "address［city］", "address／city", "address：city", "address＞city", "address﹒city", "address\u2024city", "dynamicFields…a",
		"dob(1i)", "DOB(2i)", "email(1)", "first_name(1s)", "dob⑴",
		"__proto__.role", "__proto__[role]", "address.__proto__.role", "role.__proto__", "['__proto__']['role']", "role/__proto__/x",
	} {
		expectUnknown(t, all, valid.with(name, "1"), "/"+pointerEscape.Replace(name))
	}
	profile := gate{endpoint: validation.EditProfile, rules: compile(t, func(p *validation.Policy) {
		p.Endpoint, p.AllowAllFields = validation.EditProfile, true
	})}
	for _, name := range []string{"customer_gender", "NATIONALITY", "e_mail", "Payload-Encrypted", "pass word"} {
		expectUnknown(t, profile, registration{}.with(name, "1"), "/"+name)
	}
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

func expectUnknown(t *testing.T, g gate, body registration, pointer string) {
	t.Helper()
	for _, v := range g.judge(t, body.body()).Violations() {
		if string(v.Pointer) == pointer && v.Code == validation.UnknownField {
			return
		}
	}
	t.Errorf("%+q passes", pointer)
}

// Names that only resemble those of the contract are the client's own business,
// and so is every name below dynamicFields.
func TestNamesThatAreOthers(t *testing.T) {
	all := gate{rules: compile(t, func(p *validation.Policy) { p.AllowAllFields = true })}
	for _, name := range []string{
		"emails", "email2", "mail", "phoneNumber", "phone_number", "name", "address3", "addressCity", "address_city", "postcode", "city",
		"utm_source", "utm.source", "utm/source", "email.verified", "email[0]", "billing.address.city", "(", "/", "...", "my__proto__", "proto.x", "role(dob)", "邮箱", "邮箱email", "имя", "e", "", "-", "😀", "\u0435mail",
	} {
		if found := findings(all.judge(t, valid.with(name, "1").body()).Violations()); len(found) > 0 {
			t.Errorf("%q: %q", name, found)
		}
	}
	expect(t, gate{}.judge(t, valid.with("dynamicFields", `{"e-mail":1,"EMAIL":2,"email":{"E_Mail":3,"email":4}}`).body()))
}

// Of the members that were let through, none is like another one of its object.
func TestNamesLikeEachOther(t *testing.T) {
	const like = "The name of this field is too much like that of another one."
	all := gate{rules: compile(t, func(p *validation.Policy) { p.AllowAllFields = true })}
	listed := gate{rules: compile(t, func(p *validation.Policy) { p.AllowFields = []string{"role", "ROLE"} })}
	for _, c := range []struct {
		name          string
		gate          gate
		first, second string
		alike         bool
	}{
		{"but for case", all, "role", "ROLE", true},
		{"but for a hyphen", all, "utm_source", "utm-source", true},
		{"but for an accent", all, "rôle", "role", true},
		{"but for the form of an accent", all, "ὧ", "ω\u0314\u0342", true},
		{"but for case, both of them listed", listed, "role", "ROLE", true},
		{"but for a digit", all, "utm1", "utm2", false},
		{"but for an alphabet", all, "role", "r\u043ele", false},
		{"neither of them with a letter", all, "-", "_", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			violations := c.gate.judge(t, valid.with(c.first, "1").with(c.second, "2").body()).Violations()
			if !c.alike {
				if len(violations) > 0 {
					t.Errorf("%q", findings(violations))
				}
				return
			}
			if len(violations) != 1 || string(violations[0].Pointer) != "/"+c.second || violations[0].Code != validation.UnknownField || violations[0].Message != like {
				t.Errorf("%+v", violations)
			}
		})
	}
	expect(t, all.judge(t, valid.with("address", `{"floor":1,"FLOOR":2}`).body()), "/address/FLOOR unknown_field")
	expect(t, all.judge(t, valid.with("address", `{"floor":1}`).with("FLOOR", "2").body()))
	expect(t, listed.judge(t, valid.with("ROLE", "2").body()))
	expect(t, gate{}.judge(t, valid.with("dynamicFields", `{"role":1,"ROLE":2}`).body()))
}

// What passes is no name of the contract to encoding/json either, which passes
// over case.
func FuzzUnknownNames(f *testing.F) {
	for _, name := range []string{"role", "EMAIL", "pass_word", "pa\u017f\u017fword", "e\u200dmail", "address.city", "ﷺ", "\u0130"} {
		f.Add(name)
	}
	policy := validation.DefaultPolicy()
	policy.AllowAllFields = true
	rules, err := policy.Compile()
	if err != nil {
		f.Fatal(err)
	}
	g := gate{rules: rules}
	f.Fuzz(func(t *testing.T, name string) {
		name = strings.ToValidUTF8(name, "")
		for _, known := range knownNames {
			if name == known {
				return
			}
		}
		s := g.judge(t, valid.with(name, `"x"`).body())
		if len(s.Violations()) > 0 {
			return
		}
		var read struct {
			CustomerType, FirstName, LastName, Email, Phone, Dob, Password, ConfirmPassword string
			DevicePlatform, AppVersion, AppID, DialingCode                                  string
		}
		if err := json.Unmarshal(s.AppendBody(nil), &read); err != nil {
			t.Fatal(err)
		}
		if read.Email != "excel.nwachukwu+2@fincode.co.uk" || read.Password != strong || read.AppID != "" || read.DevicePlatform != "" {
			t.Errorf("%+q: encoding/json reads %+v", name, read)
		}
	})
}
