package javascript_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/customergate/customergate/validation"
)

// TestIsOfTheseSources: what is checked in was compiled from the rules as they are.
func TestIsOfTheseSources(t *testing.T) {
	want, err := exec.CommandContext(t.Context(), "go", "run", "./internal/sources").Output()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("validation.wasm.sources")
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("validation.wasm is of other rules than these: run make wasm (%v)", err)
	}
}

// judged is one body, with what the gate's own package says of it.
type judged struct {
	settings any
	policy   validation.Policy
	body     string
}

var moment = time.Date(2026, 3, 14, 23, 30, 0, 0, time.UTC)

// TestVerdictsAreTheGates: the same bodies under the same rules have the same verdicts
// in JavaScript as in Go.
func TestVerdictsAreTheGates(t *testing.T) {
	cases := everyCase(t)
	var lines bytes.Buffer
	for _, c := range cases {
		line, err := json.Marshal([]any{c.settings, c.body, moment})
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(line, '\n'))
	}
	node := exec.CommandContext(t.Context(), "node", "testdata/judge.mjs")
	node.Stdin, node.Stderr = &lines, os.Stderr
	out, err := node.Output()
	if err != nil {
		t.Fatal(err)
	}
	answers := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(answers) != len(cases) {
		t.Fatalf("%d answers to %d bodies", len(answers), len(cases))
	}
	good, bad := 0, 0
	for i, c := range cases {
		var got any
		if err := json.Unmarshal([]byte(answers[i]), &got); err != nil {
			t.Fatal(err)
		}
		want := verdict(t, c)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n%v: JavaScript says\n%v\nGo says\n%v", c.body, c.settings, got, want)
		}
		if _, accepted := want["body"]; accepted {
			good++
		} else {
			bad++
		}
	}
	if good < len(cases)/10 || bad < len(cases)/3 {
		t.Errorf("%d bodies are good and %d are not", good, bad)
	}
}

// verdict is that of package validation, as JSON has it.
func verdict(t *testing.T, c judged) map[string]any {
	t.Helper()
	rules, err := c.policy.Compile()
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]any{}
	submission, err := c.policy.Endpoint.Read([]byte(c.body))
	if fault, ok := errors.AsType[*validation.MalformedError](err); ok {
		said["malformed"] = map[string]any{"fault": fault.Fault, "reason": fault.Reason, "offset": fault.Offset}
		return asJSON(t, said)
	}
	submission.Check(rules, validation.Facts{Now: moment.In(c.policy.Location), PlaintextAllowed: true})
	said["sealed"] = len(submission.Ciphertexts()) > 0
	if said["sealed"] == false {
		submission.CheckSecrets()
		said["relaxed"] = told(submission.Relaxed())
	}
	said["violations"] = told(submission.Violations())
	if said["sealed"] == false && len(submission.Violations()) == 0 {
		said["body"] = string(submission.AppendBody(nil))
	}
	return asJSON(t, said)
}

func told(violations []validation.Violation) []any {
	list := []any{}
	for _, v := range violations {
		params := v.Params
		if params == nil {
			params = validation.Params{}
		}
		list = append(list, map[string]any{"pointer": v.Pointer, "code": v.Code, "message": v.Message, "params": params})
	}
	return list
}

