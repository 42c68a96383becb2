package validation_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/customergate/customergate/validation"
)

func TestForwardedBody(t *testing.T) {
	all := gate{rules: compile(t, func(p *validation.Policy) { p.AllowAllFields = true })}
	const passwords = `"password":"` + strong + `","confirmPassword":"` + strong + `"`
	const required = `"customerType":"INDIVIDUAL","payloadEncrypted":false,"firstName":"Excel","lastName":"Nwachukwu",` +
		`"email":"excel.nwachukwu+2@fincode.co.uk","phone":"+447123456789","dob":"1989-12-16",` + passwords
	backwards := slices.Clone(valid)
	slices.Reverse(backwards)
	for _, c := range []struct {
		name string
		gate gate
		body string
		want string
	}{
		{"what is required", gate{}, string(valid.body()), `{` + required + `}`},
		{"in another order", gate{}, string(backwards.body()), `{` + required + `}`},
		{"with nulls", gate{}, string(valid.with("appId", "null").with("address", "null").with("dynamicFields", "null").body()), `{` + required + `}`},
		{"with empty texts", gate{}, string(valid.withText("appId", "").with("address", `{"city":"","region":null}`).body()), `{"appId":"",` + required + `,"address":{"city":""}}`},
		{"with every member backwards", all,
			`{"b":1,"dynamicFields":{"z":1,"y":[]},"a":2,"address":{"floor":3,"countryIso3":"GBR","postcode":"P","countryCommonName":"C","region":"R","city":"L","address2":"2","address1":"1"},` +
				`"confirmPassword":"` + strong + `","password":"` + strong + `","dob":"1989-12-16","phone":"7123456789","dialingCode":"+44","email":"Eva@EXAMPLE.com","lastName":" O’Brien ",` +
				`"firstName":"Zoe\u0308","payloadEncrypted":false,"customerType":"COMPANY","appId":"i","appVersion":"v","devicePlatform":"IOS"}`,
			`{"devicePlatform":"IOS","appVersion":"v","appId":"i","customerType":"COMPANY","payloadEncrypted":false,"firstName":"Zoë","lastName":"O'Brien",` +
				`"email":"Eva@example.com","dialingCode":"+44","phone":"+447123456789","dob":"1989-12-16",` + passwords + `,` +
				`"address":{"address1":"1","address2":"2","city":"L","region":"R","countryCommonName":"C","postcode":"P","countryIso3":"GBR","floor":3},` +
				`"b":1,"a":2,"dynamicFields":{"z":1,"y":[]}}`},
		{"with numbers in their original digits", gate{},
			string(valid.with("dynamicFields", `{"n":[-0,0.0,1.50,1E5,1e+5,1e-0005,12345678901234567890123,0.1000000000000000055511151231257827]}`).body()),
			`{` + required + `,"dynamicFields":{"n":[-0,0.0,1.50,1E5,1e+5,1e-0005,12345678901234567890123,0.1000000000000000055511151231257827]}}`},
		{"without white space and needless escapes", gate{},
			string(valid.with("dynamicFields", " { \"\\u0061\" : [ \"\\/\\u00e9\" ,\t{ } , [ ] , \"\\u000A\\u0009\\r\\u0022\" ] \n}").body()),
			`{` + required + `,"dynamicFields":{"a":["/é",{},[],"\n\t\r\""]}}`},
		{"with an empty extra name", all, string(valid.with("", "1").body()), `{` + required + `,"":1}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := c.gate.judge(t, []byte(c.body))
			expect(t, s)
			if got := string(s.AppendBody(nil)); got != c.want {
				t.Errorf("forwarded\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestAppendBodyAppends(t *testing.T) {
	s := gate{}.judge(t, valid.body())
	want := "before" + string(s.AppendBody(nil))
	if got := string(s.AppendBody([]byte("before"))); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Whatever becomes of the violations, what was refused is not forwarded.
// TestAppendBodyWantsEveryRule: a body that was not judged to the end, or was
// found wanting, must not get out, whatever the caller does.
func TestAppendBodyWantsEveryRule(t *testing.T) {
	unjudged, _ := secretsOf(t)
	undecrypted, _ := secretsOf(t)
	undecrypted.CheckSecrets()
	for name, s := range map[string]*validation.Submission{
		"an unknown member":     gate{}.judge(t, valid.withText("role", "admin").body()),
		"secrets not judged":    unjudged,
		"secrets not decrypted": undecrypted,
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it was written")
				}
			}()
			s.AppendBody(nil)
		})
	}
}

func TestText(t *testing.T) {
	s := gate{}.judge(t, valid.withText("devicePlatform", "IOS").withText("lastName", " O’Brien").body())
	for field, want := range map[string]string{"devicePlatform": "IOS", "lastName": "O'Brien", "appId": "", "password": ""} {
		if got := s.Text(field); got != want {
			t.Errorf("%s = %q, want %q", field, got, want)
		}
	}
}

// tableOrder is the order of the contract's members; extras stand before the
// last.
var tableOrder = []string{
	"devicePlatform", "appVersion", "appId", "customerType", "payloadEncrypted", "firstName", "lastName", "email", "dialingCode",
	"phone", "dob", "password", "confirmPassword", "address", "", "dynamicFields",
}

// memberOrder tells where each member of an object stands in the table.
func memberOrder(t *testing.T, body []byte) []int {
	t.Helper()
	extras := slices.Index(tableOrder, "")
	dec := jsontext.NewDecoder(bytes.NewReader(body))
	var order []int
	if _, err := dec.ReadToken(); err != nil {
		t.Fatal(err)
	}
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			t.Fatal(err)
		}
		place := slices.Index(tableOrder, name.String())
		if place < 0 {
			place = extras
		}
		order = append(order, place)
		if err := dec.SkipValue(); err != nil {
			t.Fatal(err)
		}
	}
	return order
}

// FuzzAppendBody forwards one text in every place that takes any, and a value
// of the client's own.
func FuzzAppendBody(f *testing.F) {
	for _, text := range []string{"", "x", "\x00\x1f\"\\/", "\u2028\u2029\ufeff\U0010ffff", "email", "EMAIL", "__proto__", strings.Repeat(`"`, 200)} {
		f.Add(text, []byte(`{"a":[1.50,"\u0061",{"b":null}]}`), true)
		f.Add(text, []byte(" {\n} "), false)
	}
	policy := validation.DefaultPolicy()
	policy.AllowAllFields = true
	rules, err := policy.Compile()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, value []byte, encrypted bool) {
		if !utf8.ValidString(text) || !jsontext.Value(value).IsValid() {
			return
		}
		password := strong + text
		g := gate{rules: rules}
		sent := valid.with(text, string(value)).withText("appId", text).withText("firstName", text).
			with("address", `{"city":`+quote(text)+`}`).with("dynamicFields", string(value))
		if encrypted {
			g.plaintexts = [][]byte{[]byte(password), []byte(password)}
			sent = sent.with("payloadEncrypted", "true").withPassword("x")
		} else {
			sent = sent.withPassword(password)
		}
		if len(text) < 2 || len(text) > 50 {
			sent = sent.withText("firstName", "Excel")
		}
		body := sent.body()
		s, err := validation.RegisterCustomer.Read(body)
		if err != nil {
			return // the value nests too deep, or the text is a member's name
		}
		g.check(s)
		if len(s.Violations()) > 0 {
			return
		}
		forwarded := s.AppendBody(nil)
		if cap(forwarded) != len(body)+s.Slack() {
			t.Errorf("the body of %d bytes grew to %d, which leaves a copy behind", len(body), cap(forwarded))
		}
		if err := strictly(forwarded); err != nil {
			t.Errorf("%v: %s", err, forwarded)
		}
		if order := memberOrder(t, forwarded); !slices.IsSorted(order) {
			t.Errorf("not in the table's order: %s", forwarded)
		}
		members := forward(t, s)
		if members["payloadEncrypted"] != false || members["password"] != password || members["confirmPassword"] != password || members["appId"] != text {
			t.Errorf("forwarded %s", forwarded)
		}
	})
}

// Growing would leave a copy of the password in memory that nobody clears.
func TestForwardedBodyFitsWhatIsReserved(t *testing.T) {
	escaped := `mQ7!zKd4` + strings.Repeat(`"\`, 91)
	for name, c := range map[string]struct {
		gate gate
		body registration
	}{
		"usual": {gate{}, valid},
		"plaintexts longer than what was sent": {
			gate{plaintexts: [][]byte{[]byte(escaped), []byte(escaped)}},
			valid.with("payloadEncrypted", "true").withPassword("x"),
		},
		"names that NFC makes longer":   {gate{}, valid.withText("firstName", strings.Repeat("\u0958", 25)).withText("lastName", strings.Repeat("\ufb2c", 16))},
		"phone behind its dialing code": {gate{}, valid.withText("dialingCode", "+44").withText("phone", "7123456789")},
	} {
		t.Run(name, func(t *testing.T) {
			body := c.body.body()
			s := c.gate.judge(t, body)
			expect(t, s)
			if got, want := cap(s.AppendBody(nil)), len(body)+s.Slack(); got != want {
				t.Errorf("capacity %d, reserved were %d", got, want)
			}
		})
	}
}
