package validation_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/customergate/customergate/validation"
)

const bodyLimit = 64 << 10

// fill repeats a piece until the text is about as long as a body may be.
func fill(piece string) string {
	return strings.Repeat(piece, (bodyLimit-1024)/len(piece))
}

// hostileValues try every rule with the most work that a body has room for.
var hostileValues = map[string]string{
	"letters":             fill("x"),
	"decomposed letters":  fill("e\u0301"),
	"marks":               "x" + fill("\u0301"),
	"marks out of order":  "x" + fill("\u0301\u0323\u0345\u05b0"),
	"Hangul jamo":         fill("\u1112\u1161\u11ab"),
	"expanding letters":   fill("\ufb2c"),
	"blanks":              fill(" "),
	"blanks in a name":    "x" + fill(" ") + "x",
	"apostrophes":         fill("’"),
	"at signs":            fill("@"),
	"dots":                "x@" + fill("."),
	"labels":              "x@" + fill("a."),
	"digits":              fill("7"),
	"digits of a country": "+44" + fill("7"),
	"plus signs":          fill("+"),
	"hyphens":             fill("-"),
	"brackets":            "+44" + fill("()") + "7123456789",
	"leet":                fill("p4$$w0rd"),
	"symbols":             fill("!"),
	"capitals":            fill("A"),
	"wide characters":     fill("😀"),
	"dates":               fill("1989-12-16"),
	"words and digits":    fill("Aa1!"),
}

// hostileBodies try the reader, the unknown members and the free-form values.
func hostileBodies() map[string]string {
	long := strings.Repeat("n", bodyLimit/2)
	half := func(piece string) string {
		return strings.TrimSuffix(strings.Repeat(piece, (bodyLimit/2-1024)/len(piece)), ",")
	}
	var members strings.Builder
	for i := 0; members.Len() < bodyLimit-1024; i++ {
		fmt.Fprintf(&members, `"m%d":1E999,`, i)
	}
	many := strings.TrimSuffix(members.String(), ",")
	return map[string]string{
		"unknown members":                       `{` + many + `}`,
		"unknown members of address":            `{"address":{` + many + `}}`,
		"numbers beyond a double":               `{"dynamicFields":{` + many + `}}`,
		"numbers beyond a double in an array":   `{"dynamicFields":{"a":[` + half("1E999,") + `]}}`,
		"numbers behind a long name":            `{"dynamicFields":{"` + long + `":[` + half("1E999,") + `]}}`,
		"reserved names behind a long name":     `{"dynamicFields":{"` + long + `":[` + half(`{"__proto__":1},`) + `]}}`,
		"numbers in a long extra":               `{"` + long + `":[` + half("1E999,") + `]}`,
		"one long unknown name":                 `{"` + long + long[1024:] + `":1}`,
		"an unknown name of markup":             `{"` + strings.Repeat("<", bodyLimit-1024) + `":1}`,
		"control characters behind a long name": `{"dynamicFields":{"` + long + `":[` + half(`"\u0000",`) + `]}}`,
		"an unknown name of escaped separators": `{"` + strings.Repeat("~", bodyLimit-1024) + `":1}`,
		"a long number":                         `{"dynamicFields":{"n":` + fill("7") + `}}`,
		"a long fraction":                       `{"dynamicFields":{"n":0.` + fill("7") + `}}`,
		"nesting in width":                      `{"dynamicFields":{"a":[` + half("[[[[[[[[[[]]]]]]]]]],") + `]}}`,
		"white space":                           `{` + fill(" ") + `}`,
		"escapes":                               `{"firstName":"` + fill(`\u0078`) + `"}`,
		"a member twice behind many":            `{` + many + `,"m0":1}`,
		"brackets":                              fill("["),
		"braces":                                fill(`{"a":`),
		"a string without end":                  `{"firstName":"` + fill("x"),
	}
}

// What an answer lists is bounded, whatever stands in the body.
func TestAnswersToHostileBodiesAreBounded(t *testing.T) {
	policies := map[string]*validation.Rules{
		"default policy":     defaultRules(),
		"all members passed": compile(t, func(p *validation.Policy) { p.AllowAllFields = true }),
	}
	for name, body := range hostileBodies() {
		for policy, rules := range policies {
			t.Run(name+", "+policy, func(t *testing.T) {
				s, err := validation.RegisterCustomer.Read([]byte(body))
				if err != nil {
					return
				}
				before := allocated()
				gate{rules: rules}.check(s)
				violations := s.Violations()
				if done := allocated() - before; done > 40*bodyLimit {
					t.Errorf("%d bytes allocated", done)
				}
				answer, err := json.Marshal(violations) // which escapes HTML besides
				if err != nil || len(violations) == 0 || len(violations) > 150 || len(answer) > 62<<10 {
					t.Errorf("%d violations in %d bytes, %v", len(violations), len(answer), err)
				}
			})
		}
	}
}

// Each field takes the longest texts, and no rule does more for them than to
// copy them a few times.
func TestHostileValuesOfEveryField(t *testing.T) {
	fields := []string{
		"devicePlatform", "appVersion", "appId", "customerType", "firstName", "lastName", "email",
		"dialingCode", "phone", "dob", "password", "confirmPassword",
	}
	normalize := gate{rules: compile(t, func(p *validation.Policy) { p.NormalizePhone = true })}
	for name, value := range hostileValues {
		for _, field := range fields {
			body := valid.withText(field, value).body()
			expectRefusal(t, gate{}.judge(t, body), name, field)
			before := allocated()
			s := normalize.judgeOnce(t, body)
			if done := allocated() - before; done > 6*uint64(len(body)) {
				t.Errorf("%s in %s: %d bytes allocated for a body of %d", name, field, done, len(body))
			}
			if name != "brackets" || field != "phone" { // which normalize takes out
				expectRefusal(t, s, name, field)
			}
		}
	}
}

func expectRefusal(t *testing.T, s *validation.Submission, name, field string) {
	t.Helper()
	if len(s.Violations()) == 0 {
		t.Errorf("%s in %s: accepted", name, field)
	}
}

// allocated counts the bytes that the process has allocated so far.
func allocated() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.TotalAlloc
}
