package validation_test

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers/v2"

	"github.com/customergate/customergate/validation"
)

func TestPhones(t *testing.T) {
	runFieldCases(t, gate{}, "phone", []fieldCase{
		{name: "British one of the page", sent: "+447123456789"},
		{name: "American one of the page", sent: "+12125551234"},
		{name: "with a zero that belongs to it", sent: "+390612345678"},
		{name: "of seven digits", sent: "+2907123", codes: refused("phone_invalid")},
		{name: "with a zero that belongs to it, from Ivory Coast", sent: "+2250123456789"},
		{name: "with a zero that belongs to it, from Gabon", sent: "+24106031234"},
		{name: "of six digits that a country has", sent: "+989601", codes: refused("phone_format")},
		{name: "of six digits that a country has, in Austria", sent: "+431115", codes: refused("phone_format")},
		{name: "of sixteen digits that a country has", sent: "+4980012145675908", codes: refused("phone_format")},
		{name: "of eighteen digits that a country has", sent: "+81012012345678901", codes: refused("phone_format")},
		{name: "of seven digits that a country has", sent: "+2903123", codes: refused("phone_invalid")},
		{name: "freephone of no country", sent: "+80012345678"},
		{name: "shared cost of no country", sent: "+80812345678"},
		{name: "of a satellite network", sent: "+881612345678"},

		{name: "with a trunk zero", sent: "+4407123456789", codes: refused("phone_trunk_zero")},
		{name: "with a trunk zero, German", sent: "+49015123456789", codes: refused("phone_trunk_zero")},
		{name: "with a trunk zero, French", sent: "+330612345678", codes: refused("phone_trunk_zero")},
		{name: "with a trunk zero, Dutch", sent: "+310612345678", codes: refused("phone_trunk_zero")},
		{name: "with a trunk zero, Irish", sent: "+3530850123456", codes: refused("phone_trunk_zero")},
		{name: "with a trunk zero, Indian", sent: "+9108123456789", codes: refused("phone_trunk_zero")},
		{name: "with a trunk zero, Pakistani", sent: "+9203012345678", codes: refused("phone_trunk_zero")},
		{name: "with a trunk zero, Nigerian", sent: "+23408021234567", codes: refused("phone_trunk_zero")},
		{name: "with a trunk zero, Kenyan", sent: "+2540712123456", codes: refused("phone_trunk_zero")},
		{name: "with a trunk zero, South African", sent: "+270711234567", codes: refused("phone_trunk_zero")},
		{name: "with a trunk zero, Australian", sent: "+610412345678", codes: refused("phone_trunk_zero")},
		{name: "with a trunk zero, Japanese", sent: "+8109012345678", codes: refused("phone_trunk_zero")},
		{name: "with a trunk zero, Colombian", sent: "+5703211234567", codes: refused("phone_trunk_zero")},
		{name: "with a trunk zero, of an island that shares its code", sent: "+4407797712345", codes: refused("phone_trunk_zero")},
		{name: "with two trunk zeros", sent: "+44007123456789", codes: refused("phone_invalid")},
		{name: "with a trunk zero before too few digits", sent: "+44071234567", codes: refused("phone_invalid")},
		{name: "with a zero where there is no trunk prefix", sent: "+102125551234", codes: refused("phone_invalid")},
		{name: "with a zero where the prefix is 8", sent: "+709123456789", codes: refused("phone_invalid")},
		{name: "with the trunk prefix 8", sent: "+789123456789", codes: refused("phone_invalid")},
		{name: "with the trunk prefix 06", sent: "+3606201234567", codes: refused("phone_invalid")},
		{name: "with the trunk prefix 1", sent: "+112125551234", codes: refused("phone_invalid")},
		{name: "with the old Mexican mobile prefix", sent: "+5215512345678", codes: refused("phone_invalid")},
		{name: "that its country dials without the first digit", sent: "+3758107218521", codes: refused("phone_invalid")},
		{name: "of too few digits for its country", sent: "+44712345678", codes: refused("phone_invalid")},
		{name: "of too many digits for its country", sent: "+4471234567890", codes: refused("phone_invalid")},
		{name: "of an unassigned area", sent: "+11995551234", codes: refused("phone_invalid")},
		{name: "of an unassigned country", sent: "+999123456789", codes: refused("phone_invalid")},
		{name: "of country zero", sent: "+0123456789", codes: refused("phone_invalid")},
		{name: "short code", sent: "+44999", codes: refused("phone_format")},
		{name: "of sixteen digits", sent: "+4471234567890123", codes: refused("phone_format")},
		{name: "sample of the page", sent: "984 573 63733", codes: refused("phone_format")},
		{name: "national without dialing code", sent: "7123456789", codes: refused("phone_format")},
		{name: "with the international prefix of many countries", sent: "00447123456789", codes: refused("phone_format")},
		{name: "+ alone", sent: "+", codes: refused("phone_format")},
		{name: "two +", sent: "++447123456789", codes: refused("phone_format")},
		{name: "+ behind", sent: "447123456789+", codes: refused("phone_format")},
		{name: "full-width +", sent: "＋447123456789", codes: refused("phone_format")},
		{name: "with blanks", sent: "+44 7123 456789", codes: refused("phone_format")},
		{name: "with hyphens", sent: "+1-212-555-1234", codes: refused("phone_format")},
		{name: "with dots", sent: "+1.212.555.1234", codes: refused("phone_format")},
		{name: "with brackets", sent: "+1(212)5551234", codes: refused("phone_format")},
		{name: "with a blank before", sent: " +447123456789", codes: refused("phone_format")},
		{name: "with a blank behind", sent: "+447123456789 ", codes: refused("phone_format")},
		{name: "with a line break behind", sent: "+447123456789\n", codes: refused("characters", "phone_format")},
		{name: "with letters", sent: "+1800FLOWERS", codes: refused("phone_format")},
		{name: "with an extension", sent: "+12125551234;ext=5", codes: refused("phone_format")},
		{name: "as a URI", sent: "tel:+12125551234", codes: refused("phone_format")},
		{name: "in Arabic digits", sent: "+٤٤٧١٢٣٤٥٦٧٨٩", codes: refused("phone_format")},
		{name: "with one full-width digit", sent: "+44712345678９", codes: refused("phone_format")},
		{name: "with a soft hyphen", sent: "+44712345\u00ad6789", codes: refused("phone_format")},
	})
}

