package caddymodule

import (
	"crypto"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/claims"

	"github.com/customergate/customergate/caddymodule/headers"
)

// pinEndpoint is one that an operator describes.
const pinEndpoint = `{"subject":"transaction PIN","method":"PUT","fields":[
	{"name":"email","type":"text","required":true,"account":true,"rules":[{"rule":"email"}]},
	{"name":"transactionPin","type":"text","sealed":true,"required":true,"rules":[{"rule":"digits","arguments":["4","6"]}]},
	{"name":"again","type":"text","sealed":true,"rules":[{"rule":"same_as","arguments":["transactionPin"]}]},
	{"name":"limits","type":"list","bounds":{"min":1,"max":2},"unique":true,"item":{"type":"number","bounds":{"min":0,"max":100}}},
	{"name":"device","type":"object","members":[{"name":"id","type":"text","required":true,"rules":[{"rule":"token"}]}]}]}`

func newPinRig(t testing.TB, options map[string]any) *rig {
	t.Helper()
	all := map[string]any{"custom": json.RawMessage(pinEndpoint), "headers": []map[string]string{{"name": "X-Auth-Token"}}}
	for name, value := range options {
		all[name] = value
	}
	return newRigOf(t, "custom", all)
}

func newPin(client, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPut, "/security/pin", strings.NewReader(body))
	r.RemoteAddr = client
	r.Header = http.Header{"Content-Type": {"application/json"}, "X-Auth-Token": {strings.Repeat("t", headers.MaxToken)}}
	return r
}

func TestCustomEndpoint(t *testing.T) {
	g := newPinRig(t, map[string]any{"plaintext": []string{"deny"}})
	sealed := encrypt(t, "1234", crypto.SHA256)
	g.serve(newPin(newClient(), `{"device":{"id":"a"},"limits":[1,2.50],"again":"`+encrypt(t, "1234", crypto.SHA1)+`","transactionPin":"`+sealed+`","email":"ada@EXAMPLE.com"}`)).
		checkForwarded(t, `{"email":"ada@example.com","transactionPin":"1234","again":"1234","limits":[1,2.50],"device":{"id":"a"}}`)
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"raw":             {`{"email":"ada@example.com","transactionPin":"1234"}`, []string{"/transactionPin plaintext_not_allowed"}},
		"of another form": {`{"email":"ada@example.com","transactionPin":"` + encrypt(t, "12a4", crypto.SHA256) + `"}`, []string{"/transactionPin format"}},
		"not the same":    {`{"email":"ada@example.com","transactionPin":"` + sealed + `","again":"` + encrypt(t, "1235", crypto.SHA256) + `"}`, []string{"/again mismatch"}},
		"in a list":       {`{"email":"ada@example.com","transactionPin":"` + sealed + `","limits":[101,1]}`, []string{"/limits/0 out_of_range"}},
		"in an object":    {`{"email":"ada@example.com","transactionPin":"` + sealed + `","device":{"ID":"a"}}`, []string{"/device/id required", "/device/ID unknown_field"}},
		"unknown":         {`{"email":"ada@example.com","transactionPin":"` + sealed + `","role":"admin"}`, []string{"/role unknown_field"}},
	} {
		t.Run(name, func(t *testing.T) {
			x := g.serve(newPin(newClient(), c.body))
			x.checkRefused(t, http.StatusUnprocessableEntity, codeValidationError)
			if got := x.details(t); !slices.Equal(got, c.want) {
				t.Errorf("details %q, want %q", got, c.want)
			}
			if strings.Contains(x.answer.Body.String(), "registration") {
				t.Errorf("it speaks of a registration: %s", x.answer.Body)
			}
			for _, entry := range g.logs.TakeAll() {
				if text := entry.Message; strings.Contains(text, "1234") || strings.Contains(text, "12a4") {
					t.Errorf("logged %s", text)
				}
			}
		})
	}
	r := newPin(newClient(), `{}`)
	r.Method = http.MethodPost
	x := g.serve(r)
	x.checkRefused(t, http.StatusMethodNotAllowed, codeMethodNotAllowed)
	if !strings.Contains(x.answer.Body.String(), "A transaction PIN is sent with PUT.") || x.answer.Header().Get("Allow") != "PUT" {
		t.Errorf("answered %s", x.answer.Body)
	}
	r = newPin(newClient(), `{}`)
	r.Header.Set("X-Auth-Token", strings.Repeat("t", headers.MaxToken+1))
	g.serve(r).checkRefused(t, http.StatusBadRequest, codeInvalidHeader)
}

// TestCustomEndpointAttempts: whatever has an account can be limited.
func TestCustomEndpointAttempts(t *testing.T) {
	g := newPinRig(t, map[string]any{"attempts": map[string]any{"count": 1}})
	g.next = answering(403, "{}")
	body := `{"email":"pin@example.com","transactionPin":"1234"}`
	g.serve(newPin(newClient(), body))
	g.serve(newPin(newClient(), body)).checkRefused(t, http.StatusTooManyRequests, codeTooManyAttempts)
}

