package validation_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/customergate/customergate/caddymodule/endpoints"
	"github.com/customergate/customergate/validation"
)

// strong is a password that no rule objects to.
const strong = "mQ7!zKd4@hTw9#vB"

// today is the day on which the tests take place.
var today = time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC)

// registration is a body in the making: its members in their order, their
// values in JSON.
type registration []member

type member struct{ name, value string }

// valid is a registration that the contract accepts as it stands.
var valid = registration{
	{"customerType", `"INDIVIDUAL"`},
	{"payloadEncrypted", `false`},
	{"firstName", `"Excel"`},
	{"lastName", `"Nwachukwu"`},
	{"email", `"excel.nwachukwu+2@fincode.co.uk"`},
	{"phone", `"+447123456789"`},
	{"dob", `"1989-12-16"`},
	{"password", `"` + strong + `"`},
	{"confirmPassword", `"` + strong + `"`},
}

// with sets the JSON value of a member, in its place or behind all others.
func (r registration) with(name, value string) registration {
	changed := slices.Clone(r)
	for i := range changed {
		if changed[i].name == name {
			changed[i].value = value
			return changed
		}
	}
	return append(changed, member{name, value})
}

// withText sets a member to a string.
func (r registration) withText(name, text string) registration {
	return r.with(name, quote(text))
}

// without leaves members out.
func (r registration) without(names ...string) registration {
	return slices.DeleteFunc(slices.Clone(r), func(m member) bool { return slices.Contains(names, m.name) })
}

// withPassword sets both passwords.
func (r registration) withPassword(password string) registration {
	return r.withText("password", password).withText("confirmPassword", password)
}

// body writes the registration as a client would.
func (r registration) body() []byte {
	b := []byte{'{'}
	for i, m := range r {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, quote(m.name)...)
		b = append(b, ':')
		b = append(b, m.value...)
	}
	return append(b, '}')
}

func quote(text string) string {
	quoted, err := jsontext.AppendQuote(nil, text)
	if err != nil {
		panic(err)
	}
	return string(quoted)
}

// defaultRules are those of the contract as it stands.
var defaultRules = sync.OnceValue(func() *validation.Rules {
	rules, err := validation.DefaultPolicy().Compile()
	if err != nil {
		panic(err)
	}
	return rules
})

// compile returns the default policy's rules with a change.
func compile(t testing.TB, change func(*validation.Policy)) *validation.Rules {
	t.Helper()
	policy := validation.DefaultPolicy()
	change(&policy)
	rules, err := policy.Compile()
	if err != nil {
		t.Fatalf("Compile: %v", err)
	}
	return rules
}

// gate is the world in which a body is judged. Its zero value is that of a
// registration under the default rules, allows raw passwords and takes place today.
type gate struct {
	endpoint   *validation.Endpoint
	rules      *validation.Rules
	now        time.Time
	noPlain    bool
	plaintexts [][]byte // what the passwords decrypt to
}

// judge takes a body through all steps.
func (g gate) judge(t testing.TB, body []byte) *validation.Submission {
	t.Helper()
	s := g.judgeOnce(t, body)
	g.compareDescribed(t, body, s)
	checkViolations(t, g, s)
	if len(s.Violations()) == 0 && len(s.Ciphertexts()) == 0 { // those of tests are made up
		checkSchema(t, g, body)
	}
	return s
}

// judgeOnce is judge without the comparisons.
func (g gate) judgeOnce(t testing.TB, body []byte) *validation.Submission {
	t.Helper()
	if g.endpoint == nil {
		g.endpoint = validation.RegisterCustomer
	}
	s, err := g.endpoint.Read(body)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	g.check(s)
	return s
}

// compareDescribed judges a body of a registration by the printed form of the
// endpoint, too, which must say the same.
func (g gate) compareDescribed(t testing.TB, body []byte, want *validation.Submission) {
	t.Helper()
	if g.endpoint != nil && g.endpoint != validation.RegisterCustomer {
		return
	}
	if g.rules == nil {
		g.rules = defaultRules()
	}
	g.endpoint = describedRegistration()
	g.rules = g.rules.For(g.endpoint)
	for i, plaintext := range g.plaintexts {
		g.plaintexts[i] = bytes.Clone(plaintext)
	}
	got, err := g.endpoint.Read(body)
	if err != nil {
		t.Fatalf("described: %v", err)
	}
	g.check(got)
	if !reflect.DeepEqual(got.Violations(), want.Violations()) {
		t.Errorf("described, it has other violations:\n got %v\nwant %v", got.Violations(), want.Violations())
	}
	if len(got.Violations()) == 0 && !bytes.Equal(got.AppendBody(nil), want.AppendBody(nil)) {
		t.Errorf("described, it forwards %s", got.AppendBody(nil))
	}
}

// describedRegistration is built from what `caddy customer-gate endpoints` prints.
var describedRegistration = sync.OnceValue(func() *validation.Endpoint {
	d := caddyfile.NewTestDispenser(endpoints.Default.Caddyfile())
	d.Next()
	d.RemainingArgs()
	_, built, err := endpoints.ParseBlock(d)
	if err != nil {
		panic(err)
	}
	return built.Contract
})

// judgingRules are those of the gate.
func (g gate) judgingRules() *validation.Rules {
	if g.rules == nil {
		return defaultRules()
	}
	return g.rules
}

// check takes a submission through all steps behind Read.
func (g gate) check(s *validation.Submission) {
	g.rules = g.judgingRules()
	if g.now.IsZero() {
		g.now = today
	}
	s.Check(g.rules, validation.Facts{Now: g.now, PlaintextAllowed: !g.noPlain})
	if len(s.Ciphertexts()) > 0 {
		s.Unseal(g.plaintexts)
	}
	s.CheckSecrets()
}

// findings lists violations as "pointer code".
func findings(violations []validation.Violation) []string {
	list := make([]string, len(violations))
	for i, v := range violations {
		list[i] = string(v.Pointer) + " " + string(v.Code)
	}
	return list
}

// expect fails unless exactly these violations were found, in this order.
func expect(t testing.TB, s *validation.Submission, want ...string) {
	t.Helper()
	if got := findings(s.Violations()); !slices.Equal(got, want) {
		t.Errorf("violations:\n got %q\nwant %q", got, want)
	}
}

// forward returns the members that the upstream reads, by encoding/json.
func forward(t testing.TB, s *validation.Submission) map[string]any {
	t.Helper()
	expect(t, s)
	body := s.AppendBody(nil)
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var members map[string]any
	if err := dec.Decode(&members); err != nil {
		t.Fatalf("the upstream's body is not JSON: %v\n%s", err, body)
	}
	return members
}

// fieldCase is one value of one field.
type fieldCase struct {
	name, sent string
	forwarded  string   // what the upstream reads, if not what was sent
	codes      []string // or why it is refused
}

// runFieldCases sends each value in one field of an otherwise valid body.
func runFieldCases(t *testing.T, g gate, field string, cases []fieldCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := g.judge(t, valid.withText(field, c.sent).body())
			want := make([]string, len(c.codes))
			for i, code := range c.codes {
				want[i] = "/" + field + " " + code
			}
			expect(t, s, want...)
			if len(c.codes) > 0 {
				return
			}
			if c.forwarded == "" {
				c.forwarded = c.sent
			}
			if got := forward(t, s)[field]; got != c.forwarded {
				t.Errorf("forwarded %q, want %q", got, c.forwarded)
			}
		})
	}
}

func refused(codes ...string) []string { return codes }

// letters returns n letters.
func letters(n int) string { return strings.Repeat("x", n) }