func TestPhonesWithDialingCodes(t *testing.T) {
	for _, c := range []struct {
		name, dialingCode, phone string
		want                     []string
		wantCode, wantPhone      string
	}{
		{"national", "+44", "7123456789", nil, "+44", "+447123456789"},
		{"international of that code", "+44", "+447123456789", nil, "+44", "+447123456789"},
		{"national of one of many countries of a code", "+1", "2423651234", nil, "+1", "+12423651234"},
		{"with a zero that belongs to it", "+39", "0612345678", nil, "+39", "+390612345678"},
		{"of no country", "+800", "12345678", nil, "+800", "+80012345678"},

		{"sample of the page", "+44", "984 573 63733", []string{"/phone phone_format"}, "", ""},
		{"sample of the page without blanks", "+44", "98457363733", []string{"/phone phone_invalid"}, "", ""},
		{"code with the area of the number", "+124", "23651234", []string{"/dialingCode phone_country", "/phone phone_format"}, "", ""},
		{"beginning of a code with the rest", "+4", "47123456789", []string{"/dialingCode phone_country", "/phone phone_format"}, "", ""},
		{"code and the beginning of a number", "+447", "123456789", []string{"/dialingCode phone_country", "/phone phone_format"}, "", ""},
		{"zero alone", "+0", "447123456789", []string{"/dialingCode phone_country", "/phone phone_format"}, "", ""},
		{"of six digits that a country has", "+98", "9601", []string{"/phone phone_format"}, "", ""},
		{"with a trunk zero", "+44", "07123456789", []string{"/phone phone_trunk_zero"}, "", ""},
		{"international with a trunk zero", "+44", "+4407123456789", []string{"/phone phone_trunk_zero"}, "", ""},
		{"with the code again", "+44", "447123456789", []string{"/phone phone_invalid"}, "", ""},
		{"too short", "+44", "712", []string{"/phone phone_format"}, "", ""},
		{"international of another code", "+234", "+447123456789", []string{"/dialingCode phone_country"}, "", ""},
		{"beginning of the code", "+4", "+447123456789", []string{"/dialingCode phone_country"}, "", ""},
		{"code and more", "+447", "+447123456789", []string{"/dialingCode phone_country"}, "", ""},
		{"invalid of another code", "+234", "+4471", []string{"/dialingCode phone_country", "/phone phone_format"}, "", ""},
		{"of a code that nobody has", "+44", "+999123456789", []string{"/phone phone_invalid"}, "", ""},
		{"code that nobody has", "+999", "7123456789", []string{"/dialingCode phone_country", "/phone phone_format"}, "", ""},
		{"code that nobody has, twice", "+999", "+999123456789", []string{"/dialingCode phone_country", "/phone phone_invalid"}, "", ""},
		{"code without +", "44", "+447123456789", []string{"/dialingCode phone_country"}, "", ""},
		{"code without + of a national", "44", "7123456789", []string{"/dialingCode phone_country", "/phone phone_format"}, "", ""},
		{"code of four digits", "+4471", "23456789", []string{"/dialingCode phone_country", "/phone phone_format"}, "", ""},
		{"code of no digits", "+", "7123456789", []string{"/dialingCode phone_country", "/phone phone_format"}, "", ""},
		{"code with a blank", "+44 ", "+447123456789", []string{"/dialingCode phone_country"}, "", ""},
		{"code in Arabic digits", "+٤٤", "+447123456789", []string{"/dialingCode phone_country"}, "", ""},
		{"empty code", "", "+447123456789", []string{"/dialingCode phone_country"}, "", ""},
		{"empty code of a national", "", "7123456789", []string{"/dialingCode phone_country", "/phone phone_format"}, "", ""},
		{"country in letters", "GB", "7123456789", []string{"/dialingCode phone_country", "/phone phone_format"}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := registration{{"dialingCode", quote(c.dialingCode)}}
			body = append(body, valid.withText("phone", c.phone)...)
			s := gate{}.judge(t, body.body())
			expect(t, s, c.want...)
			if len(c.want) > 0 {
				return
			}
			members := forward(t, s)
			if members["dialingCode"] != c.wantCode || members["phone"] != c.wantPhone {
				t.Errorf("forwarded %v %v, want %s %s", members["dialingCode"], members["phone"], c.wantCode, c.wantPhone)
			}
		})
	}
}

