package validation_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/customergate/customergate/validation"
)

// judging is the world of an endpoint, under the default rules without some codes.
func judging(endpoint *validation.Endpoint, off ...validation.Code) gate {
	policy := validation.DefaultPolicy()
	policy.Endpoint, policy.Codes = endpoint, map[validation.Code]validation.Enforcement{}
	for _, code := range off {
		policy.Codes[code] = validation.Off
	}
	rules, err := policy.Compile()
	if err != nil {
		panic(err)
	}
	return gate{endpoint: endpoint, rules: rules}
}

func newEndpoint(subject string, table ...validation.Field) *validation.Endpoint {
	endpoint, err := validation.NewEndpoint(subject, table)
	if err != nil {
		panic(err)
	}
	return endpoint
}

// by names rules, each with its arguments behind it: "digits 4 6".
func by(rules ...string) []validation.Rule {
	made := make([]validation.Rule, len(rules))
	for i, rule := range rules {
		words := strings.Fields(rule)
		made[i] = validation.Rule{Name: words[0], Arguments: words[1:]}
	}
	return made
}

var newPasswords = newEndpoint("change of password",
	validation.Field{Name: "payloadEncrypted", Type: validation.Flag, Rules: by("encrypted")},
	validation.Field{Name: "currentPassword", Type: validation.Text, Required: true, Sealed: true},
	validation.Field{Name: "newPassword", Type: validation.Text, Required: true, Sealed: true, Rules: by("password", "differs_from currentPassword")},
)

// devices has what the built-in endpoints have not.
var devices = newEndpoint("device",
	validation.Field{Name: "name", Type: validation.Text, Required: true, Bounds: &validation.Bounds{Min: 2, Max: 5}},
	validation.Field{Name: "limit", Type: validation.Number, Bounds: &validation.Bounds{Min: -1, Max: 100}, Rules: by("integer")},
	validation.Field{Name: "share", Type: validation.Number},
	validation.Field{Name: "rate", Type: validation.Number, Bounds: &validation.Bounds{Min: 0.1, Max: 0.3}},
	validation.Field{Name: "tags", Type: validation.List, Unique: true, Bounds: &validation.Bounds{Min: 1, Max: 3},
		Item: &validation.Field{Type: validation.Text, Bounds: &validation.Bounds{Max: 8}, Rules: by("token")}},
	validation.Field{Name: "levels", Type: validation.List, Unique: true,
		Item: &validation.Field{Type: validation.Number, Bounds: &validation.Bounds{Max: 9}}},
	validation.Field{Name: "flags", Type: validation.List, Item: &validation.Field{Type: validation.Flag}},
	validation.Field{Name: "serial", Type: validation.Text, Rules: by("digits 4 6")},
	validation.Field{Name: "again", Type: validation.Text, Rules: by("same_as serial")},
	validation.Field{Name: "old", Type: validation.Text, Rules: by("differs_from serial")},
	validation.Field{Name: "model", Type: validation.Text, Rules: by("matches a|bc+")},
	validation.Field{Name: "bought", Type: validation.Text, Rules: by("date")},
	validation.Field{Name: "seller", Type: validation.Object, Members: []validation.Field{
		{Name: "id", Type: validation.Text, Required: true, Rules: by("token")},
		{Name: "shop", Type: validation.Object, Members: []validation.Field{
			{Name: "street", Type: validation.Text, RequiredWith: "city"},
			{Name: "city", Type: validation.Text},
			{Name: "notes", Type: validation.Object},
		}},
	}},
)

var device = registration{{"name", `"abc"`}, {"serial", `"13579"`}}

