package caddymodule

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/customergate/customergate/caddymodule/headers"
)

const (
	authToken = "eyJhbGciOiJub25lIn0.c4n4ry-t0k3n.c2lnbmF0dXJl"

	profileBody           = `{"phone":"7123456789","dialingCode":"+44","firstName":" Ada "}`
	normalisedProfileBody = `{"firstName":"Ada","dialingCode":"+44","phone":"+447123456789"}`
)

// newProfileRig is a gate before profile edits, with JSON options.
func newProfileRig(t testing.TB, options string) *rig {
	t.Helper()
	gate, err := provision(t, `{"endpoint":"edit_profile"`+options+`}`)
	if err != nil {
		t.Fatal(err)
	}
	core, logs := observer.New(zapcore.DebugLevel)
	gate.logger = zap.New(core)
	return &rig{Gate: gate, logs: logs}
}

// newEdit is a valid request with another body.
func newEdit(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPut, "/usermanagement/profile-edit", strings.NewReader(body))
	r.RemoteAddr = "203.0.113.9:4567"
	r.Header = http.Header{"Content-Type": {"application/json"}, "Platform": {"fincode"}, "Uuid": {"200"}, "X-Auth-Token": {authToken}}
	return r
}

func TestEditProfile(t *testing.T) {
	g := newProfileRig(t, "")
	x := g.serve(newEdit(profileBody))
	x.checkForwarded(t, normalisedProfileBody)
	if got := x.forwarded.Header["X-Auth-Token"]; !slices.Equal(got, []string{authToken}) {
		t.Errorf("the token went on as %q", got)
	}
	if x.forwarded.Method != http.MethodPut || x.forwarded.URL.Path != "/usermanagement/profile-edit" {
		t.Errorf("it went on as %s %s", x.forwarded.Method, x.forwarded.URL)
	}
	g.serve(newEdit(`{}`)).checkForwarded(t, `{}`)
}

func TestEditProfileRefused(t *testing.T) {
	for name, test := range map[string]struct {
		body   string
		status int
		code   string
		want   []string
	}{
		"email":          {`{"email":"ada@example.com"}`, 422, codeValidationError, []string{"/email email_immutable"}},
		"email null":     {`{"email":null,"firstName":"A"}`, 422, codeValidationError, []string{"/email email_immutable", "/firstName name_length"}},
		"password":       {`{"password":"` + password + `"}`, 422, codeValidationError, []string{"/password unknown_field"}},
		"a registration": {validBody, 422, codeValidationError, []string{"/customerType unknown_field", "/payloadEncrypted unknown_field", "/email email_immutable", "/password unknown_field", "/confirmPassword unknown_field"}},
		"not JSON":       {`{`, 400, codeMalformedJSON, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			x := newProfileRig(t, "").serve(newEdit(test.body))
			x.checkRefused(t, test.status, test.code)
			if got := x.details(t); !slices.Equal(got, test.want) {
				t.Errorf("details %q, want %q", got, test.want)
			}
		})
	}
}

func TestEditProfileMethods(t *testing.T) {
	g := newProfileRig(t, "")
	for _, method := range []string{"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "put"} {
		t.Run(method, func(t *testing.T) {
			r := newEdit(profileBody)
			r.Method = method
			x := g.serve(r)
			x.checkRefused(t, http.StatusMethodNotAllowed, codeMethodNotAllowed)
			if allow := x.answer.Header().Get("Allow"); allow != "PUT" {
				t.Errorf("Allow is %q", allow)
			}
			if !strings.Contains(x.answer.Body.String(), "A profile is sent with PUT.") {
				t.Errorf("answered %s", x.answer.Body)
			}
		})
	}
	preflight := newEdit("")
	preflight.Method = http.MethodOptions
	preflight.Header = http.Header{"Origin": {"https://app.example"}, "Access-Control-Request-Method": {"PUT"},
		"Connection": {"Upgrade, HTTP2-Settings"}, "Upgrade": {"h2c"}, "Http2-Settings": {"AAMAAABk"}}
	if x := g.serve(preflight); x.forwarded == nil {
		t.Errorf("a preflight is answered %d", x.answer.Code)
	} else if h := x.forwarded.Header; h["Connection"] != nil || h["Upgrade"] != nil || h["Http2-Settings"] != nil || h["Origin"] == nil {
		t.Errorf("a preflight goes on with %v", h)
	}
}