func TestDialingCodeThatIsNoTextHelpsNoPhone(t *testing.T) {
	national := valid.withText("phone", "7123456789")
	expect(t, gate{}.judge(t, national.with("dialingCode", "44").body()), "/phone phone_format", "/dialingCode type")
	expect(t, gate{}.judge(t, national.with("dialingCode", "null").body()), "/phone phone_format")
	expect(t, gate{}.judge(t, valid.with("dialingCode", "44").body()), "/dialingCode type")
}

func TestPhoneNormalize(t *testing.T) {
	normalize := gate{rules: compile(t, func(p *validation.Policy) { p.NormalizePhone = true })}
	runFieldCases(t, normalize, "phone", []fieldCase{
		{name: "with nothing to take out", sent: "+447123456789"},
		{name: "with blanks", sent: "+44 7123 456789", forwarded: "+447123456789"},
		{name: "with hyphens", sent: "+1-212-555-1234", forwarded: "+12125551234"},
		{name: "with dots", sent: "+1.212.555.1234", forwarded: "+12125551234"},
		{name: "with round brackets", sent: "+1 (212) 555-1234", forwarded: "+12125551234"},
		{name: "with square brackets", sent: "+1 [212] 555-1234", forwarded: "+12125551234"},
		{name: "with all around", sent: " (+44)-7123.456789 ", forwarded: "+447123456789"},
		{name: "with a trunk zero in brackets", sent: "+44 (0) 7123 456789", codes: refused("phone_trunk_zero")},
		{name: "of fillers alone", sent: " -.()[]", codes: refused("phone_format")},
		{name: "with a slash", sent: "+49 30/123456", codes: refused("phone_format")},
		{name: "with a no-break space", sent: "+44\u00a07123456789", codes: refused("phone_format")},
		{name: "with a tab", sent: "+44\t7123456789", codes: refused("characters", "phone_format")},
		{name: "with an en dash", sent: "+44–7123456789", codes: refused("phone_format")},
		{name: "with letters", sent: "+1 800 FLOWERS", codes: refused("phone_format")},
	})

	t.Run("national sample of the page", func(t *testing.T) {
		s := normalize.judge(t, valid.withText("dialingCode", "+44").withText("phone", "984 573 63733").body())
		expect(t, s, "/phone phone_invalid")
	})
	t.Run("national with blanks", func(t *testing.T) {
		s := normalize.judge(t, valid.withText("dialingCode", "+44").withText("phone", "7123 456 789").body())
		if got := forward(t, s)["phone"]; got != "+447123456789" {
			t.Errorf("forwarded %v", got)
		}
	})
	t.Run("another code under the blanks", func(t *testing.T) {
		s := normalize.judge(t, valid.withText("dialingCode", "+234").withText("phone", "(+44) 7123 456789").body())
		expect(t, s, "/dialingCode phone_country")
	})
	t.Run("dialing code is never normalised", func(t *testing.T) {
		s := normalize.judge(t, valid.withText("dialingCode", "+4 4").withText("phone", "7123456789").body())
		expect(t, s, "/phone phone_format", "/dialingCode phone_country")
	})
}

// phoneFindings sends a phone number, with a dialing code or without.
func phoneFindings(t *testing.T, dialingCode, phone string) (*validation.Submission, []string) {
	t.Helper()
	body := valid.withText("phone", phone)
	if dialingCode != "" {
		body = append(registration{{"dialingCode", quote(dialingCode)}}, body...)
	}
	s, err := validation.RegisterCustomer.Read(body.body())
	if err != nil {
		t.Fatal(err)
	}
	s.Check(defaultRules(), validation.Facts{Now: today, PlaintextAllowed: true})
	return s, findings(s.Violations())
}

