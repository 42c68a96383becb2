package validation_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/customergate/customergate/validation"
)

func TestUnknownMembers(t *testing.T) {
	listed := gate{rules: compile(t, func(p *validation.Policy) { p.AllowFields = []string{"referral", "utm/source"} })}
	all := gate{rules: compile(t, func(p *validation.Policy) { p.AllowAllFields = true })}
	for _, c := range []struct {
		name         string
		gate         gate
		member, sent string
		want         []string
	}{
		{"of the default policy", gate{}, "role", `"admin"`, []string{"/role unknown_field"}},
		{"null", gate{}, "role", `null`, []string{"/role unknown_field"}},
		{"with a separator in its name", gate{}, "a/b~c", `1`, []string{"/a~1b~0c unknown_field"}},
		{"without a name", gate{}, "", `1`, []string{"/ unknown_field"}},
		{"named like a member but for case", gate{}, "EMAIL", `"eva@example.com"`, []string{"/EMAIL unknown_field"}},
		{"named like a member but for a long s", gate{}, "paſſword", `"x"`, []string{"/paſſword unknown_field"}},
		{"named like a member but for a blank", gate{}, "email ", `"x"`, []string{"/email  unknown_field"}},
		{"named like a member but for a NUL", gate{}, "email\x00", `"x"`, []string{"/email\x00 characters", "/email\x00 unknown_field"}},
		{"named like a member of address", gate{}, "city", `"London"`, []string{"/city unknown_field"}},
		{"reserved", gate{}, "__proto__", `{"role":"admin"}`, []string{"/__proto__ unknown_field"}},

		{"that the policy lists", listed, "referral", `{"by":"eva"}`, nil},
		{"with a separator that the policy lists", listed, "utm/source", `"mail"`, nil},
		{"that the policy does not list", listed, "role", `"admin"`, []string{"/role unknown_field"}},
		{"that the policy lists in another case", listed, "Referral", `1`, []string{"/Referral unknown_field"}},
		{"of a long name under a policy that lets all pass", all, strings.Repeat("x", 50_001), `1`, []string{" too_long"}},
		{"that the policy lists, reserved inside", listed, "referral", `{"a":[{"__proto__":1}]}`, []string{"/referral/a/0/__proto__ unknown_field"}},
		{"that the policy lists, with a number beyond a double", listed, "referral", `[1,1E400]`, []string{"/referral/1 type"}},
		{"that the policy lists and is a number beyond a double", listed, "referral", `-1e400`, []string{"/referral type"}},
		{"that the policy lists but in address", listed, "address", `{"referral":1}`, []string{"/address/referral unknown_field"}},

		{"of a policy that lets all pass", all, "role", `"admin"`, nil},
		{"of address under a policy that lets all pass", all, "address", `{"floor":3}`, nil},
		{"without a name under a policy that lets all pass", all, "", `1`, nil},
		{"reserved under a policy that lets all pass", all, "__proto__", `1`, []string{"/__proto__ unknown_field"}},
		{"reserved in address under a policy that lets all pass", all, "address", `{"__proto__":1}`, []string{"/address/__proto__ unknown_field"}},
		{"reserved inside under a policy that lets all pass", all, "x", `{"__proto__":1}`, []string{"/x/__proto__ unknown_field"}},
		{"like a member but for case under a policy that lets all pass", all, "EMAIL", `1`, []string{"/EMAIL unknown_field"}},
		{"like a member but for a NUL under a policy that lets all pass", all, "email\x00", `1`, []string{"/email\x00 characters", "/email\x00 unknown_field"}},
		{"like a member but for a long s under a policy that lets all pass", all, "paſſword", `1`, []string{"/paſſword unknown_field"}},
		{"like a member but for a dotless i under a policy that lets all pass", all, "ema\u0131l", `1`, []string{"/ema\u0131l unknown_field"}},
		{"like a member but for a dotted I under a policy that lets all pass", all, "EMA\u0130L", `1`, []string{"/EMA\u0130L unknown_field"}},
		{"like one of address but for case under a policy that lets all pass", all, "address", `{"CITY":1}`, []string{"/address/CITY unknown_field"}},
		{"like one of address but for case, in the body", all, "CITY", `1`, nil},
		{"like one of the body but for case, in address", all, "address", `{"EMAIL":1}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := c.gate.judge(t, valid.with(c.member, c.sent).body())
			expect(t, s, c.want...)
			if len(c.want) > 0 {
				return
			}
			got, err := json.Marshal(forward(t, s)[c.member])
			if err != nil || string(got) != c.sent {
				t.Errorf("forwarded %s, want %s", got, c.sent)
			}
		})
	}
}

func TestDynamicFields(t *testing.T) {
	for _, c := range []struct {
		name, sent string
		want       []string
	}{
		{"empty", `{}`, nil},
		{"null", `null`, nil},
		{"of every type", `{"a":"x","b":1,"c":true,"d":null,"e":[],"f":{}}`, nil},
		{"with members of the contract", `{"email":1,"EMAIL":2,"paſſword":3}`, nil},
		{"with the greatest double", `{"n":1.7976931348623157e308}`, nil},
		{"with the least double", `{"n":5e-324}`, nil},
		{"with a number just above half the least double", `{"n":2.5e-324}`, nil},
		{"with zero in any spelling", `{"n":[0,-0,0.0,0e5,-0E-5,0.000e-999,0e400,0e-400,0e+000000000001]}`, nil},
		{"with a zero of the greatest exponent", `{"n":[0e999,0.0e-999]}`, nil},
		{"with a zero of more places than a store has room for", `{"n":0e-16384}`, []string{"/dynamicFields/n type"}},
		{"with a zero of an exponent of four digits", `{"n":[0e1000,-0.0e-1000]}`, []string{"/dynamicFields/n/0 type", "/dynamicFields/n/1 type"}},
		{"with a number of 1000 characters", `{"n":0.` + strings.Repeat("7", 998) + `}`, nil},
		{"with a number that many zeros and an exponent write", `{"n":0.` + strings.Repeat("0", 900) + `1e901}`, nil},
		{"with a number that is too small to tell from zero", `{"n":1e-400}`, []string{"/dynamicFields/n type"}},
		{"with a negative number that is too small to tell from zero", `{"n":-1e-400}`, []string{"/dynamicFields/n type"}},
		{"with a number just below half the least double", `{"n":2.4e-324}`, []string{"/dynamicFields/n type"}},
		{"with a number of many zeros", `{"n":0.` + strings.Repeat("0", 400) + `1}`, []string{"/dynamicFields/n type"}},
		{"with an exponent beyond 64 bits", `{"n":1e-99999999999999999999}`, []string{"/dynamicFields/n type"}},
		{"with an exponent beyond 64 bits upwards", `{"n":1E+99999999999999999999}`, []string{"/dynamicFields/n type"}},
		{"with an exponent of zero beyond 32 bits", `{"n":0e99999999999999999999}`, []string{"/dynamicFields/n type"}},
		{"with an exponent of zero beyond 32 bits downwards", `{"n":-0.0e-2147483648}`, []string{"/dynamicFields/n type"}},
		{"with a number of 1001 characters", `{"n":0.` + strings.Repeat("7", 999) + `}`, []string{"/dynamicFields/n type"}},
		{"with more digits than a double holds", `{"n":12345678901234567890.123456789}`, nil},
		{"with a multiple of 2^64", `{"n":[18446744073709551616,1` + strings.Repeat("0", 64) + `]}`, nil},
		{"with a multiple of 2^64 and a digit", `{"n":184467440737095516160}`, []string{"/dynamicFields/n type"}},
		{"with a negative multiple of 2^64, more digits and a fraction", `{"n":[-36893488147419103232123.5e1]}`, []string{"/dynamicFields/n/0 type"}},
		{"with 65 zeros", `{"n":1` + strings.Repeat("0", 65) + `}`, []string{"/dynamicFields/n type"}},
		{"with 65 zeros in an exponent and in a fraction", `{"n":[1e65,0.` + strings.Repeat("0", 65) + `1,1.` + strings.Repeat("0", 65) + `1]}`, nil},
		{"with a reserved name for a value", `{"a":"__proto__","b":["__proto__"]}`, nil},
		{"with another name that JavaScript knows", `{"constructor":{"prototype":1}}`, nil},
		{"with a number beyond a double", `{"n":1E400}`, []string{"/dynamicFields/n type"}},
		{"with a negative number beyond a double", `{"n":-1E400}`, []string{"/dynamicFields/n type"}},
		{"with a number just beyond a double", `{"n":1.7976931348623159e308}`, []string{"/dynamicFields/n type"}},
		{"with a number of 400 digits", `{"n":1` + strings.Repeat("0", 400) + `}`, []string{"/dynamicFields/n type"}},
		{"with a number beyond a double, deep", `{"a/b":[[{"n":1E400}]]}`, []string{"/dynamicFields/a~1b/0/0/n type"}},
		{"reserved", `{"__proto__":1}`, []string{"/dynamicFields/__proto__ unknown_field"}},
		{"reserved in escapes", `{"\u005f_proto__":1}`, []string{"/dynamicFields/__proto__ unknown_field"}},
		{"with a name of 50000 bytes", `{"` + strings.Repeat("é", 25_000) + `":1}`, nil},
		{"with a name of more", `{"a":{"` + strings.Repeat("é", 25_000) + `x":1}}`, []string{"/dynamicFields/a too_long"}},
		{"reserved on a way", `{"a":{"b.__proto__[c]":1}}`, []string{"/dynamicFields/a/b.__proto__[c] unknown_field"}},
		{"reserved, deep", `{"a":[0,{"__proto__":{}}]}`, []string{"/dynamicFields/a/1/__proto__ unknown_field"}},
		{"reserved twice", `{"a":{"__proto__":{"__proto__":1}}}`, []string{
			"/dynamicFields/a/__proto__ unknown_field", "/dynamicFields/a/__proto__/__proto__ unknown_field",
		}},
		{"an array", `[]`, []string{"/dynamicFields type"}},
		{"a text", `"{}"`, []string{"/dynamicFields type"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			expect(t, gate{}.judge(t, valid.with("dynamicFields", c.sent).body()), c.want...)
		})
	}
}

// An answer lists a hundred of them, and nothing of the others.
func TestManyUnknownMembers(t *testing.T) {
	body := slices.Clone(valid)
	for i := range 150 {
		body = append(body, member{fmt.Sprintf("m%d", i), "1"})
	}
	violations := gate{}.judge(t, body.body()).Violations()
	if len(violations) != 100 || violations[0].Pointer != "/m0" || violations[99].Pointer != "/m99" {
		t.Errorf("%d violations: %q", len(violations), findings(violations))
	}
}

// Where a name makes a pointer longer than an answer has room for, the answer
// points at what the value is in, and says so.
func TestPlacesTooLongToName(t *testing.T) {
	const prefix = "In here, at a place too long to name: "
	long := strings.Repeat("n", 1025)
	listed := gate{rules: compile(t, func(p *validation.Policy) { p.AllowFields = []string{"note"} })}
	for _, c := range []struct {
		name, member, sent string
		want, message      string
	}{
		{"unknown member", long, `1`, " unknown_field", "This field is not part of a registration."},
		{"unknown member of address", "address", `{"` + long + `":1}`, "/address unknown_field", "This field is not part of a registration."},
		{"number in dynamicFields", "dynamicFields", `{"a":{"` + long + `":[1e999]}}`, "/dynamicFields/a type",
			"This must be a number that a double holds, written in at most 1000 characters."},
		{"name in a member that passes", "note", `[0,{"` + long + `":{"__proto__":1}}]`, "/note/1 unknown_field", "This field is not part of a registration."},
		{"name that is too long itself", "note", `{"a":{"` + strings.Repeat("n", 50_001) + `":1}}`, "/note/a too_long", "The name of a member may have at most 50000 bytes."},
		{"name that JSON makes long", "note", `{"` + strings.Repeat(`\"`, 200) + `":{"__proto__":1}}`, "/note unknown_field", "This field is not part of a registration."},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := listed.judge(t, valid.with(c.member, c.sent).body())
			expect(t, s, c.want)
			if got := s.Violations()[0].Message; got != prefix+c.message {
				t.Errorf("the message is %q", got)
			}
		})
	}
	short := strings.Repeat("n", 1023)
	expect(t, gate{}.judge(t, valid.with(short, "1").body()), "/"+short+" unknown_field")
}
