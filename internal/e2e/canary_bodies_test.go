package e2e

import (
	"crypto"
	"strings"
	"testing"
)

// canaryBodies are customers with something wrong in every place, or nothing.
func canaryBodies(t *testing.T) []string {
	valid := newCustomer()
	key := keyOfTests()
	sealed := valid.encrypted(t, key, crypto.SHA256)
	bodies := []string{
		valid.json(),
		sealed.json(),
		valid.encrypted(t, key, crypto.SHA1).json(),
		valid.sealed(key.encrypt(t, password, crypto.SHA256), key.encrypt(t, password+"x", crypto.SHA1)).json(),
		valid.with("payloadEncrypted", true).json(), // raw where ciphertexts belong
		sealed.with("payloadEncrypted", false).json(),
		valid.sealed(key.encrypt(t, password+"\x00", crypto.SHA256), password).json(),
		valid.with("confirmPassword", password+"x").json(),
		valid.with(unknownName, unknownValue).json(),
		sealed.with(unknownName, map[string]any{unknownName: password}).json(),
		valid.with("address", map[string]any{unknownName: addressLine, "city": 5}).json(),
		`"` + password + `"`,
		`[` + valid.json() + `]`,
	}
	for _, weak := range []string{firstName + "2024!", "Aa1!" + birthDate, strings.ToLower(password), password[:5], strings.Repeat(password, 20), password + "\x07"} {
		bodies = append(bodies,
			valid.with("password", weak).with("confirmPassword", weak).json(),
			valid.sealed(key.encrypt(t, weak[:min(len(weak), 190)], crypto.SHA256), "").json())
	}
	for _, m := range valid {
		bodies = append(bodies,
			valid.with(m.name, []any{m.value}).json(),
			valid.with(m.name, map[string]any{unknownName: m.value}).json(),
			valid.with(m.name, nil).json())
		if text, ok := m.value.(string); ok {
			bodies = append(bodies,
				valid.with(m.name, text+"\n").json(),
				valid.with(m.name, "@"+text+"<>").json(),
				valid.with(m.name, strings.Repeat(text, 40)).json())
		}
	}
	return append(bodies, malformed(valid.json())...)
}

// malformed are texts that break off or go wrong at many places.
func malformed(good string) []string {
	bodies := []string{
		good + good,
		good + password,
		"\ufeff" + good,
		strings.Replace(good, password, password+"\n", 1),
		strings.Replace(good, password, password+`\ud800`, 1),
		strings.Replace(good, password, password+"\xff", 1),
		strings.Replace(good, `"`+password, password, 1),
		strings.Replace(good, firstName, firstName+`\x`, 1),
		strings.Replace(good, "{", `{"email":"`+email+`",`, 1),
		strings.Replace(good, "{", `{"`+unknownName+`":1,"`+unknownName+`":2,`, 1),
		strings.Replace(good, `"`+dynamicName+`"`, `"`+dynamicName+`":1,"`+dynamicName+`"`, 1),
		strings.Replace(good, `"`+dynamicValue+`"`, strings.Repeat("[", 40)+`"`+dynamicValue, 1),
	}
	for _, canary := range canaries {
		if at := strings.Index(good, canary); at >= 0 {
			bodies = append(bodies, good[:at+len(canary)], good[:at]+canary+"\x00"+good[at+len(canary):])
		}
	}
	return bodies
}

// canaryRequests are those that are refused for more than their bodies, many
// of them before their bodies are read.
func canaryRequests() []string {
	body := newCustomer().json()
	good := rawPost("", body)
	large := body + strings.Repeat(" "+password, 64<<10/len(password))
	return []string{
		strings.Replace(good, "POST", "PUT", 1),
		strings.Replace(good, "application/json", "text/plain", 1),
		strings.Replace(good, "uuid: 200\r\n", "", 1),
		rawPost("Content-Encoding: gzip\r\n", body),
		rawPost("Early-Data: 1\r\n", body),
		rawPost("Accept: application/problem+json\r\n", body+"}"),
		rawPost("Expect: 100-continue\r\nplatform: again\r\n", body),
		rawPost("", large),
		rawChunked("", chunks(large, "")+"0\r\n\r\n"),
		rawChunked("", chunks(body, "")+"zzz\r\n\r\n"),
		rawChunked("", chunks(body, ";"+"a\nb")+"0\r\n\r\n"),
	}
}