// TestEditProfileHeaders: the token is required whatever headers the operator
// names.
func TestEditProfileHeaders(t *testing.T) {
	long := strings.Repeat("a", headers.MaxToken)
	tests := map[string]struct {
		header http.Header // laid over those of a valid request
		want   []string    // details, none when accepted
	}{
		"longest token":         {http.Header{"X-Auth-Token": {long}}, nil},
		"token of one sign":     {http.Header{"X-Auth-Token": {"~"}}, nil},
		"token with a blank":    {http.Header{"X-Auth-Token": {"Bearer x"}}, nil},
		"token absent":          {http.Header{"X-Auth-Token": nil}, []string{"x-auth-token required"}},
		"token empty":           {http.Header{"X-Auth-Token": {""}}, []string{"x-auth-token required"}},
		"token twice":           {http.Header{"X-Auth-Token": {authToken, authToken}}, []string{"x-auth-token enum"}},
		"token too long":        {http.Header{"X-Auth-Token": {long + "a"}}, []string{"x-auth-token too_long"}},
		"token with a tab":      {http.Header{"X-Auth-Token": {"a\tb"}}, []string{"x-auth-token enum"}},
		"token beyond ASCII":    {http.Header{"X-Auth-Token": {"é"}}, []string{"x-auth-token enum"}},
		"key ID of no use here": {http.Header{"Encryption-Key-Id": {"a", "b"}}, nil},
	}
	operators := map[string]struct {
		options string
		more    map[string]string
		want    []string // details when nothing but the token is sent
	}{
		"default headers":  {"", nil, []string{"platform required", "uuid required"}},
		"operator's own":   {`,"headers":[{"name":"x-app","values":["one"]}]`, map[string]string{"X-App": "one"}, []string{"x-app required"}},
		"operator's empty": {`,"headers":[]`, nil, nil},
	}
	for operator, o := range operators {
		g := newProfileRig(t, o.options)
		for name, test := range tests {
			t.Run(operator+", "+name, func(t *testing.T) {
				r := newEdit(profileBody)
				for name, value := range o.more {
					r.Header.Set(name, value)
				}
				for name, values := range test.header {
					r.Header[name] = values
				}
				checkHeaderFaults(t, g.serve(r), test.want)
			})
		}
		t.Run(operator+", none of them", func(t *testing.T) {
			r := newEdit(profileBody)
			r.Header = http.Header{"Content-Type": {"application/json"}, "X-Auth-Token": {authToken}}
			checkHeaderFaults(t, g.serve(r), o.want)
		})
	}
}

func checkHeaderFaults(t *testing.T, x *exchange, want []string) {
	t.Helper()
	if want == nil {
		x.checkForwarded(t, normalisedProfileBody)
		return
	}
	x.checkRefused(t, http.StatusBadRequest, codeInvalidHeader)
	if got := x.details(t); !slices.Equal(got, want) {
		t.Errorf("details %q, want %q", got, want)
	}
}

// TestEditProfileTellsNobodyTheToken: whatever becomes of a request, its token is
// in no log line, placeholder, metric or answer.
func TestEditProfileTellsNobodyTheToken(t *testing.T) {
	const canary = "c4n4ry-t0k3n"
	for name, change := range map[string]func(*http.Request){
		"accepted":         func(*http.Request) {},
		"method":           func(r *http.Request) { r.Method = "POST" },
		"early data":       func(r *http.Request) { r.Header.Set("Early-Data", "1") },
		"media type":       func(r *http.Request) { r.Header.Del("Content-Type") },
		"another platform": func(r *http.Request) { r.Header.Set("Platform", "x") },
		"repeated":         func(r *http.Request) { r.Header.Add("X-Auth-Token", authToken) },
		"too long":         func(r *http.Request) { r.Header.Set("X-Auth-Token", strings.Repeat(authToken, 100)) },
		"not ASCII":        func(r *http.Request) { r.Header.Set("X-Auth-Token", authToken+"\x7f") },
		"body":             func(r *http.Request) { r.Body, r.ContentLength = http.NoBody, 0 },
	} {
		for _, form := range []string{"envelope", "problem", "handle_errors"} {
			t.Run(name+", "+form, func(t *testing.T) {
				g := newProfileRig(t, `,"errors":"`+form+`"`)
				r := newEdit(profileBody)
				change(r)
				x := g.serve(r)
				told := map[string]string{"the answer": x.answer.Body.String(), "the answer's header": string(marshal(x.answer.Header()))}
				for _, entry := range g.logs.All() {
					told["the log"] += entry.Message + string(marshal(entry.ContextMap()))
				}
				for _, placeholder := range []string{"code", "violations", "tenant"} {
					told[placeholder], _ = x.repl.GetString("http.customer_gate." + placeholder)
				}
				if x.err != nil {
					told["the error"] = x.err.Error()
				}
				told["the metrics"] = fmt.Sprint(gather(t, registerAgain(t)))
				for where, text := range told {
					if strings.Contains(text, canary) {
						t.Errorf("%s: %s", where, text)
					}
				}
			})
		}
	}
}

