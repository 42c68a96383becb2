package caddymodule

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/contract"
)

// TestContractStatuses: the contract for programs has the status of each refusal.
func TestContractStatuses(t *testing.T) {
	for _, code := range contract.Refusals() {
		if statuses[code.Value] != code.Status {
			t.Errorf("%s has the status %d, not %d", code.Value, statuses[code.Value], code.Status)
		}
	}
}

// describeGates describes gates with options in JSON.
func describeGates(t *testing.T, options ...string) []contract.Gate {
	t.Helper()
	var all []contract.Gate
	for _, o := range options {
		g, err := DescribeGate([]byte(o), nil)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, g)
	}
	return all
}

func writeContract(t *testing.T, options ...string) *contract.Document {
	t.Helper()
	document, err := contract.Write(describeGates(t, options...), contract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// operationOf returns the operation of a path.
func operationOf(t *testing.T, d *contract.Document, path, method string) map[string]any {
	t.Helper()
	var document struct {
		Paths map[string]map[string]map[string]any
	}
	if err := json.Unmarshal(d.OpenAPI, &document); err != nil {
		t.Fatal(err)
	}
	op := document.Paths[path][method]
	if op == nil {
		t.Fatalf("there is no %s %s in %s", method, path, d.OpenAPI)
	}
	return op
}

const (
	pinGate = `{"endpoint":"custom","custom":{"subject":"transaction PIN","fields":[{"name":"pin","type":"text","sealed":true,"required":true}]}}`
	pinPut  = `{"endpoint":"custom","custom":{"subject":"transaction PIN","method":"PUT","fields":[{"name":"old","type":"flag"}]}}`
)

func TestContractOrderDoesNotMatter(t *testing.T) {
	options := []string{`{}`, `{"endpoint":"login"}`, `{"endpoint":"edit_profile"}`, pinGate, pinPut}
	want := writeContract(t, options...)
	slices.Reverse(options)
	if got := writeContract(t, options...); string(got.OpenAPI) != string(want.OpenAPI) || string(got.Schema) != string(want.Schema) {
		t.Error("in another order, they are told otherwise")
	}
}

// TestContractTwoMethodsOfOnePath: each has a name and a body of its own.
func TestContractTwoMethodsOfOnePath(t *testing.T) {
	document := writeContract(t, pinGate, pinPut)
	posted, put := operationOf(t, document, "/transaction-pin", "post"), operationOf(t, document, "/transaction-pin", "put")
	if posted["operationId"] == put["operationId"] {
		t.Errorf("both are %v", put["operationId"])
	}
	if strings.Count(string(document.OpenAPI), `"name": "transaction PIN"`) != 1 {
		t.Error("there are two tags of one name")
	}
}

func TestContractGatesOfOneEndpoint(t *testing.T) {
	// Stores, engines and queues are nobody's business.
	writeContract(t, `{}`, `{"engine":"go","queue":{"places":64},"keys":{"provider":"file","path":"/nowhere"}}`)
	for name, other := range map[string]string{
		"policy": `{"rules":{"age":{"min":21,"max":99}}}`,
		"header": `{"headers":[{"name":"platform"}]}`,
		"answer": `{"errors":"problem"}`,
		"size":   `{"max_body":2048}`,
		"mgf1":   `{"mgf1":"sha1"}`,
		"unique": `{"unique_email":{"store":{"store":"bolt"}}}`,
	} {
		_, err := contract.Write(describeGates(t, `{}`, other), contract.Options{})
		if err == nil || !strings.Contains(err.Error(), "POST /usermanagement/register-customer differ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestContractOfSite(t *testing.T) {
	all := describeGates(t, `{}`, `{"endpoint":"login"}`, `{"endpoint":"change_password"}`)
	all[0].Site, all[1].Site = 1, 2
	for site, want := range map[any]string{1: "register_customer", 2: "login"} {
		if got := contract.OfSite(all, site); len(got) != 1 || got[0].Endpoint.Name != want {
			t.Errorf("%v: %d gates", site, len(got))
		}
	}
	for name, site := range map[string]any{"a site without gates": 3, "no site": nil} {
		if got := contract.OfSite(all, site); len(got) != 3 {
			t.Errorf("%s: %d gates", name, len(got))
		}
	}
}

// TestContractAnswers: an operation has the answers that its gate can give, and no other.
func TestContractAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		options, path, method string
		with, without         []string
	}{
		"registration":     {`{}`, "/usermanagement/register-customer", "post", []string{"200", "201", "400", "405", "413", "415", "422", "425", "503", "default"}, []string{"404", "409", "429"}},
		"tenants":          {`{"tenant":"{http.request.host.labels.2}"}`, "/usermanagement/register-customer", "post", []string{"404"}, nil},
		"unique addresses": {`{"unique_email":{"store":{"store":"bolt"}}}`, "/usermanagement/register-customer", "post", []string{"409"}, nil},
		"profile":          {`{"endpoint":"edit_profile"}`, "/usermanagement/profile-edit", "put", []string{"422"}, []string{"409", "429", "503"}},
		"login":            {`{"endpoint":"login"}`, "/securitymanagement/login", "put", []string{"429", "503"}, []string{"409"}},
		"unbounded login":  {`{"endpoint":"login","attempts":{"count":0}}`, "/securitymanagement/login", "put", nil, []string{"429"}},
	} {
		t.Run(name, func(t *testing.T) {
			responses := operationOf(t, writeContract(t, c.options), c.path, c.method)["responses"].(map[string]any)
			for _, status := range c.with {
				if responses[status] == nil {
					t.Errorf("there is no %s", status)
				}
			}
			for _, status := range c.without {
				if responses[status] != nil {
					t.Errorf("there is a %s", status)
				}
			}
		})
	}
}

// TestContractForms: a refusal has the bodies that the option errors leaves.
func TestContractForms(t *testing.T) {
	for form, want := range map[string][]string{
		``:                         {"application/json", "application/problem+json"},
		`"errors":"envelope"`:      {"application/json"},
		`"errors":"problem"`:       {"application/problem+json"},
		`"errors":"handle_errors"`: nil,
	} {
		var document struct {
			Components struct {
				Responses map[string]struct{ Content map[string]any }
			}
		}
		if err := json.Unmarshal(writeContract(t, `{`+form+`}`).OpenAPI, &document); err != nil {
			t.Fatal(err)
		}
		for name, response := range document.Components.Responses {
			var got []string
			for kind := range response.Content {
				got = append(got, kind)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s is %q", form, name, got)
			}
		}
	}
}

func TestContractHeaders(t *testing.T) {
	const idempotent = `{"unique_email":{"store":{"store":"bolt"}},"idempotency":true}`
	op := operationOf(t, writeContract(t, idempotent), "/usermanagement/register-customer", "post")
	required := map[string]bool{}
	for _, p := range op["parameters"].([]any) {
		parameter := p.(map[string]any)
		required[parameter["name"].(string)] = parameter["required"].(bool)
	}
	for name, want := range map[string]bool{"platform": true, "uuid": true, "Encryption-Key-Id": false, "Idempotency-Key": false, "X-Idempotency-Key": false} {
		if got, there := required[name]; !there || got != want {
			t.Errorf("%s: %t, %t", name, there, got)
		}
	}
	profile := writeContract(t, `{"endpoint":"edit_profile"}`)
	if security := operationOf(t, profile, "/usermanagement/profile-edit", "put")["security"]; len(security.([]any)) != 1 ||
		!strings.Contains(string(profile.OpenAPI), `"name": "X-Auth-Token"`) {
		t.Errorf("the token is no security: %v", security)
	}
}

// TestContractEncrypted: how to encrypt is told with each secret, in both documents.
func TestContractEncrypted(t *testing.T) {
	document, err := contract.Write(describeGates(t, `{"mgf1":"both"}`), contract.Options{Keys: "https://keys.example/acme.json"})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"algorithm":"RSA-OAEP","hash":"SHA-256","mgf1":["SHA-256","SHA-1"],"label":"","encoding":"base64","key":"https://keys.example/acme.json","keyId":"Encryption-Key-Id"}`
	for name, text := range map[string][]byte{"openapi": document.OpenAPI, "schema": document.Schema} {
		compact := strings.NewReplacer("\n", "", "  ", "", `": `, `":`).Replace(string(text))
		if n := strings.Count(compact, `"x-encrypted":`+want); n != 2 {
			t.Errorf("%s has it %d times", name, n)
		}
	}
}

// TestContractExamples: one is there where one can be made up, and not where the gate refuses
// it.
func TestContractExamples(t *testing.T) {
	impossible := `{"endpoint":"custom","custom":{"subject":"thing","fields":[{"name":"a","type":"text","required":true,"rules":[{"rule":"matches","arguments":["[A-Z]\\d"]}]}]}}`
	for name, c := range map[string]struct {
		options string
		want    bool
	}{
		"registration":   {`{}`, true},
		"encrypted only": {`{"plaintext":["deny"]}`, false},
		"expression":     {impossible, false},
		"PIN":            {pinGate, true},
	} {
		if got := strings.Contains(string(writeContract(t, c.options).OpenAPI), `"examples"`); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if profile := writeContract(t, `{"endpoint":"edit_profile"}`).OpenAPI; !strings.Contains(string(profile), `"firstName": "Ada"`) {
		t.Errorf("where nothing is required, there is nothing in the example: %s", profile)
	}
}
