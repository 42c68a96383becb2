package validation_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/customergate/customergate/validation"
)

// nest wraps a value in arrays, inside dynamicFields, so that it has so many
// levels in all.
func nest(levels int) string {
	inner := levels - 2 // the body and dynamicFields
	return string(valid.with("dynamicFields", `{"a":`+strings.Repeat("[", inner)+strings.Repeat("]", inner)+`}`).body())
}

func TestBodiesThatAreNoStrictJSON(t *testing.T) {
	const (
		syntax    = "not a JSON text"
		early     = "the JSON text ends too early"
		duplicate = "duplicate member name"
		trailing  = "something behind the JSON value"
		deep      = "nesting over 32 levels"
		many      = "over 100,000 members"
	)
	body := string(valid.body())
	inside := strings.TrimSuffix(body, "}")
	for _, c := range []struct{ name, body, reason string }{
		{"nothing", "", early},
		{"100,001 members", `{` + members(100_001) + `}`, many},
		{"100,001 members in all", `{"dynamicFields":{` + members(50_000) + `},"x":{` + members(49_999) + `}}`, many},
		{"100,001 members in a list", `{"x":[` + strings.Repeat(`{"y":0},`, 100_000) + `1]}`, many},
		{"white space alone", " \t\r\n", early},
		{"byte order mark", "\ufeff" + body, "a byte order mark"},
		{"UTF-16", "{\x00}\x00", syntax},
		{"cut off in a name", `{"ema`, early},
		{"cut off behind a name", `{"email"`, early},
		{"cut off behind a colon", `{"email":`, early},
		{"cut off in a value", `{"email":"x`, early},
		{"cut off behind a value", `{"email":"x"`, early},
		{"cut off behind a comma", `{"email":"x",`, early},
		{"comma before the end", inside + `,}`, syntax},
		{"comma missing", `{"email":"x" "dob":"y"}`, syntax},
		{"colon missing", `{"email" "x"}`, syntax},
		{"name without quotes", `{email:"x"}`, syntax},
		{"name that is a number", `{1:"x"}`, syntax},
		{"name that is an object", `{{}:"x"}`, syntax},
		{"single quotes", `{'email':'x'}`, syntax},
		{"comment", `{/* */}`, syntax},
		{"NaN", `{"n":NaN}`, syntax},
		{"Infinity", `{"n":-Infinity}`, syntax},
		{"hexadecimal number", `{"n":0x1}`, syntax},
		{"number with a leading zero", `{"n":01}`, syntax},
		{"number with a +", `{"n":+1}`, syntax},
		{"true in capitals", `{"payloadEncrypted":TRUE}`, syntax},
		{"line break in a text", "{\"email\":\"a\nb\"}", syntax},
		{"NUL in a text", "{\"email\":\"a\x00b\"}", syntax},
		{"NUL behind the end", body + "\x00", trailing},
		{"NUL for the end of a text", "{\"email\":\"x\x00", syntax},
		{"invalid UTF-8 in a text", "{\"email\":\"\xff\"}", syntax},
		{"invalid UTF-8 in a name", "{\"\xff\":1}", syntax},
		{"overlong UTF-8", "{\"email\":\"\xc0\xaf\"}", syntax},
		{"surrogates in UTF-8", "{\"email\":\"\xed\xa0\xbd\xed\xb8\x80\"}", syntax},
		{"lone high surrogate", `{"email":"\ud83d"}`, syntax},
		{"lone low surrogate", `{"email":"\ude00"}`, syntax},
		{"surrogates in the wrong order", `{"email":"\ude00\ud83d"}`, syntax},
		{"high surrogate and a letter", `{"email":"\ud83dx"}`, syntax},
		{"lone surrogate in a name", `{"\ud800":1}`, syntax},
		{"lone surrogate in dynamicFields", `{"dynamicFields":{"a":["\udfff"]}}`, syntax},
		{"lone surrogate in an unknown member", `{"role":"\udfff"}`, syntax},
		{"unknown escape", `{"email":"\x41"}`, syntax},
		{"half an escape", `{"email":"\u00"}`, syntax},
		{"second object", body + body, trailing},
		{"comma behind", body + ",", trailing},
		{"brace behind", body + "}", trailing},
		{"letter behind", body + "x", trailing},
		{"byte order mark behind", body + "\ufeff", trailing},
		{"text behind an array", `[]"x"`, trailing},
		{"member twice", inside + `,"email":"x"}`, duplicate},
		{"member twice, once in escapes", inside + `,"\u0065mail":"x"}`, duplicate},
		{"member twice, both in escapes", `{"\u0065mail":"x","e\u006dail":"x"}`, duplicate},
		{"member twice, once null", inside + `,"email":null}`, duplicate},
		{"surrogate pair in a name twice", `{"😀":1,"\ud83d\ude00":2}`, duplicate},
		{"unknown member twice", `{"role":1,"role":1}`, duplicate},
		{"empty name twice", `{"":1,"":1}`, duplicate},
		{"member of address twice", `{"address":{"city":"a","c\u0069ty":"b"}}`, duplicate},
		{"member of dynamicFields twice", `{"dynamicFields":{"a":1,"\u0061":2}}`, duplicate},
		{"deep member of dynamicFields twice", `{"dynamicFields":{"a":[{"b":1,"b":1}]}}`, duplicate},
		{"member of a value of the wrong type twice", `{"email":{"a":1,"a":1}}`, duplicate},
		{"member twice behind a thousand", `{` + members(1000) + `,"m0":1}`, duplicate},
		{"dynamicFields of 33 levels", nest(33), deep},
		{"unknown member of 33 levels", `{"role":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`, deep},
		{"address member of 33 levels", `{"address":{"city":` + strings.Repeat("[", 31) + strings.Repeat("]", 31) + `}}`, deep},
		{"array of 33 levels", strings.Repeat("[", 33) + strings.Repeat("]", 33), deep},
		{"brackets without end", strings.Repeat("[", 100_000), deep},
		{"objects without end", strings.Repeat(`{"a":`, 100_000), deep},
		{"bracket for a brace", `{"a":1]`, syntax},
		{"brace for a bracket", `[1}`, syntax},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := validation.RegisterCustomer.Read([]byte(c.body))
			var malformed *validation.MalformedError
			if s != nil || !errors.As(err, &malformed) {
				t.Fatalf("Read = %v, %v", s, err)
			}
			if malformed.Reason != c.reason {
				t.Errorf("reason %q, want %q", malformed.Reason, c.reason)
			}
			if malformed.Offset < 0 || malformed.Offset > int64(len(c.body)) {
				t.Errorf("offset %d of %d", malformed.Offset, len(c.body))
			}
			if want := fmt.Sprintf("%s at byte %d", c.reason, malformed.Offset); err.Error() != want {
				t.Errorf("error %q, want %q", err, want)
			}
		})
	}
}