func asJSON(t *testing.T, value any) (back map[string]any) {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

// everyCase has each of some values in each field of each endpoint, random passwords,
// and JSON that is not well formed.
func everyCase(t *testing.T) []judged {
	t.Helper()
	london, err := time.LoadLocation("Pacific/Auckland")
	if err != nil {
		t.Fatal(err)
	}
	tuned := validation.DefaultPolicy()
	tuned.NameMin, tuned.NameMax, tuned.AgeMin, tuned.NormalizePhone, tuned.Location = 3, 10, 21, true, london
	tuned.PasswordMin, tuned.PasswordWords, tuned.AllowFields = 12, []string{"mercury"}, []string{"promo"}
	tuned.Codes = map[validation.Code]validation.Enforcement{"dob_underage": validation.Monitored, "email_format": validation.Off}
	settings := map[string]any{"allow_fields": []string{"promo"}, "rules": map[string]any{
		"name_length": map[string]any{"min": 3, "max": 10}, "age": map[string]any{"min": 21, "max": 120}, "phone": "normalize",
		"timezone": "Pacific/Auckland", "password_length": 12, "password_words": []string{"mercury"},
		"codes": map[string]any{"dob_underage": "monitor", "email_format": "off"},
	}}
	cases := malformed(t)
	for name, endpoint := range map[string]*validation.Endpoint{
		"register_customer": validation.RegisterCustomer, "edit_profile": validation.EditProfile,
		"login": validation.Login, "change_password": validation.ChangePassword,
	} {
		policy := validation.DefaultPolicy()
		policy.Endpoint = endpoint
		for _, body := range bodies(t, endpoint) {
			cases = append(cases, judged{map[string]any{"endpoint": name}, policy, body})
		}
	}
	for _, body := range bodies(t, validation.RegisterCustomer) {
		cases = append(cases, judged{settings, tuned, body})
	}
	return append(cases, described(t)...)
}

// described are bodies of an endpoint that a configuration describes.
func described(t *testing.T) []judged {
	t.Helper()
	table := []validation.Field{
		{Name: "pin", Type: validation.Text, Required: true, Sealed: true, Rules: []validation.Rule{{Name: "digits", Arguments: []string{"4", "6"}}}},
		{Name: "again", Type: validation.Text, Required: true, Sealed: true, Rules: []validation.Rule{{Name: "same_as", Arguments: []string{"pin"}}}},
		{Name: "amount", Type: validation.Number, Bounds: &validation.Bounds{Min: 0.1, Max: 1}},
		{Name: "tags", Type: validation.List, Unique: true, Bounds: &validation.Bounds{Min: 1, Max: 2}, Item: &validation.Field{Type: validation.Text, OneOf: []string{"a", "b"}}},
		{Name: "where", Type: validation.Object, Members: []validation.Field{{Name: "country", Type: validation.Text, Rules: []validation.Rule{{Name: "country"}}}}},
	}
	endpoint, err := validation.NewEndpoint("transaction PIN", table)
	if err != nil {
		t.Fatal(err)
	}
	policy := validation.DefaultPolicy()
	policy.Endpoint = endpoint
	settings := map[string]any{"custom": map[string]any{"subject": "transaction PIN", "fields": table}}
	var cases []judged
	for _, body := range []string{
		`{"pin":"2486","again":"2486"}`, `{"pin":"2486","again":"2487","amount":0.1}`, `{"pin":"12","again":"12","amount":0.09999999999999999999}`,
		`{"pin":"2486","again":"2486","tags":["a","a"]}`, `{"pin":"2486","again":"2486","tags":["a","c","b"],"where":{"country":"gb","x":1}}`, `[]`,
	} {
		cases = append(cases, judged{settings, policy, body})
	}
	return cases
}

var values = []any{
	nil, "", " ", true, 7, 1e-5, []any{}, []any{"a"}, map[string]any{}, map[string]any{"a": "\u0001"}, "Excel", " Zoë ", "o'Brien-Smith", "名前", "e\u0301lan",
	"x", strings.Repeat("n", 60), "Ada\u0000", "A1", "می\u200cخواهم", "ada@example.com", "ada@EXAMPLE.com", "ada@example", "ada@xn--bcher-kva.example", "a b@c.de",
	"+447123456789", "+4407123456789", "7123456789", "07123 456-789", "+44", "+99", "+375810822658", "1989-12-16", "2005-03-15", "2008-03-15", "2008-03-14", "1900-01-01", "2027-01-01", "2001-02-29",
	"tUrtle-vex9!Quartz", "Summer2025!", "Password1!", "Mercury-2025!x", "Excel1989!", "aB3$", "qWeRtY123!@#", "ÄÖü9!jfkdLLs", "INDIVIDUAL", "BUSINESS", "WEB", "GBR", "gb",
}

// bodies are good ones with one value changed, and a new member.
func bodies(t *testing.T, endpoint *validation.Endpoint) []string {
	t.Helper()
	good := map[string]any{}
	samples := map[string]any{
		"customerType": "INDIVIDUAL", "payloadEncrypted": false, "firstName": "Excel", "lastName": "Nwachukwu", "email": "excel@fincode.co.uk", "phone": "+447123456789",
		"dob": "1989-12-16", "password": "tUrtle-vex9!Quartz", "confirmPassword": "tUrtle-vex9!Quartz", "currentPassword": "old", "newPassword": "tUrtle-vex9!Quartz",
	}
	for field := range endpoint.Fields() {
		if sample, known := samples[field.Name]; known && strings.Count(string(field.Pointer), "/") == 1 && field.Type != validation.Barred {
			good[field.Name] = sample
		}
	}
	list := []string{text(t, good)}
	names := []string{"promo", "__proto__", "EMAIL"}
	for field := range endpoint.Fields() {
		names = append(names, field.Name)
	}
	for _, name := range names {
		for _, value := range values {
			changed := map[string]any{name: value}
			for known, sample := range good {
				if known != name {
					changed[known] = sample
				}
			}
			list = append(list, text(t, changed))
		}
	}
	return append(list, withPasswords(t, endpoint, good)...)
}

// withPasswords has random passwords of a seed that stays the same.
func withPasswords(t *testing.T, endpoint *validation.Endpoint, good map[string]any) []string {
	t.Helper()
	random := rand.New(rand.NewPCG(4, 2))
	words := []string{"summer", "Dragon", "2025", "!", "$", "qwerty", "Zx9", "leon", "ßtraße", "7", "Kl", "пароль", "-", "excel", "0789"}
	var list []string
	for range 300 {
		var password strings.Builder
		for range 2 + random.IntN(4) {
			password.WriteString(words[random.IntN(len(words))])
		}
		changed := map[string]any{}
		for name, value := range good {
			if strings.Contains(strings.ToLower(name), "password") && name != "currentPassword" {
				value = password.String()
			}
			changed[name] = value
		}
		list = append(list, text(t, changed))
	}
	return list
}

func text(t *testing.T, value any) string {
	t.Helper()
	body, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func malformed(t *testing.T) []judged {
	t.Helper()
	var cases []judged
	for _, body := range []string{``, `{`, `{"a":1}x`, `{"a":1,"a":2}`, "\ufeff{}", strings.Repeat("[", 40) + strings.Repeat("]", 40), `{"firstName":"\ud800"}`, `nul`, `{}`, `"x"`} {
		cases = append(cases, judged{map[string]any{}, validation.DefaultPolicy(), body})
	}
	return cases
}

// TestSettingsThatMakeNoSense are refused with what to change.
func TestSettingsThatMakeNoSense(t *testing.T) {
	for settings, want := range map[string]string{
		`{"endpoint":"sign_up"}`:                    `endpoint: "sign_up" is none`,
		`{"rules":{"age":{"min":9,"max":3}}}`:       "age 9 3: want",
		`{"rules":{"phone":"lax"}}`:                 "phone: want strict or normalize",
		`{"rules":{"codes":{"required":"off"}}}`:    "always enforced",
		`{"rules":{"codes":{"email_format":"no"}}}`: "email_format: want enforce, monitor or off",
		`{"custom":{"subject":"x","fields":[{"name":"a","type":"text","rules":[{"rule":"nope"}]}]}}`: "nope",
		`{"allow_fields":["email"]}`: "allow_fields",
	} {
		node := exec.CommandContext(t.Context(), "node", "testdata/judge.mjs")
		node.Stdin = strings.NewReader(fmt.Sprintf("[%s, \"{}\", 0]\n", settings))
		if out, err := node.CombinedOutput(); err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: %v\n%s\nwant in it %q", settings, err, out, want)
		}
	}
}

// TestPackage makes the npm package and runs its example as a user would.
func TestPackage(t *testing.T) {
	checkout, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), filepath.Join(checkout, "scripts", "build-npm.sh")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	dir := t.TempDir()
	scope := filepath.Join(dir, "node_modules", "@customergate")
	if err := os.MkdirAll(scope, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(scope, "validation"), os.DirFS(filepath.Join(checkout, "build", "npm"))); err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("example.mjs")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "example.mjs"), example, 0o600); err != nil {
		t.Fatal(err)
	}
	node := exec.CommandContext(t.Context(), "node", "example.mjs")
	node.Dir = dir
	good := bodies(t, validation.RegisterCustomer)[0]
	node.Stdin = strings.NewReader(good + "\n" + strings.Replace(good, "excel@fincode.co.uk", "excel@fincode", 1) + "\n{\n")
	out, err := node.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != 3 || lines[0] != "1: good, as excel@fincode.co.uk" || !strings.HasPrefix(lines[1], "2: /email email_format: ") || !slices.Contains(lines, "3: the JSON text ends too early") {
		t.Errorf("the example says\n%s", out)
	}
}