// TestCustomEndpointOffline: the dry run judges by the table, too.
func TestCustomEndpointOffline(t *testing.T) {
	ctx, _ := newContext(t, nil)
	config := `{"endpoint":"custom","custom":` + pinEndpoint + `,"keys":{"provider":"file","path":` + string(raw(t, keyFile(t))) + `}}`
	offline, err := NewOffline(ctx, []byte(config))
	if err != nil {
		t.Fatal(err)
	}
	judged, err := offline.Judge(OfflineRequest{Tenant: "default", Client: netip.MustParseAddr("127.0.0.1"),
		Body: []byte(`{"email":"ada@example.com","transactionPin":"` + encrypt(t, "1234", crypto.SHA256) + `","again":"1234"}`)})
	if err != nil || judged.Status != 0 || string(judged.Forwarded) != `{"email":"ada@example.com","transactionPin":"********","again":"********"}` {
		t.Errorf("judged %+v, %v", judged, err)
	}
	if !offline.HasKeys() {
		t.Error("it has no keys")
	}
}

func TestCustomEndpointRefused(t *testing.T) {
	for config, want := range map[string]string{
		`"endpoint":"custom"`:                          "custom: the endpoint needs a description",
		`"custom":` + pinEndpoint:                      "custom: it describes the endpoint custom",
		`"endpoint":"login","custom":` + pinEndpoint:   "custom: it describes the endpoint custom",
		`"endpoint":"custom","custom":{"fields":[]}`:   "subject: say in a word or two",
		`"endpoint":"custom","custom":{"subject":"x"}`: "there is no field",
		`"endpoint":"custom","custom":{"subject":"x","method":"GET","fields":[{"name":"a","type":"flag"}]}`:             `method: "GET" is not a choice`,
		`"endpoint":"custom","custom":{"subject":"x","fields":[{"name":"a","type":"flag","rule":"email"}]}`:             `unknown field "rule"`,
		`"endpoint":"custom","custom":{"subject":"x","fields":[{"name":"a","type":"flag","rules":[{"rule":"email"}]}]}`: "field a: the rule email judges the type text, not flag",
		`"endpoint":"custom","keys":{"provider":"auto"},"custom":{"subject":"x","fields":[{"name":"a","type":"flag"}]}`: "keys: custom has nothing that is encrypted",
		`"endpoint":"custom","tenant":"{http.request.header.X-Auth-Token}","custom":` + pinEndpoint:                     "tenant: X-Auth-Token is a secret",
	} {
		if _, err := provision(t, "{"+config+"}"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error is %v, it should say %q", config, err, want)
		}
	}
}

// TestCustomEndpointPublished: its keys are published like any others, and one
// without anything sealed has none.
func TestCustomEndpointPublished(t *testing.T) {
	for config, want := range map[string]bool{
		`{"endpoint":"custom","custom":` + pinEndpoint + `}`:                                   true,
		`{"endpoint":"custom","custom":{"subject":"x","fields":[{"name":"a","type":"flag"}]}}`: false,
		`{"endpoint":"login"}`:        true,
		`{"endpoint":"edit_profile"}`: false,
		`{}`:                          true,
	} {
		var gate map[string]any
		if err := json.Unmarshal([]byte(config), &gate); err != nil {
			t.Fatal(err)
		}
		if got := willDecrypt(gate); got != want {
			t.Errorf("%s has keys: %t", config, got)
		}
	}
}

// TestCustomEndpointClaims: what it claims is unique, a repeated request gets the first
// answer again, and failures are counted in the store.
func TestCustomEndpointClaims(t *testing.T) {
	g := claimRig(t, nil, map[string]any{"endpoint": "custom", "idempotency": true, "custom": json.RawMessage(`{"subject":"invitation","fields":[
		{"name":"guest","type":"text","required":true,"claimed":true,"rules":[{"rule":"email"}]},
		{"name":"host","type":"text","required":true,"account":true,"rules":[{"rule":"email"}]},
		{"name":"pin","type":"text","sealed":true}]}`)})
	body := func(guest string) string { return `{"guest":"` + guest + `","host":"host@example.com"}` }
	send := func(guest, key string) *exchange {
		r := newRequest(body(guest))
		r.RemoteAddr = newClient()
		r.Header.Set("Idempotency-Key", key)
		return g.serve(r)
	}
	next, calls := counting(201)
	g.next = next
	for range 2 {
		if x := send("ada@example.com", "one"); x.answer.Code != 201 || x.answer.Body.String() != `{"customer":1}` {
			t.Errorf("answered %d %s", x.answer.Code, x.answer.Body)
		}
	}
	x := send("ada@example.com", "two")
	if got := x.details(t); x.answer.Code != 409 || !slices.Equal(got, []string{"/guest email_taken"}) {
		t.Errorf("answered %d %q", x.answer.Code, got)
	}
	if x := send("bob@example.com", "one"); x.answer.Code != 422 || !strings.Contains(x.answer.Body.String(), "with another invitation") {
		t.Errorf("answered %d %s", x.answer.Code, x.answer.Body)
	}
	if *calls != 1 {
		t.Errorf("the upstream was asked %d times", *calls)
	}
	g.next = answering(403, "{}")
	send("eve@example.com", "three")
	if n, err := g.store.Count(t.Context(), claims.Failures); n != 2 || err != nil {
		t.Errorf("%d failures are in the store, %v", n, err)
	}
}