// members is the inside of an object with so many members.
func members(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`"m%d":1`, i))
	}
	return strings.Join(list, ",")
}

func TestBodiesOfStrictJSON(t *testing.T) {
	body := string(valid.body())
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"compact", body, nil},
		{"between white space", " \t\r\n" + body + " \t\r\n", nil},
		{"indented", strings.ReplaceAll(strings.ReplaceAll(body, ",", " ,\n\t"), `":`, "\"\r\n : "), nil},
		{"names in escapes", strings.Replace(body, `"email"`, `"\u0065\u006D\u0061\u0069\u006c"`, 1), nil},
		{"of 32 levels", nest(32), nil},
		{"of 99,900 members and more", string(valid.with("dynamicFields", `{`+members(99_900)+`}`).body()), nil},
		{"null", `null`, []string{" type"}},
		{"true", `true`, []string{" type"}},
		{"a number", `-0.5e3`, []string{" type"}},
		{"a text", `"{}"`, []string{" type"}},
		{"an array", `[` + body + `]`, []string{" type"}},
		{"an array of 32 levels", strings.Repeat("[", 32) + strings.Repeat("]", 32), []string{" type"}},
		{"a number beyond a double", `1E400`, []string{" type"}},
		{"NUL in escapes", strings.Replace(body, "Excel", `Excel\u0000`, 1), []string{"/firstName characters", "/firstName name_characters"}},
		{"nulls for what may be absent", strings.TrimSuffix(body, "}") + `,"devicePlatform":null,"appVersion":null,"appId":null,"dialingCode":null,"address":null,"dynamicFields":null}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) { expect(t, gate{}.judge(t, []byte(c.body)), c.want...) })
	}
}

func TestTypesOfEveryField(t *testing.T) {
	values := map[string]string{"a text": `"x"`, "a number": `1`, "true": `true`, "an array": `["x"]`, "an object": `{}`}
	fits := map[string][]string{
		"payloadEncrypted": {"true"},
		"address":          {"an object"},
		"dynamicFields":    {"an object"},
	}
	fields := []string{
		"devicePlatform", "appVersion", "appId", "customerType", "payloadEncrypted", "firstName", "lastName", "email",
		"dialingCode", "phone", "dob", "password", "confirmPassword", "address", "dynamicFields",
	}
	for _, field := range fields {
		own, ok := fits[field]
		if !ok {
			own = []string{"a text"}
		}
		for name, value := range values {
			t.Run(field+" is "+name, func(t *testing.T) {
				found := findings(gate{}.judge(t, valid.with(field, value).body()).Violations())
				got := slices.Contains(found, "/"+field+" type")
				if want := !slices.Contains(own, name); got != want {
					t.Errorf("violations %q", found)
				}
			})
		}
	}
}

// A body belongs to the caller: reading leaves it as it was.
func TestReadLeavesTheBodyAlone(t *testing.T) {
	body := valid.with("dynamicFields", ` { "a" : [ 1 , "\u0061" ] } `).with("role", `"admin"`).body()
	before := bytes.Clone(body)
	gate{}.judge(t, body).Wipe()
	if !bytes.Equal(body, before) {
		t.Errorf("the body became %s", body)
	}
}

// Submissions of one endpoint share nothing, though their readers do.
func TestConcurrentReads(t *testing.T) {
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			name := strings.Repeat(string(rune('a'+i)), 10)
			for range 200 {
				s := gate{}.judge(t, valid.withText("firstName", name).body())
				if got := forward(t, s)["firstName"]; got != name {
					t.Fatalf("forwarded %v, want %s", got, name)
				}
				if _, err := validation.RegisterCustomer.Read([]byte(`{"firstName":`)); err == nil {
					t.Fatal("half a body is accepted")
				}
			}
		})
	}
}

// strictly checks what encoding/json leaves out: names twice.
func strictly(body []byte) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := uniqueNames(dec); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something behind the value")
	}
	return nil
}

func uniqueNames(dec *json.Decoder) error {
	token, err := dec.Token()
	if err != nil {
		return err
	}
	open, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	seen := map[string]bool{}
	for dec.More() {
		if open == '{' {
			name, err := dec.Token()
			if err != nil {
				return err
			}
			if seen[name.(string)] {
				return errors.New("a name twice")
			}
			seen[name.(string)] = true
		}
		if err := uniqueNames(dec); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}

// FuzzRead: what is read is JSON to encoding/json too, with every name once,
// and what is forwarded is read to the same end again.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `[]`, `null`, `{"email":"\ud83d\ude00"}`, `{"email":"\ud83d"}`, `{"\u0065mail":1,"email":2}`, "\ufeff{}", `{}{}`,
		`{"dynamicFields":{"a":[1E400,-0,1e-400]}}`, `{"__proto__":{}}`, "{\"a\":\"\x00\"}", nest(32), nest(33), string(valid.body()),
		string(valid.with("address", `{"city":"London","x":1}`).with("dynamicFields", `{"a":{"__proto__":1}}`).with("x", "1.50").body()),
	} {
		f.Add([]byte(seed))
	}
	policy := validation.DefaultPolicy()
	policy.AllowAllFields = true
	rules, err := policy.Compile()
	if err != nil {
		f.Fatal(err)
	}
	g := gate{rules: rules}
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := validation.RegisterCustomer.Read(body)
		if err != nil {
			var malformed *validation.MalformedError
			if !errors.As(err, &malformed) || malformed.Offset < 0 || malformed.Offset > int64(len(body)) {
				t.Errorf("Read of %d bytes: %v", len(body), err)
			}
			return
		}
		if err := strictly(body); err != nil {
			t.Errorf("accepted, but %v: %s", err, body)
		}
		g.check(s)
		if len(s.Violations()) > 0 || len(s.Ciphertexts()) > 0 {
			return
		}
		forwarded := s.AppendBody(nil)
		again := g.judge(t, forwarded)
		expect(t, again)
		if second := again.AppendBody(nil); !bytes.Equal(second, forwarded) {
			t.Errorf("forwarded\n%s\nand then\n%s", forwarded, second)
		}
	})
}
