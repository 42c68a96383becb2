package validation_test

import (
	"strings"
	"testing"
)

func TestDevicePlatforms(t *testing.T) {
	runFieldCases(t, gate{}, "devicePlatform", []fieldCase{
		{name: "iOS", sent: "IOS"},
		{name: "Android", sent: "ANDROID"},
		{name: "web", sent: "WEB"},
		{name: "another one", sent: "HarmonyOS-5.0"},
		{name: "every character of a token", sent: "!#$%&'*+-.^_`|~azAZ09"},
		{name: "of 32 characters", sent: letters(32)},
		{name: "empty", sent: ""},
		{name: "of 33 characters", sent: letters(33), codes: refused("too_long")},
		{name: "with a blank", sent: "Windows Phone", codes: refused("enum")},
		{name: "with a slash", sent: "iOS/17", codes: refused("enum")},
		{name: "with a line break", sent: "IOS\n", codes: refused("characters", "enum")},
		{name: "not ASCII", sent: "Ändroid", codes: refused("enum")},
	})
}

func TestCustomerTypes(t *testing.T) {
	runFieldCases(t, gate{}, "customerType", []fieldCase{
		{name: "individual", sent: "INDIVIDUAL"},
		{name: "company", sent: "COMPANY"},
		{name: "empty", sent: "", codes: refused("required")},
		{name: "in lower case", sent: "individual", codes: refused("enum")},
		{name: "with a blank", sent: "COMPANY ", codes: refused("enum")},
		{name: "another one", sent: "PARTNERSHIP", codes: refused("enum")},
	})
}

// Lengths count code points, not bytes.
func TestLengths(t *testing.T) {
	for field, limit := range map[string]int{"appVersion": 32, "appId": 255} {
		t.Run(field, func(t *testing.T) {
			runFieldCases(t, gate{}, field, []fieldCase{
				{name: "empty", sent: ""},
				{name: "at the limit", sent: letters(limit)},
				{name: "of wide characters at the limit", sent: strings.Repeat("😀", limit)},
				{name: "over the limit", sent: letters(limit + 1), codes: refused("too_long")},
				{name: "of wide characters over the limit", sent: strings.Repeat("é", limit+1), codes: refused("too_long")},
			})
		})
	}
}

func TestAddresses(t *testing.T) {
	line := quote(strings.Repeat("é", 255))
	tooLong := quote(strings.Repeat("é", 256))
	for _, c := range []struct {
		name, address string
		want          []string
	}{
		{"empty", `{}`, nil},
		{"null", `null`, nil},
		{"full", `{"address1":"1 High Street","address2":"Flat 2","city":"London","region":"Greater London","countryCommonName":"United Kingdom","postcode":"N1 1AA","countryIso3":"GBR"}`, nil},
		{"of empty texts", `{"address1":"","address2":"","city":"","region":"","countryCommonName":"","postcode":"","countryIso3":""}`, nil},
		{"of nulls", `{"address1":null,"address2":null,"city":null,"region":null,"countryCommonName":null,"postcode":null,"countryIso3":null}`, nil},
		{"at the limits", `{"address1":` + line + `,"address2":` + line + `,"city":` + line + `,"region":` + line + `,"countryCommonName":` + line + `,"postcode":` + line + `}`, nil},
		{"over the limits", `{"address1":` + tooLong + `,"address2":` + tooLong + `,"city":` + tooLong + `,"region":` + tooLong + `,"countryCommonName":` + tooLong + `,"postcode":` + tooLong + `}`, []string{
			"/address/address1 too_long", "/address/address2 too_long", "/address/city too_long",
			"/address/region too_long", "/address/countryCommonName too_long", "/address/postcode too_long",
		}},
		{"of wrong types", `{"address1":1,"city":false,"countryIso3":{},"postcode":[]}`, []string{
			"/address/address1 type", "/address/city type", "/address/countryIso3 type", "/address/postcode type",
		}},
		{"with a country of two letters", `{"countryIso3":"GB"}`, []string{"/address/countryIso3 enum"}},
		{"with a country of four letters", `{"countryIso3":"GBRX"}`, []string{"/address/countryIso3 enum"}},
		{"with a country in lower case", `{"countryIso3":"gbr"}`, []string{"/address/countryIso3 enum"}},
		{"with a country with a digit", `{"countryIso3":"GB1"}`, []string{"/address/countryIso3 enum"}},
		{"with a country beyond ASCII in three bytes", `{"countryIso3":"GÉ"}`, []string{"/address/countryIso3 enum"}},
		{"with a member of the body", `{"email":"eva@example.com"}`, []string{"/address/email unknown_field"}},
		{"a text", `"1 High Street"`, []string{"/address type"}},
		{"a list", `[]`, []string{"/address type"}},
		{"true", `true`, []string{"/address type"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			expect(t, gate{}.judge(t, valid.with("address", c.address).body()), c.want...)
		})
	}
}