// acceptPhone fails unless a number is accepted in its international form and
// in its national digits behind a dialing code.
func acceptPhone(t *testing.T, example *phonenumbers.PhoneNumber) {
	t.Helper()
	e164 := phonenumbers.Format(example, phonenumbers.E164)
	if !isE164(e164) {
		expect(t, gate{}.judge(t, valid.withText("phone", e164).body()), "/phone phone_format")
		return
	}
	code := "+" + strconv.Itoa(int(example.GetCountryCode()))
	for _, sent := range []struct{ dialingCode, phone string }{
		{"", e164},
		{code, e164},
		{code, strings.TrimPrefix(e164, code)},
	} {
		s, found := phoneFindings(t, sent.dialingCode, sent.phone)
		if len(found) > 0 || s.Text("phone") != e164 || s.Text("dialingCode") != sent.dialingCode {
			t.Errorf("%s %s: %q, became %s %s", sent.dialingCode, sent.phone, found, s.Text("dialingCode"), s.Text("phone"))
		}
	}
}

func TestEveryExampleNumberOfEveryRegionIsAccepted(t *testing.T) {
	examples := 0
	for region := range phonenumbers.GetSupportedRegions() {
		for kind := range phonenumbers.GetSupportedTypesForRegion(region) {
			example := phonenumbers.GetExampleNumberForTypeInRegion(region, kind)
			if example == nil {
				continue
			}
			if !phonenumbers.IsValidNumber(example) {
				t.Errorf("%s: libphonenumber's example of type %v is not valid", region, kind)
				continue
			}
			acceptPhone(t, example)
			examples++
		}
	}
	if examples < 1_000 {
		t.Errorf("only %d examples", examples)
	}
}

func TestExampleNumbersOfNoCountryAreAccepted(t *testing.T) {
	codes := phonenumbers.GetSupportedGlobalNetworkCallingCodes()
	for code := range codes {
		acceptPhone(t, phonenumbers.GetExampleNumberForNonGeoEntity(code))
	}
	if len(codes) < 9 {
		t.Errorf("only %d calling codes", len(codes))
	}
}

func TestInvalidExampleNumbersAreRefused(t *testing.T) {
	regions := phonenumbers.GetSupportedRegions()
	for region := range regions {
		number := phonenumbers.Format(phonenumbers.GetInvalidExampleNumber(region), phonenumbers.E164)
		if _, found := phoneFindings(t, "", number); len(found) != 1 {
			t.Errorf("%s: %s: %q", region, number, found)
		}
	}
	if len(regions) < 240 {
		t.Errorf("only %d regions", len(regions))
	}
}

// FuzzPhone compares with libphonenumber, which must call every accepted
// number valid and every refused one of the right form invalid.
func FuzzPhone(f *testing.F) {
	for _, seed := range [][2]string{
		{"", ""}, {"", "+447123456789"}, {"+44", "7123456789"}, {"+44", "984 573 63733"}, {"", "+4407123456789"}, {"+98", "9601"},
		{"", "+390612345678"}, {"+800", "12345678"}, {"+124", "23651234"}, {"", "+12345678901234567890"}, {"+0", "1"}, {"", "+٤٤"},
		{"+54", "91123456789"}, {"", "+5215512345678"}, {"", "+2250123456789"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, dialingCode, phone string) {
		if !utf8.ValidString(dialingCode) || !utf8.ValidString(phone) {
			return
		}
		s, found := phoneFindings(t, dialingCode, phone)
		number := s.Text("phone")
		if len(found) > 0 {
			if isE164(phone) && dialingCode == "" && isValidE164(phone) {
				t.Errorf("%q is refused: %q", phone, found)
			}
			return
		}
		if !isE164(number) || !isValidE164(number) {
			t.Fatalf("%q %q became %q, which libphonenumber does not know", dialingCode, phone, number)
		}
		code := s.Text("dialingCode")
		if (code == "") != (dialingCode == "") || !strings.HasPrefix(number, code) {
			t.Errorf("%q %q became %q %q", dialingCode, phone, code, number)
		}
		parsed, _ := phonenumbers.Parse(number, "")
		acceptPhone(t, parsed)
	})
}

// isE164 reports whether a text has the form that the contract wants of a
// number.
func isE164(s string) bool {
	return strings.HasPrefix(s, "+") && strings.Trim(s[1:], "0123456789") == "" && 7 <= len(s)-1 && len(s)-1 <= 15
}

func isValidE164(number string) bool {
	parsed, err := phonenumbers.Parse(number, "")
	return err == nil && phonenumbers.IsValidNumber(parsed) && phonenumbers.Format(parsed, phonenumbers.E164) == number
}