// TestEditProfileTenants: without keys, any well-formed name is a tenant's.
func TestEditProfileTenants(t *testing.T) {
	g := newProfileRig(t, `,"tenant":"{http.request.host.labels.2}"`)
	for host, want := range map[string]string{"acme.fincode.software": "acme", "ACME.fincode.software:443": "acme", "a_b.fincode.software": "", "fincode.software": ""} {
		r := newEdit(profileBody)
		r.Host = host
		x := g.serve(r)
		if want == "" {
			x.checkRefused(t, http.StatusNotFound, codeNotFound)
		} else {
			x.checkForwarded(t, normalisedProfileBody)
		}
		if got, _ := x.repl.GetString("http.customer_gate.tenant"); got != want {
			t.Errorf("%s: the tenant is %q, want %q", host, got, want)
		}
	}
}

// TestEditProfileConfigRefused: what would do nothing is refused by name, and so
// is what would show the token.
func TestEditProfileConfigRefused(t *testing.T) {
	refused := map[string]string{
		`"headers":[{"name":"x-AUTH-token"}]`:            "header X-Auth-Token is required already",
		`"tenant":"a{http.request.header.X-Auth-Token}"`: "tenant: X-Auth-Token is a secret",
		`"allow_fields":["confirmPassword"]`:             `allow_fields: leave "confirmPassword" out`,
		`"endpoint":"profile-edit"`:                      "want one of change_password, custom, edit_profile, login, register_customer",
	}
	for option, config := range map[string]string{
		"keys":            `"keys":{"provider":"auto"}`,
		"mgf1":            `"mgf1":"both"`,
		"engine":          `"engine":"go"`,
		"queue":           `"queue":{"slots":1}`,
		"reuse_limit":     `"reuse_limit":{}`,
		"unique_email":    `"unique_email":{}`,
		"idempotency":     `"idempotency":true`,
		"plaintext":       `"plaintext":["deny"]`,
		"password_length": `"rules":{"password_length":8}`,
		"password_points": `"rules":{"password_points":7}`,
		"password_words":  `"rules":{"password_words":"words.txt"}`,
	} {
		refused[config] = option + ": edit_profile has no"
	}
	for config, want := range refused {
		t.Run(config, func(t *testing.T) {
			if !strings.Contains(config, `"endpoint"`) {
				config = `"endpoint":"edit_profile",` + config
			}
			if _, err := provision(t, "{"+config+"}"); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("the error is %v, it should say %q", err, want)
			}
		})
	}
}

// TestEditProfileNeedsNoKeys: such a gate makes none, and has none to publish.
func TestEditProfileNeedsNoKeys(t *testing.T) {
	ctx, storage := newContext(t, nil)
	if _, err := ctx.LoadModuleByID("http.handlers.customer_gate", json.RawMessage(`{"endpoint":"edit_profile"}`)); err != nil {
		t.Fatal(err)
	}
	app, err := gateApp(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Start(); err != nil {
		t.Fatal(err)
	}
	if files := filesIn(t, storage); files != nil {
		t.Errorf("it wrote %q", files)
	}
	if _, err := app.gateSource(); err == nil {
		t.Error("it has keys to publish")
	}
}