// TestSettingsThatAreNone: what is misspelt, or of another kind, is not passed over.
func TestSettingsThatAreNone(t *testing.T) {
	for settings, want := range map[string]string{
		`{rules: {aeg: {}}}`:                   "settings.rules: aeg is none; there are name_length,",
		`{language: "de"}`:                     "settings: language is none; there are endpoint,",
		`{rules: {password_length: "8"}}`:      "settings.rules.password_length: want a number, not string",
		`{rules: {age: {min: 18, max: null}}}`: "settings.rules.age.max: want a number, not null",
		`{rules: []}`:                          "settings.rules: want an object, not list",
		`{allow_fields: "*"}`:                  "settings.allow_fields: want a list, not string",
		`{endpoint: "register"}`:               "is none: want register_customer",
		`{rules: {age: {min: 99, max: 18}}}`:   "age",
	} {
		checkThrows(t, "compile("+settings+")", want)
	}
	checkThrows(t, `compile({}).check("{}", "2020-01-01")`, "the second argument is the Date of now")
	checkThrows(t, `compile({}).check("{}", new Date("never"))`, "the second argument is the Date of now")
}

func checkThrows(t *testing.T, call, want string) {
	t.Helper()
	script := `import { brotliDecompressSync } from "node:zlib"; import { readFileSync } from "node:fs"; import { load } from "./index.js";
		const validation = await load(brotliDecompressSync(readFileSync("validation.wasm.br")));
		try { validation.` + call + `; console.log("it throws nothing"); } catch (error) { console.log(error.message); } process.exit();`
	out, err := exec.CommandContext(t.Context(), "node", "--input-type=module", "-e", script).CombinedOutput()
	if err != nil || !strings.Contains(string(out), want) {
		t.Errorf("%s: %v, %s; want %s", call, err, out, want)
	}
}
