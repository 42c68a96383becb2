package validation_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/customergate/customergate/internal/race"
	"github.com/customergate/customergate/validation"
)

// controls are C0, U+007F and C1, or some of them.
func controls() []string {
	var list []string
	for r := rune(0); r < 0xA0; r += race.Share {
		if r < 0x20 || r >= 0x7F {
			list = append(list, string(r))
		}
	}
	return list
}

// No text that the contract knows holds a control character, wherever in it.
func TestControlCharactersInKnownFields(t *testing.T) {
	top := []string{
		"devicePlatform", "appVersion", "appId", "customerType", "firstName", "lastName", "email", "dialingCode", "phone", "dob",
	}
	address := []string{"address1", "address2", "city", "region", "countryCommonName", "postcode", "countryIso3"}
	for _, control := range controls() {
		for _, text := range []string{control, control + "x", "x" + control, "Ab" + control + "Cd"} {
			for _, field := range top {
				expectCharacters(t, gate{}, valid.withText(field, text), "/"+field)
			}
			for _, field := range address {
				expectCharacters(t, gate{}, valid.with("address", `{"`+field+`":`+quote(text)+`}`), "/address/"+field)
			}
		}
	}
	for _, field := range []string{"firstName", "dialingCode", "phone", "nationality", "customerGender"} {
		body := registration{{"phone", `"+447123456789"`}}.withText(field, "x\x00")
		expectCharacters(t, profileEdits(), body, "/"+field)
	}
}

func expectCharacters(t *testing.T, g gate, body registration, pointer string) {
	t.Helper()
	found := findings(g.judge(t, body.body()).Violations())
	if !slices.Contains(found, pointer+" characters") {
		t.Errorf("%s of %s: violations %q", pointer, body.body(), found)
	}
}

// What rules a field has beside is told as well.
func TestControlCharactersAreOneViolationOfMany(t *testing.T) {
	expect(t, gate{}.judge(t, valid.withText("appVersion", letters(32)+"\x00").body()), "/appVersion characters", "/appVersion too_long")
	expect(t, gate{}.judge(t, valid.withText("email", "eva@example.com\x7f").body()), "/email characters", "/email email_format")
	expect(t, gate{}.judge(t, valid.with("address", `{"city":"\u0085","region":"a\tb"}`).body()), "/address/city characters", "/address/region characters")
}

// A password with one is as unreadable raw as it is encrypted.
func TestControlCharactersInPasswords(t *testing.T) {
	expect(t, gate{}.judge(t, valid.withPassword(strong+"\x00").body()),
		"/password password_undecryptable", "/confirmPassword password_undecryptable")
}

// deep puts a JSON value at the bottom of so many objects and arrays in turn,
// and says where it is.
func deep(levels int, value string) (json, pointer string) {
	for i := range levels {
		if i%2 == 0 {
			value, pointer = `[0,`+value+`]`, "/1"+pointer
		} else {
			value, pointer = `{"a":`+value+`}`, "/a"+pointer
		}
	}
	return value, pointer
}

func TestControlCharactersInFreeformValues(t *testing.T) {
	all := gate{rules: compile(t, func(p *validation.Policy) { p.AllowAllFields = true })}
	listed := gate{rules: compile(t, func(p *validation.Policy) { p.AllowFields = []string{"note"} })}
	places := []struct {
		name    string
		gate    gate
		pointer string
		body    func(value string) registration
	}{
		{"dynamicFields", gate{}, "/dynamicFields/x", func(value string) registration { return valid.with("dynamicFields", `{"x":`+value+`}`) }},
		{"a member that is listed", listed, "/note", func(value string) registration { return valid.with("note", value) }},
		{"a member that passes with all", all, "/extra", func(value string) registration { return valid.with("extra", value) }},
		{"one of address", all, "/address/extra", func(value string) registration { return valid.with("address", `{"extra":`+value+`}`) }},
	}
	for _, place := range places {
		for _, levels := range []int{0, 1, 2, 7, 29} {
			t.Run(fmt.Sprintf("%s, %d levels down", place.name, levels), func(t *testing.T) {
				for _, control := range controls() {
					value, below := deep(levels, quote("a"+control+"b"))
					want := []string{place.pointer + below + " characters"}
					if control == "\n" || control == "\r" || control == "\t" {
						want = nil
					}
					expect(t, place.gate.judge(t, place.body(value).body()), want...)

					value, below = deep(levels, `{`+quote("a"+control)+`:1}`)
					expect(t, place.gate.judge(t, place.body(value).body()), place.pointer+below+"/a"+control+" characters")
				}
			})
		}
	}
}

func TestControlCharactersInNamesOfUnknownMembers(t *testing.T) {
	all := gate{rules: compile(t, func(p *validation.Policy) { p.AllowAllFields = true })}
	for _, control := range controls() {
		name := "x" + control + "y"
		expect(t, all.judge(t, valid.with(name, "1").body()), "/"+name+" characters")
		expect(t, all.judge(t, valid.with("address", `{`+quote(name)+`:1}`).body()), "/address/"+name+" characters")
		expect(t, gate{}.judge(t, valid.with(name, "1").body()), "/"+name+" characters", "/"+name+" unknown_field")
	}
}
