package e2e

import (
	"bytes"
	"crypto"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
)

// The values of the customer of all tests. They occur nowhere else, so that a
// search for them finds leaks, and nothing but leaks.
const (
	password     = "Vq7!xTz9#Lm2wRk"
	email        = "zqcanary.local@kanarienpost.example"
	firstName    = "Zyxwanda"
	lastName     = "Qvorthaxi"
	phone        = "+447400987654"
	birthDate    = "1987-03-29"
	addressLine  = "17 Kanarienweg"
	dynamicName  = "kanarienfeld"
	dynamicValue = "kanarienwert"
	unknownName  = "kanarienname"
	unknownValue = "kanarieninhalt"
)

// canaries are what a leak is known by.
var canaries = map[string]string{
	"the password":                        password,
	"the local part of the email address": "zqcanary",
	"the domain of the email address":     "kanarienpost",
	"the first name":                      firstName,
	"the last name":                       lastName,
	"the phone number":                    "7400987654",
	"the date of birth":                   birthDate,
	"the address":                         addressLine,
	"the name of a dynamic field":         dynamicName,
	"the value of a dynamic field":        dynamicValue,
	"the name of an unknown member":       unknownName,
	"the value of an unknown member":      unknownValue,
}

// findCanaries says which values of the customer, or of the key of the tests,
// are in a text.
func findCanaries(text []byte) []string {
	var found []string
	for what, canary := range canaries {
		if bytes.Contains(text, []byte(canary)) {
			found = append(found, what)
		}
	}
	for _, part := range keyOfTests().secretParts() {
		if bytes.Contains(text, []byte(part)) {
			found = append(found, "a part of the private key")
		}
	}
	slices.Sort(found)
	return found
}

// customer is the body of a registration, member by member.
type customer []member

type member struct {
	name  string
	value any
}

// newCustomer is a valid registration with its passwords in plaintext.
func newCustomer() customer {
	return customer{
		{"devicePlatform", "WEB"},
		{"customerType", "INDIVIDUAL"},
		{"payloadEncrypted", false},
		{"firstName", firstName},
		{"lastName", lastName},
		{"email", email},
		{"dialingCode", "+44"},
		{"phone", phone},
		{"dob", birthDate},
		{"password", password},
		{"confirmPassword", password},
		{"address", map[string]any{"address1": addressLine, "countryIso3": "GBR"}},
		{"dynamicFields", map[string]any{dynamicName: dynamicValue}},
	}
}

// encrypted is the same customer as a client with that habit sends it.
func (c customer) encrypted(t testing.TB, key *testKey, mgf1 crypto.Hash) customer {
	ciphertext := key.encrypt(t, password, mgf1)
	return c.sealed(ciphertext, ciphertext)
}

// sealed is the same customer with ciphertexts for passwords.
func (c customer) sealed(password, confirmation string) customer {
	return c.with("payloadEncrypted", true).with("password", password).with("confirmPassword", confirmation)
}

// with is the same customer with one member changed or added.
func (c customer) with(name string, value any) customer {
	changed := slices.Clone(c)
	for i, m := range changed {
		if m.name == name {
			changed[i].value = value
			return changed
		}
	}
	return append(changed, member{name, value})
}

// json is the body as text.
func (c customer) json() string {
	var b bytes.Buffer
	for i, m := range c {
		separator := ","
		if i == 0 {
			separator = "{"
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&b, "%s%q:%s", separator, m.name, value)
	}
	b.WriteString("}")
	return b.String()
}

// checkForwarded fails unless a body that the upstream got says the same as
// the customer in plaintext.
func (c customer) checkForwarded(t testing.TB, body []byte) {
	t.Helper()
	var got, want map[string]any
	if err := json.Unmarshal(body, &got); err != nil {
		t.Errorf("the upstream's body is not JSON: %v", err)
		return
	}
	plain := c.with("payloadEncrypted", false).with("password", password).with("confirmPassword", password)
	if err := json.Unmarshal([]byte(plain.json()), &want); err != nil {
		panic(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the upstream got\n%v\nwant\n%v", got, want)
	}
}
