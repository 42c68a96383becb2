package validation_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/customergate/customergate/validation"
)

// offence is a body that breaks one rule, with the values that no message may
// repeat.
type offence struct {
	at     string
	gate   gate
	body   registration
	values []string
}

// remembered are the codes that take a memory of other registrations, which
// this package has none of.
var remembered = []validation.Code{validation.EmailTaken, validation.EmailPending}

// offences break every other rule of the contract's section 3, one each.
var offences = map[validation.Code]offence{
	"required":              {at: "/email", body: valid.without("email")},
	"type":                  {at: "/email", body: valid.with("email", `8675309`), values: []string{"8675309"}},
	"enum":                  {at: "/customerType", body: valid.withText("customerType", "PARTNERSHIP"), values: []string{"PARTNERSHIP"}},
	"too_long":              {at: "/appVersion", body: valid.withText("appVersion", letters(33)), values: []string{letters(33)}},
	"characters":            {at: "/appVersion", body: valid.withText("appVersion", "8675309\x00"), values: []string{"8675309", "\x00"}},
	"unknown_field":         {at: "/role", body: valid.withText("role", "admin"), values: []string{"admin", "role"}},
	"plaintext_not_allowed": {at: "/payloadEncrypted", gate: gate{noPlain: true}, body: valid},
	"name_length":           {at: "/firstName", body: valid.withText("firstName", "Q"), values: []string{"Q"}},
	"name_characters":       {at: "/lastName", body: valid.withText("lastName", "Nwachukwu3"), values: []string{"Nwachukwu"}},
	"email_too_long":        {at: "/email", body: valid.withText("email", letters(256)), values: []string{letters(256)}},
	"email_format":          {at: "/email", body: valid.withText("email", "excel(at)fincode"), values: []string{"excel", "fincode"}},
	"email_immutable":       {at: "/email", gate: profileEdits(), body: registration{{"email", `"excel@fincode.co.uk"`}}, values: []string{"excel", "fincode"}},
	"phone_format":          {at: "/phone", body: valid.withText("phone", "984 573 63733"), values: []string{"984", "573"}},
	"phone_trunk_zero":      {at: "/phone", body: valid.withText("phone", "+4407123456789"), values: []string{"7123456789"}},
	"phone_invalid":         {at: "/phone", body: valid.withText("phone", "+4498457363733"), values: []string{"98457363733"}},
	"phone_country":         {at: "/dialingCode", body: valid.withText("dialingCode", "+234"), values: []string{"234"}},
	"dob_format":            {at: "/dob", body: valid.withText("dob", "16/12/1989"), values: []string{"16/12/1989", "1989"}},
	"dob_future":            {at: "/dob", body: valid.withText("dob", "2031-05-06"), values: []string{"2031-05-06", "2031"}},
	"dob_underage":          {at: "/dob", body: valid.withText("dob", "2010-05-06"), values: []string{"2010-05-06", "2010"}},
	"dob_too_old":           {at: "/dob", body: valid.withText("dob", "1889-12-16"), values: []string{"1889-12-16", "1889"}},
	"password_undecryptable": {at: "/password", gate: gate{plaintexts: [][]byte{nil, []byte(strong)}},
		body: valid.with("payloadEncrypted", "true"), values: []string{strong}},
	"password_too_short": {at: "/password", body: valid.withPassword("x3Q!vbz"), values: []string{"x3Q!vbz"}},
	"password_too_long":  {at: "/password", body: valid.withPassword(strong + randomText(175)), values: []string{strong, randomText(175)}},
	"password_uppercase": {at: "/password", body: valid.withPassword(strings.ToLower(strong)), values: []string{strings.ToLower(strong)}},
	"password_lowercase": {at: "/password", body: valid.withPassword(strings.ToUpper(strong)), values: []string{strings.ToUpper(strong)}},
	"password_digit":     {at: "/password", body: valid.withPassword("mQx!zKdw@hTwp#vB"), values: []string{"mQ", "vB"}},
	"password_special":   {at: "/password", body: valid.withPassword("mQ7-zKd4-hTw9-vB"), values: []string{"mQ", "vB"}},
	"password_common":    {at: "/password", body: valid.withPassword("Summer2025!"), values: []string{"Summer", "2025"}},
	"password_personal":  {at: "/password", body: valid.withPassword("Nwachukwu1989!"), values: []string{"Nwachukwu", "1989"}},
	"password_unchanged": {at: "/newPassword", gate: judging(newPasswords), body: registration{{"payloadEncrypted", `false`},
		{"currentPassword", quote(strong)}, {"newPassword", quote(strong)}}, values: []string{strong}},
	"too_short":         {at: "/name", gate: judging(devices), body: device.withText("name", "Q"), values: []string{"Q"}},
	"out_of_range":      {at: "/limit", gate: judging(devices), body: device.with("limit", `1867530.9`), values: []string{"1867530"}},
	"duplicate":         {at: "/tags/1", gate: judging(devices), body: device.with("tags", `["Quux","Quux"]`), values: []string{"Quux"}},
	"format":            {at: "/serial", gate: judging(devices), body: device.withText("serial", "Quux"), values: []string{"Quux"}},
	"date_format":       {at: "/bought", gate: judging(devices), body: device.withText("bought", "16/12/1989"), values: []string{"1989"}},
	"mismatch":          {at: "/again", gate: judging(devices), body: device.withText("again", "Quux"), values: []string{"Quux"}},
	"unchanged":         {at: "/old", gate: judging(devices), body: device.withText("old", "13579"), values: []string{"13579"}},
	"password_mismatch": {at: "/confirmPassword", body: valid.withText("confirmPassword", strong+"?"), values: []string{strong}},
}

func TestEveryCodeIsProduced(t *testing.T) {
	for code, o := range offences {
		t.Run(string(code), func(t *testing.T) {
			expect(t, o.gate.judge(t, o.body.body()), o.at+" "+string(code))
		})
	}
}

// The set of codes is a promise to apps, so it is written down twice.
func TestCodesAreThoseOfTheContract(t *testing.T) {
	declared := declaredCodes(t)
	for _, code := range declared {
		if _, ok := offences[code]; !ok && !slices.Contains(remembered, code) {
			t.Errorf("no body is refused with %s", code)
		}
	}
	for code := range offences {
		if !slices.Contains(declared, code) {
			t.Errorf("%s is not declared", code)
		}
	}
}

// declaredCodes reads the constants of code.go.
func declaredCodes(t *testing.T) []validation.Code {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "code.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var codes []validation.Code
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, validation.Code(code))
		}
		return true
	})
	if len(codes) == 0 {
		t.Fatal("code.go declares no codes")
	}
	return codes
}

func TestMessagesAreSentencesThatRepeatNoValue(t *testing.T) {
	for code, o := range offences {
		t.Run(string(code), func(t *testing.T) {
			for _, v := range o.gate.judge(t, o.body.body()).Violations() {
				if v.Message == "" || v.Message[0] < 'A' || v.Message[0] > 'Z' || !strings.HasSuffix(v.Message, ".") {
					t.Errorf("not a sentence: %q", v.Message)
				}
				for _, value := range o.values {
					if strings.Contains(v.Message, value) {
						t.Errorf("%q repeats %q", v.Message, value)
					}
				}
			}
		})
	}
}