func TestTablesOfEveryKind(t *testing.T) {
	g := judging(devices)
	for _, c := range []struct {
		name string
		body registration
		want []string
	}{
		{"nothing but what is required", device, nil},
		{"number at its bounds", device.with("limit", `-1`), nil},
		{"number with an exponent that is whole", device.with("limit", `1e2`), nil},
		{"number below its bounds", device.with("limit", `-1.0000000000000000000001`), []string{"/limit out_of_range"}},
		{"number beyond its bounds by what no double shows", device.with("limit", `100.0000000000000000000000001`), []string{"/limit out_of_range"}},
		{"number at a bound that no double is", device.with("rate", `0.1`), nil},
		{"number at the other", device.with("rate", `0.30`), nil},
		{"number a little below", device.with("rate", `0.09999999999999999999999`), []string{"/rate out_of_range"}},
		{"number a little beyond", device.with("rate", `0.30000000000000000000001`), []string{"/rate out_of_range"}},
		{"number that is not whole", device.with("limit", `1.5`), []string{"/limit type"}},
		{"number that is a text", device.with("limit", `"1"`), []string{"/limit type"}},
		{"number that no double holds", device.with("share", `1e999`), []string{"/share type"}},
		{"number that some take for a text", device.with("share", `184467440737095516161`), []string{"/share type"}},
		{"list", device.with("tags", `["a","b","c"]`), nil},
		{"list that is empty", device.with("tags", `[]`), []string{"/tags too_short"}},
		{"list without bounds that is empty", device.with("flags", `[]`), nil},
		{"list that is too long", device.with("tags", `["a","b","c","d"]`), []string{"/tags too_long"}},
		{"list that is a text", device.with("tags", `"a"`), []string{"/tags type"}},
		{"list of other types", device.with("tags", `["a",1,null]`), []string{"/tags/1 type", "/tags/2 type"}},
		{"list with elements that break rules", device.with("tags", `["a","b c","`+letters(9)+`"]`), []string{"/tags/1 enum", "/tags/2 too_long"}},
		{"list with a control character", device.with("tags", `["\u0001"]`), []string{"/tags/0 characters", "/tags/0 enum"}},
		{"numbers twice in another spelling", device.with("levels", `[1,1.0,10e-1,2,0,-0.0]`), []string{"/levels/1 duplicate", "/levels/2 duplicate", "/levels/5 duplicate"}},
		{"numbers out of range", device.with("levels", `[1,10]`), []string{"/levels/1 out_of_range"}},
		{"flags", device.with("flags", `[true,false,true]`), nil},
		{"flags that are none", device.with("flags", `[true,{"a":[]}]`), []string{"/flags/1 type"}},
		{"expression", device.withText("model", "bccc"), nil},
		{"expression that matches a part", device.withText("model", "abcc"), []string{"/model format"}},
		{"digits with a sign", device.withText("serial", "-1234"), []string{"/serial format"}},
		{"object without what it requires", device.with("seller", `{}`), []string{"/seller/id required"}},
		{"object in an object", device.with("seller", `{"id":"x","shop":{"city":"y","notes":{"n":1}}}`), []string{"/seller/shop/street required"}},
		{"unknown member in an object in an object", device.with("seller", `{"id":"x","shop":{"role":1}}`), []string{"/seller/shop/role unknown_field"}},
		{"everything in document order", registration{{"seller", `{"shop":{"city":"y"}}`}, {"tags", `[1]`}, {"serial", `"x"`}},
			[]string{"/name required", "/seller/id required", "/seller/shop/street required", "/tags/0 type", "/serial format"}},
	} {
		t.Run(c.name, func(t *testing.T) { expect(t, g.judge(t, c.body.body()), c.want...) })
	}
}

func TestTablesForwarded(t *testing.T) {
	sent := device.with("limit", `1e2`).with("tags", `[ "a" , "\u0062"]`).with("levels", `[0, 1.50]`).with("flags", `[true,false]`).
		with("seller", `{"shop":{"notes":{"n": 1.0},"city":"","street":""},"id":"x"}`)
	s := judging(devices).judge(t, sent.body())
	expect(t, s)
	want := `{"name":"abc","limit":1e2,"tags":["a","b"],"levels":[0,1.50],"flags":[true,false],"serial":"13579",` +
		`"seller":{"id":"x","shop":{"street":"","city":"","notes":{"n":1.0}}}}`
	if got := string(s.AppendBody(nil)); got != want {
		t.Errorf("forwarded\n%s\nwant\n%s", got, want)
	}
}

// An answer about a list is no longer than one about unknown members.
func TestListsOfManyFaults(t *testing.T) {
	s := judging(devices).judge(t, device.with("levels", `[`+strings.Repeat(`"x",`, 20_000)+`1]`).body())
	if n := len(s.Violations()); n != 100 {
		t.Errorf("%d violations", n)
	}
}

