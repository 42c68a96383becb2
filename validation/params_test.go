package validation_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/customergate/customergate/validation"
)

// What a program is told has to be enough to say the same as the message.
func TestParams(t *testing.T) {
	for _, c := range []struct {
		name string
		gate gate
		body registration
		want string
	}{
		{"type", gate{}, valid.with("email", "1"), `{"type":"string"}`},
		{"type of the whole body", gate{}, nil, `{"type":"object"}`},
		{"number beyond a double", gate{}, valid.with("dynamicFields", `{"n":1E400}`), `{"reason":"double","type":"number","max":1000}`},
		{"listed values", gate{}, valid.withText("customerType", "x"), `{"values":["INDIVIDUAL","COMPANY"]}`},
		{"length", gate{}, valid.withText("appVersion", letters(33)), `{"min":0,"max":32}`},
		{"range", judging(devices), device.with("limit", `1867530.9`), `{"min":-1,"max":100}`},
		{"digits", judging(devices), device.withText("serial", "x"), `{"reason":"digits","min":4,"max":6}`},
		{"token", gate{}, valid.withText("devicePlatform", "a b"), `{"reason":"token","characters":"!#$%&'*+-.^_` + "`" + `|~"}`},
		{"name length", gate{}, valid.withText("firstName", "x"), `{"min":2,"max":50}`},
		{"phone", gate{}, valid.withText("phone", "x"), `{"min":7,"max":15}`},
		{"email without a dot", gate{}, valid.withText("email", "eva@localhost"), `{"reason":"dot"}`},
		{"least age", gate{}, valid.withText("dob", "2010-01-01"), `{"min":18}`},
		{"greatest age", gate{}, valid.withText("dob", "1889-01-01"), `{"max":120}`},
		{"password without a special character", gate{}, valid.withPassword("mQ7-zKd4-hTw9-vB"), `{"characters":"!@#$%^&*"}`},
		{"kinds of a password", gate{}, valid.withPassword("Summer2025!"), `{"kinds":["word","year"]}`},
		{"second password", gate{}, valid.withText("confirmPassword", strong+"?"), `{"field":"password"}`},
		{"raw password", gate{noPlain: true}, valid, `{"field":"payloadEncrypted"}`},
		{"nothing to tell", gate{}, valid.without("email"), ``},
		{"a place too long to name", gate{}, valid.with("dynamicFields", `{"`+letters(2000)+`":{"__proto__":1}}`), `{"within":true,"subject":"registration"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := c.body.body()
			if c.body == nil {
				body = []byte("[]")
			}
			violations := c.gate.judge(t, body).Violations()
			if len(violations) != 1 {
				t.Fatalf("violations: %+v", violations)
			}
			if got := paramsOf(t, violations[0]); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// paramsOf is the member params of a violation in JSON, "" where it has none.
func paramsOf(t *testing.T, v validation.Violation) string {
	t.Helper()
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		t.Fatal(err)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(b.String()), &members); err != nil {
		t.Fatal(err)
	}
	return string(members["params"])
}

// The table is what others build on: it knows every code, and each violation has
// exactly the params that its sentence has.
func TestEveryViolationIsAsTheTableSays(t *testing.T) {
	sentences := map[string]validation.Sentence{}
	var codes []validation.Code
	for info := range validation.Codes() {
		codes = append(codes, info.Code)
		for _, s := range info.Sentences {
			sentences[s.Key] = s
		}
		if info.Title == "" || !strings.HasSuffix(info.Description, ".") {
			t.Errorf("%s has no title or description", info.Code)
		}
		for _, p := range info.Params() {
			if p.Name == "" || p.Type == "" || p.Description == "" {
				t.Errorf("%s has a param that is not described: %+v", info.Code, p)
			}
		}
	}
	if !slices.Equal(codes, declaredCodes(t)) {
		t.Errorf("the table has %v", codes)
	}
	for code, o := range offences {
		for _, v := range o.gate.judge(t, o.body.body()).Violations() {
			s, known := sentences[v.Params.Key(string(v.Code))]
			var names []string
			for _, p := range v.Params {
				if p.Name != "reason" {
					names = append(names, p.Name)
				}
			}
			if !known || !slices.Equal(names, s.Params) || v.Message != s.Say(v.Params) || strings.Contains(v.Message, "{") {
				t.Errorf("%s: %+v, of %+v", code, v, s)
			}
		}
	}
}

func TestEveryPlaceholderOfASentenceIsAParam(t *testing.T) {
	for info := range validation.Codes() {
		for _, s := range info.Sentences {
			params := validation.Params{}
			for _, name := range s.Params {
				params = append(params, validation.Param{Name: name, Value: 1})
			}
			if said := s.Say(params); strings.ContainsAny(said, "{}") {
				t.Errorf("%s: %s", s.Key, said)
			}
			if s.Count != "" && !slices.Contains(s.Params, s.Count) || s.One != "" && s.Count == "" {
				t.Errorf("%s counts nothing that it has", s.Key)
			}
		}
	}
}

func TestSentencesCount(t *testing.T) {
	for info := range validation.Codes() {
		if info.Code != validation.PasswordTooShort {
			continue
		}
		got := map[int]string{}
		for _, n := range []int{1, 2} {
			got[n] = info.Sentences[0].Say(validation.Params{{Name: "min", Value: n}})
		}
		want := map[int]string{1: "A password must have at least 1 character.", 2: "A password must have at least 2 characters."}
		if !maps.Equal(got, want) {
			t.Errorf("got %v", got)
		}
	}
}

// Params are the contract's and the operator's. This is what a person typed, in
// everything, and in no param.
func TestParamsHoldNoValue(t *testing.T) {
	for code, o := range offences {
		for _, v := range o.gate.judge(t, o.body.body()).Violations() {
			params := paramsOf(t, v)
			for _, value := range o.values {
				if strings.Contains(params, value) {
					t.Errorf("%s: %s holds %q", code, params, value)
				}
			}
		}
	}
}

func TestParamsAreReadAsTheyAreWritten(t *testing.T) {
	params := validation.Params{{"reason", "more"}, {"min", 2}, {"max", 2.5}, {"within", true}, {"kinds", []string{"word", "\"<&"}}}
	text, err := json.Marshal(params)
	if err != nil {
		t.Fatal(err)
	}
	var read validation.Params
	if err := json.Unmarshal(text, &read); err != nil || !reflect.DeepEqual(read, params) {
		t.Errorf("%s is read as %v: %v", text, read, err)
	}
	for _, wrong := range []string{`1`, `{"a":[1]}`, `"x"`} {
		if err := json.Unmarshal([]byte(wrong), &read); err == nil {
			t.Errorf("%s is read as %v", wrong, read)
		}
	}
}

func TestParamsOfTheSameKindAreEqual(t *testing.T) {
	one := gate{}.judge(t, valid.withPassword("Summer2025!").body()).Violations()
	two := gate{}.judge(t, valid.withPassword("Winter1999!").body()).Violations()
	if !reflect.DeepEqual(one, two) {
		t.Errorf("a violation tells passwords apart: %+v, %+v", one, two)
	}
}

// A sentence that no body is answered with is one that nobody needs to translate.
func TestEverySentenceIsSaid(t *testing.T) {
	said := map[string]bool{}
	note := func(g gate, body []byte) {
		for _, v := range g.judge(t, body).Violations() {
			said[v.Params.Key(string(v.Code))] = true
		}
	}
	for _, o := range offences {
		note(o.gate, o.body.body())
	}
	punctuated := compile(t, func(p *validation.Policy) { p.NamePunctuation = []string{"."} })
	for _, c := range []struct {
		gate gate
		body registration
	}{
		{gate{}, valid.with("dynamicFields", `{"n":1E400}`)},
		{gate{}, valid.with("dynamicFields", `{"n":184467440737095516160}`)},
		{gate{}, valid.with("dynamicFields", `{"n":"\u0000"}`)},
		{gate{}, valid.with("dynamicFields", `{"\u0000":1}`)},
		{gate{}, valid.with("dynamicFields", `{"`+letters(50_001)+`":1}`)},
		{gate{}, valid.withText("devicePlatform", "a b")},
		{gate{}, valid.with("address", `{"countryIso3":"GB"}`)},
		{gate{}, valid.withText("email", " eva@example.com")},
		{gate{}, valid.withText("email", "eva@bücher.example")},
		{gate{}, valid.withText("email", "eva@localhost")},
		{gate{rules: punctuated}, valid.withText("firstName", "A1")},
		{gate{rules: compile(t, func(p *validation.Policy) { p.PasswordPoints = 40 })}, valid.withPassword("x3Q!vbzM")},
		{gate{rules: compile(t, func(p *validation.Policy) { p.AllowAllFields = true })}, append(valid.with("colour", "1"), registration{{"Colour", "2"}}...)},
		{judging(devices), device.with("tags", `[]`)},
		{judging(devices), device.with("tags", `["a","b","c","d"]`)},
		{judging(devices), device.withText("model", "x")},
		{judging(newEndpoint("PIN", validation.Field{Name: "pin", Type: validation.Text, Rules: by("digits 4 4")})), registration{{"pin", `"x"`}}},
		{gate{endpoint: validation.Login, rules: defaultRules().For(validation.Login), noPlain: true}, registration{{"email", `"eva@example.com"`}, {"currentPassword", `"x"`}}},
	} {
		note(c.gate, c.body.body())
	}
	for info := range validation.Codes() {
		for _, s := range info.Sentences {
			if !said[s.Key] && !slices.Contains(remembered, info.Code) {
				t.Errorf("no body is answered with %s", s.Key)
			}
		}
	}
}
