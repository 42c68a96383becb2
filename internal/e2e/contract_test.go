package e2e

import (
	"bytes"
	"crypto"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// everyGate is a site with a gate of each endpoint, and one that is described.
const everyGate = `
	customer_gate_contract
	customer_gate_keys /keys*
	@registration customer_gate_path register-customer
	customer_gate @registration {
		keys file {$DIR}/private.pem
		` + patient + `
		unique_email bolt {$DIR}/claims.db
		idempotency
		allow_fields referralCode
		rules {
			name_length 2 40
			age 16 99
			phone normalize
			off phone_trunk_zero
		}
	}
	@profile customer_gate_path profile-edit
	customer_gate @profile edit_profile {
		allow_fields *
	}
	@login customer_gate_path securitymanagement/login
	customer_gate @login login {
		keys file {$DIR}/private.pem
		` + patient + `
	}
	@change path *change-password
	customer_gate @change change_password {
		keys file {$DIR}/private.pem
		` + patient + `
	}
	@pin customer_gate_path security/pin
	customer_gate @pin custom {
		subject "transaction PIN"
		path /security/pin
		keys file {$DIR}/private.pem
		` + patient + `
		field email text required email
		field transactionPin sealed required digits 4 6
		field limit number 0 10000 integer
		field channels list 1 3 unique {
			item text one_of SMS EMAIL APP
		}
		field voucher text matches "[A-Z]{2}\d{1,4}|none"
		field device object {
			field id text 0 64 required token
			field model text 0 255 required_with id
		}
	}
	reverse_proxy {$UPSTREAM}
`

// TestContract: the running gateway gives out the contract of its gates, which is the
// one that the command prints without it.
func TestContract(t *testing.T) {
	t.Parallel()
	gate := startGateway(t, setup{upstream: startUpstream(t).address, site: everyGate})
	for file, arguments := range map[string][]string{"openapi.json": nil, "schema.json": {"--schema"}} {
		t.Run(file, func(t *testing.T) {
			answer, body := gate.fetch(t, http.MethodGet, "/"+file)
			if answer.StatusCode != http.StatusOK || answer.Header.Get("Access-Control-Allow-Origin") != "*" || answer.Header.Get("ETag") == "" {
				t.Errorf("answered %d with %v", answer.StatusCode, answer.Header)
			}
			command := exec.Command(binary, append([]string{"customer-gate", "openapi", "--config", gate.config}, arguments...)...)
			command.Env = gate.env
			offline, err := command.Output()
			if err != nil || !bytes.Equal(offline, body) {
				t.Errorf("without the gateway, it is another one: %v\n%s\nserved\n%s", err, offline, body)
			}
			again, body := gate.fetch(t, http.MethodGet, "/any/folder/"+file, "If-None-Match", answer.Header.Get("ETag"))
			if again.StatusCode != http.StatusNotModified || len(body) > 0 {
				t.Errorf("answered %d to who has it", again.StatusCode)
			}
			head, body := gate.fetch(t, http.MethodHead, "/"+file)
			if head.StatusCode != http.StatusOK || head.ContentLength <= 0 || len(body) > 0 {
				t.Errorf("HEAD is answered %d, with a length of %d", head.StatusCode, head.ContentLength)
			}
			preflight, _ := gate.fetch(t, http.MethodOptions, "/"+file, "Origin", "https://app.example", "Access-Control-Request-Method", "GET")
			if preflight.StatusCode != http.StatusNoContent || !strings.Contains(preflight.Header.Get("Access-Control-Allow-Headers"), "If-None-Match") {
				t.Errorf("a preflight is answered %d with %v", preflight.StatusCode, preflight.Header)
			}
			if post, _ := gate.fetch(t, http.MethodPost, "/"+file); post.StatusCode != http.StatusMethodNotAllowed || post.Header.Get("Allow") == "" {
				t.Errorf("POST is answered %d with %v", post.StatusCode, post.Header)
			}
		})
	}
	if other, _ := gate.fetch(t, http.MethodGet, "/openapi.yaml"); other.Header.Get("ETag") != "" {
		t.Error("another path is not handed on")
	}
}

// TestContractIsThatOfTheRunningPolicy: a reload changes it, and its ETag with it; one
// that cannot be written is refused.
func TestContractIsThatOfTheRunningPolicy(t *testing.T) {
	t.Parallel()
	gate := startGateway(t, setup{upstream: startUpstream(t).address, site: everyGate})
	before, body := gate.fetch(t, http.MethodGet, "/openapi.json")
	if !bytes.Contains(body, []byte(`"min": 16`)) {
		t.Errorf("the age is not in %s", body)
	}
	config, err := os.ReadFile(gate.config)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, gate.config, bytes.ReplaceAll(config, []byte("age 16 99"), []byte("age 17 99")))
	if out, err := gate.tryReload(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	after, body := gate.fetch(t, http.MethodGet, "/openapi.json", "If-None-Match", before.Header.Get("ETag"))
	if after.StatusCode != http.StatusOK || !bytes.Contains(body, []byte(`"min": 17`)) {
		t.Errorf("after a reload it is %d, %s", after.StatusCode, body)
	}
	two := "@other path */other\ncustomer_gate @other {\nkeys file {$DIR}/private.pem\nmax_body 2KiB\n}\nreverse_proxy"
	writeFile(t, gate.config, bytes.Replace(config, []byte("reverse_proxy"), []byte(two), 1))
	if out, err := gate.tryReload(); err == nil || !strings.Contains(string(out), "one contract cannot tell of both") {
		t.Errorf("two gates of one endpoint: %v\n%s", err, out)
	}
}

// TestContractOfEachSite: a contract is that of its own site's gates.
func TestContractOfEachSite(t *testing.T) {
	t.Parallel()
	site := "customer_gate_contract\n@login path *login\ncustomer_gate @login login {\nkeys file {$DIR}/private.pem\nmax_body 3KiB\n}\nrespond ok\nbind 127.0.0.1\n"
	gate := startGateway(t, setup{address: "http://a.test:{$PORT}", upstream: startUpstream(t).address, site: everyGate,
		more: "http://b.test:{$PORT} {\n" + site + "}\n"})
	for host, login := range map[string]string{"a.test": "at most 64 KiB", "b.test": "at most 3.0 KiB"} {
		_, body := gate.fetch(t, http.MethodGet, "/openapi.json", "Host", host)
		if !bytes.Contains(body, []byte(login)) || bytes.Contains(body, []byte("register-customer")) != (host == "a.test") {
			t.Errorf("%s has %s", host, body)
		}
	}
	offline := func(arguments ...string) (string, error) {
		command := exec.Command(binary, append([]string{"customer-gate", "openapi", "--config", gate.config}, arguments...)...)
		command.Env = gate.env
		out, err := command.CombinedOutput()
		return string(out), err
	}
	if out, err := offline(); err == nil || !strings.Contains(out, "choose a gate with --gate") {
		t.Errorf("two sites: %v\n%s", err, out)
	}
	if out, err := offline("--gate", "6"); err != nil || !strings.Contains(out, "at most 3.0 KiB") {
		t.Errorf("one of their gates: %v\n%s", err, out)
	}
}

// TestContractDescribesAnswers: what the gate answers is valid by the schemas of its
// answers, with a status that the operation has.
func TestContractDescribesAnswers(t *testing.T) {
	t.Parallel()
	gate := startGateway(t, setup{upstream: startUpstream(t).address, site: everyGate})
	_, text := gate.fetch(t, http.MethodGet, "/openapi.json")
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("contract.json", document); err != nil {
		t.Fatal(err)
	}
	paths := document.(map[string]any)["paths"].(map[string]any)
	responses := paths["/usermanagement/register-customer"].(map[string]any)["post"].(map[string]any)["responses"].(map[string]any)

	const wrong = `{"customerType":"X","payloadEncrypted":1,"firstName":"3","email":"a","phone":"+1","dob":"x","password":"short","role":"admin","address":{"countryIso3":"x"},"dynamicFields":{"n":1e400}}`
	for name, c := range map[string]struct {
		method, body string
		fields       []string
		status       int
	}{
		"many violations":      {"POST", wrong, nil, 422},
		"no JSON":              {"POST", "{", nil, 400},
		"no object":            {"POST", "[]", nil, 422},
		"header":               {"POST", "{}", []string{"platform", "x"}, 400},
		"method":               {"PUT", "{}", nil, 405},
		"media type":           {"POST", "{}", []string{"Content-Type", "text/plain"}, 415},
		"too large":            {"POST", strings.Repeat(" ", 1<<17), nil, 413},
		"early data":           {"POST", "{}", []string{"Early-Data", "1"}, 425},
		"two idempotency keys": {"POST", "{}", []string{"Idempotency-Key", strings.Repeat("k", 200)}, 400},
	} {
		for accept, schema := range map[string]string{"application/json": "Envelope", "application/problem+json": "Problem"} {
			t.Run(name+" as "+schema, func(t *testing.T) {
				fields := append([]string{"Content-Type", "application/json", "platform", "fincode", "uuid", "200", "Accept", accept}, c.fields...)
				answer, body := gate.send(t, c.method, "/api/v6/services/usermanagement/register-customer", c.body, fields...)
				if answer.StatusCode != c.status || responses[strconv.Itoa(c.status)] == nil {
					t.Errorf("answered %d, which is to be %d and told", answer.StatusCode, c.status)
				}
				compiled, err := compiler.Compile("contract.json#/components/schemas/" + schema)
				if err != nil {
					t.Fatal(err)
				}
				got, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				if err := compiled.Validate(got); err != nil {
					t.Errorf("%s: %v", body, err)
				}
			})
		}
	}
}

// TestContractTakesWhatTheGateTakes: bodies with secrets of every form that the gate
// accepts are valid, and a ciphertext that it cannot take is not.
func TestContractTakesWhatTheGateTakes(t *testing.T) {
	t.Parallel()
	gate := startGateway(t, setup{upstream: startUpstream(t).address, site: everyGate})
	_, text := gate.fetch(t, http.MethodGet, "/schema.json")
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	const (
		register = "usermanagement/register-customer RegisterCustomer POST "
		login    = "securitymanagement/login Login PUT "
		pin      = "security/pin TransactionPin POST "
		person   = `"customerType":"COMPANY","firstName":" Zoe\u0308 ","lastName":"O’Neil","email":"ada@KanarienPost.example","phone":"+44 7123-456789","dob":"1990-12-10","address":null,"referralCode":[1,{}],`
		pinned   = `"email":"ada@KanarienPost.example","limit":1e4,"channels":["SMS"],"voucher":"AB123","device":{"id":"x","model":""},`
	)
	key, plain := keyOfTests(), strconv.Quote(password)
	sealed, secret := key.encrypt(t, password, crypto.SHA256), key.encrypt(t, "2486", crypto.SHA1)
	for name, c := range map[string]struct {
		request, body string
		accepted      bool
	}{
		"encrypted":             {register, `{` + person + `"payloadEncrypted":true,"password":"` + sealed + `","confirmPassword":"` + sealed + `"}`, true},
		"raw":                   {register, `{` + person + `"payloadEncrypted":false,"password":` + plain + `,"confirmPassword":` + plain + `}`, true},
		"ciphertext called raw": {register, `{` + person + `"payloadEncrypted":false,"password":"` + sealed + `","confirmPassword":"` + sealed + `"}`, false},
		"raw called ciphertext": {register, `{` + person + `"payloadEncrypted":true,"password":` + plain + `,"confirmPassword":` + plain + `}`, false},
		"login, encrypted":      {login, `{"email":"ada@KanarienPost.example","currentPassword":"` + sealed + `","payloadEncrypted":true}`, true},
		"login, evident":        {login, `{"email":"ada@KanarienPost.example","currentPassword":"` + sealed + `","payloadEncrypted":null}`, true},
		"login, raw":            {login, `{"email":"ada@KanarienPost.example","currentPassword":` + plain + `}`, true},
		"PIN, encrypted":        {pin, `{` + pinned + `"transactionPin":"` + secret + `"}`, true},
		"PIN, raw":              {pin, `{` + pinned + `"transactionPin":"2486"}`, true},
		"PIN, too short":        {pin, `{` + pinned + `"transactionPin":"248"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			request := strings.Fields(c.request)
			answer, said := gate.send(t, request[2], "/"+request[0], c.body, "Content-Type", "application/json", "platform", "fincode", "uuid", "200", "Idempotency-Key", name)
			taken := answer.StatusCode != http.StatusUnprocessableEntity
			if taken != c.accepted {
				t.Errorf("answered %d %s", answer.StatusCode, said)
			}
			compiled, err := compiler.Compile("schema.json#/$defs/" + request[1])
			if err != nil {
				t.Fatal(err)
			}
			body, err := jsonschema.UnmarshalJSON(strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if err := compiled.Validate(body); (err == nil) != c.accepted {
				t.Errorf("by the schema: %v", err)
			}
		})
	}
}

func (g *gateway) fetch(t *testing.T, method, path string, fields ...string) (*http.Response, []byte) {
	t.Helper()
	return g.send(t, method, path, "", fields...)
}

func (g *gateway) send(t *testing.T, method, path, body string, fields ...string) (*http.Response, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, g.url(path), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(fields); i += 2 {
		request.Header.Set(fields[i], fields[i+1])
		if fields[i] == "Host" {
			request.Host = fields[i+1]
		}
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answered, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, answered
}

// tryReload has the process read its Caddyfile again, which may be refused.
func (g *gateway) tryReload() ([]byte, error) {
	command := exec.Command(binary, "reload", "--config", g.config, "--address", g.admin)
	command.Env, command.Dir = g.env, filepath.Dir(g.config)
	return command.CombinedOutput()
}