// Where nothing says whether a sealed value is encrypted, its form does.
func TestSealedWithoutFlag(t *testing.T) {
	pins := newEndpoint("transaction PIN",
		validation.Field{Name: "pin", Type: validation.Text, Sealed: true, Required: true, Rules: by("digits 4 6")},
		validation.Field{Name: "again", Type: validation.Text, Sealed: true, Rules: by("same_as pin")},
		validation.Field{Name: "answer", Type: validation.Text, Sealed: true, Bounds: &validation.Bounds{Min: 2, Max: 5}},
	)
	g := judging(pins)
	for _, c := range []struct {
		name, body string
		plain      bool
		opened     []string
		want       []string
		forwarded  string
	}{
		{"raw", `{"pin":"1234"}`, true, nil, nil, `{"pin":"1234"}`},
		{"raw where it may not be", `{"pin":"1234"}`, false, nil, []string{"/pin plaintext_not_allowed"}, ""},
		{"raw where it may not be, and wrong", `{"pin":"x"}`, false, nil, []string{"/pin plaintext_not_allowed", "/pin format"}, ""},
		{"encrypted", `{"pin":"CIPHER"}`, false, []string{"1234"}, nil, `{"pin":"1234"}`},
		{"encrypted, and wrong", `{"pin":"CIPHER"}`, false, []string{"x"}, []string{"/pin format"}, ""},
		{"one of both", `{"pin":"1234","again":"CIPHER"}`, true, []string{"1234"}, nil, `{"pin":"1234","again":"1234"}`},
		{"one of both, not the same", `{"pin":"1234","again":"CIPHER"}`, true, []string{"4321"}, []string{"/again mismatch"}, ""},
		{"one of both, where raw ones may not be", `{"pin":"1234","again":"CIPHER"}`, false, []string{"1234"}, []string{"/pin plaintext_not_allowed"}, ""},
		{"nothing in it", `{"pin":""}`, true, nil, []string{"/pin required"}, ""},
		{"nothing encrypted", `{"pin":"CIPHER"}`, true, []string{""}, []string{"/pin required"}, ""},
		{"bounds", `{"pin":"1234","answer":"é"}`, true, nil, []string{"/answer too_short"}, ""},
		{"without any rule, never trimmed", `{"pin":"1234","answer":" é "}`, true, nil, nil, `{"pin":"1234","answer":" é "}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := pins.Read([]byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			s.Check(g.rules, validation.Facts{Now: today, PlaintextAllowed: c.plain, IsCiphertext: func(v []byte) bool { return string(v) == "CIPHER" }})
			if sent := s.Ciphertexts(); len(sent) != len(c.opened) {
				t.Fatalf("%d ciphertexts", len(sent))
			}
			var opened [][]byte
			for _, text := range c.opened {
				opened = append(opened, []byte(text))
			}
			s.Unseal(opened)
			s.CheckSecrets()
			expect(t, s, c.want...)
			if c.want == nil {
				if got := string(s.AppendBody(nil)); got != c.forwarded {
					t.Errorf("forwarded %s", got)
				}
			}
		})
	}
}

// What is sealed goes on in plaintext, so nothing that an operator lets through may tell
// the upstream that it is encrypted.
func TestSealedWithoutFlagSaysNothingOfEncryption(t *testing.T) {
	pins := newEndpoint("transaction PIN", validation.Field{Name: "pin", Type: validation.Text, Sealed: true, Rules: by("digits 4 6")})
	g := judging(pins)
	g.rules = compile(t, func(p *validation.Policy) { p.Endpoint, p.AllowAllFields = pins, true })
	expect(t, g.judge(t, []byte(`{"payloadEncrypted":true}`)), "/payloadEncrypted unknown_field")
	expect(t, g.judge(t, []byte(`{"payload_encrypted":true}`)), "/payload_encrypted unknown_field")
	expect(t, g.judge(t, []byte(`{"role":true}`)))
	policy := validation.DefaultPolicy()
	policy.Endpoint, policy.AllowFields = pins, []string{"payloadEncrypted"}
	if policy.Validate() == nil {
		t.Error("an operator can let it through")
	}
	notes := newEndpoint("note", validation.Field{Name: "text", Type: validation.Text})
	g = judging(notes)
	g.rules = compile(t, func(p *validation.Policy) { p.Endpoint, p.AllowAllFields = notes, true })
	expect(t, g.judge(t, []byte(`{"payloadEncrypted":true}`)))
}

// A table that is wrong makes no endpoint, and its error says which field and why.
func TestTablesRefused(t *testing.T) {
	text := func(name string, rules ...string) validation.Field {
		return validation.Field{Name: name, Type: validation.Text, Rules: by(rules...)}
	}
	sealed := func(name string, rules ...string) validation.Field {
		return validation.Field{Name: name, Type: validation.Text, Sealed: true, Rules: by(rules...)}
	}
	address := func(name string, rules ...string) validation.Field {
		return validation.Field{Name: name, Type: validation.Text, Required: true, Rules: by(rules...)}
	}
	claimed := func(f validation.Field) validation.Field { f.Claimed = true; return f }
	account := func(f validation.Field) validation.Field { f.Account = true; return f }
	for name, c := range map[string]struct {
		table []validation.Field
		want  string
	}{
		"no field":                          {nil, "there is no field"},
		"no name":                           {[]validation.Field{text("")}, `field "": a name has`},
		"name that is a way":                {[]validation.Field{text("a.b")}, "field a.b: a name has"},
		"reserved name":                     {[]validation.Field{text("__proto__")}, "a name has"},
		"no type":                           {[]validation.Field{{Name: "a"}}, `type "" is none`},
		"same name":                         {[]validation.Field{text("a"), text("a")}, "field a: there are two of this name"},
		"same name to some":                 {[]validation.Field{text("userPin"), text("user_pin")}, "field user_pin: some JSON readers take it for the field userPin"},
		"same name in an object":            {[]validation.Field{{Name: "o", Type: validation.Object, Members: []validation.Field{text("a"), text("A")}}}, "field o/A: some JSON readers"},
		"sealed number":                     {[]validation.Field{{Name: "a", Type: validation.Number, Sealed: true}}, "sealed: what is encrypted is a text"},
		"sealed without a type":             {[]validation.Field{{Name: "a", Sealed: true}}, `type "" is none`},
		"unknown rule":                      {[]validation.Field{text("a", "nick")}, `there is no rule "nick"`},
		"rule of another type":              {[]validation.Field{{Name: "a", Type: validation.Number, Rules: by("token")}}, "the rule token judges the type text"},
		"rule of secrets":                   {[]validation.Field{text("a", "password")}, "the rule password judges what is sealed alone"},
		"rule of no secrets":                {[]validation.Field{sealed("a", "email")}, "the rule email judges nothing that is sealed"},
		"rule twice":                        {[]validation.Field{text("a", "token", "token")}, "the rule token is there twice"},
		"rule without arguments":            {[]validation.Field{text("a", "digits")}, "the rule digits has 0 arguments here: want 2"},
		"rule with arguments that are none": {[]validation.Field{text("a", "digits 6 4")}, "write `digits <min> <max>`"},
		"expression that is none":           {[]validation.Field{text("a", "matches a)(b")}, "unexpected )"},
		"same as nothing":                   {[]validation.Field{sealed("a", "same_as b")}, "no other field of the same object is named b"},
		"same as itself":                    {[]validation.Field{sealed("a", "same_as a")}, "no other field"},
		"same as another kind":              {[]validation.Field{text("b"), sealed("a", "same_as b")}, "b is not of the same kind"},
		"same as what comes later":          {[]validation.Field{text("a", "same_as b"), text("b")}, "b comes later"},
		"required with nothing":             {[]validation.Field{{Name: "a", Type: validation.Text, RequiredWith: "b"}}, "required_with b: no other field"},
		"dialing code of no number":         {[]validation.Field{text("dialingCode", "dialing_code")}, "put a field named phone"},
		"dialing code behind its number":    {[]validation.Field{text("phone", "phone"), text("dialingCode", "dialing_code")}, "put it before the field phone"},
		"encrypted nothing":                 {[]validation.Field{{Name: "a", Type: validation.Flag, Rules: by("encrypted")}}, "nothing in this table is sealed"},
		"encrypted twice":                   {[]validation.Field{sealed("s"), {Name: "a", Type: validation.Flag, Rules: by("encrypted")}, {Name: "b", Type: validation.Flag, Rules: by("encrypted")}}, "encrypted: field a is that already"},
		"encrypted within":                  {[]validation.Field{sealed("s"), {Name: "o", Type: validation.Object, Members: []validation.Field{{Name: "a", Type: validation.Flag, Rules: by("encrypted")}}}}, "it must be a member of the body itself"},
		"barred without a code":             {[]validation.Field{{Name: "a", Type: validation.Barred}}, "say with which code"},
		"barred and required":               {[]validation.Field{{Name: "a", Type: validation.Barred, Required: true, Rules: by("unknown_field")}}, "it is barred"},
		"members of a text":                 {[]validation.Field{{Name: "a", Type: validation.Text, Members: []validation.Field{text("b")}}}, "members are those of an object"},
		"list without an item":              {[]validation.Field{{Name: "a", Type: validation.List}}, "item: a list needs one"},
		"list of objects":                   {[]validation.Field{{Name: "a", Type: validation.List, Item: &validation.Field{Type: validation.Object}}}, "the elements of a list are"},
		"list of secrets":                   {[]validation.Field{{Name: "a", Type: validation.List, Item: &validation.Field{Type: validation.Text, Sealed: true}}}, "an element is neither"},
		"unique text":                       {[]validation.Field{{Name: "a", Type: validation.Text, Unique: true}}, "unique is for the elements of a list"},
		"bounds of a flag":                  {[]validation.Field{{Name: "a", Type: validation.Flag, Bounds: &validation.Bounds{Max: 1}}}, "bounds are for"},
		"bounds turned around":              {[]validation.Field{{Name: "a", Type: validation.Number, Bounds: &validation.Bounds{Min: 2, Max: 1}}}, "want min <= max"},
		"length that is not whole":          {[]validation.Field{{Name: "a", Type: validation.Text, Bounds: &validation.Bounds{Max: 1.5}}}, "a length is a whole number"},
		"values twice":                      {[]validation.Field{{Name: "a", Type: validation.Text, OneOf: []string{"x", "x"}}}, `"x" is listed twice`},
		"claimed and not judged":            {[]validation.Field{claimed(address("a"))}, "only what the rule email has normalised"},
		"claimed twice":                     {[]validation.Field{claimed(address("a", "email")), claimed(address("b", "email"))}, "claimed: field a is that already"},
		"claimed and optional":              {[]validation.Field{claimed(text("a", "email"))}, "for a required text"},
		"account that is no address":        {[]validation.Field{account(address("a", "token"))}, "it needs the rule email or email_plausible"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := validation.NewEndpoint("thing", c.table)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if _, err := validation.NewEndpoint(" ", []validation.Field{text("a")}); err == nil {
		t.Error("a subject may be blank")
	}
}

// A rule does without the neighbours that the table does not have.
func TestRulesWithoutNeighbours(t *testing.T) {
	g := judging(newEndpoint("thing",
		validation.Field{Name: "phone", Type: validation.Text, Rules: by("phone")},
		validation.Field{Name: "secret", Type: validation.Text, Sealed: true, Rules: by("password")},
	))
	expect(t, g.judge(t, []byte(`{"phone":"+447123456789","secret":"`+strong+`"}`)))
	expect(t, g.judge(t, []byte(`{"phone":"7123456789","secret":"Summer2025!"}`)), "/phone phone_format", "/secret password_common")
}

func TestFields(t *testing.T) {
	var pointers []jsontext.Pointer
	for f := range devices.Fields() {
		pointers = append(pointers, f.Pointer)
	}
	want := []jsontext.Pointer{"/name", "/limit", "/share", "/rate", "/tags", "/levels", "/flags", "/serial", "/again", "/old", "/model", "/bought",
		"/seller", "/seller/id", "/seller/shop", "/seller/shop/street", "/seller/shop/city", "/seller/shop/notes"}
	if !slices.Equal(pointers, want) {
		t.Errorf("got %q", pointers)
	}
	for f := range devices.Fields() { // which nobody can change
		if f.Rules != nil {
			f.Rules[0].Name = "nothing"
		}
		break
	}
	again, err := validation.NewEndpoint(devices.Subject(), devices.Table())
	if err != nil || len(slices.Collect(again.Fields())) != len(want) {
		t.Errorf("made anew: %v", err)
	}
}

func TestWhatEndpointsHave(t *testing.T) {
	for name, c := range map[string]struct {
		endpoint         *validation.Endpoint
		claimed, account string
		sealed, password bool
	}{
		"register_customer": {validation.RegisterCustomer, "email", "", true, true},
		"edit_profile":      {validation.EditProfile, "", "", false, false},
		"devices":           {devices, "", "", false, false},
		"new passwords":     {newPasswords, "", "", true, true},
	} {
		e := c.endpoint
		if e.Claimed() != c.claimed || e.Account() != c.account || e.HasSealed() != c.sealed || e.HasRule("password") != c.password {
			t.Errorf("%s: claims %q, account %q, sealed %t, password %t", name, e.Claimed(), e.Account(), e.HasSealed(), e.HasRule("password"))
		}
	}
}
