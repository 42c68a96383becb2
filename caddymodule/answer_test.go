package caddymodule

import (
	"crypto"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/customergate/customergate/caddymodule/keys"
)

// twoWrong is refused with two violations.
var twoWrong = with(map[string]any{"email": "nobody", "dob": "1990-02-30"})

var timestamp = regexp.MustCompile(`"timestamp":"([^"]*)"`)

// TestRequestUUID: what a client shows to support is what the log has.
func TestRequestUUID(t *testing.T) {
	for _, form := range []string{"envelope", "problem", "handle_errors"} {
		g := newRig(t, map[string]any{"errors": form})
		x := g.serve(newRequest(twoWrong))
		uuid, _ := x.repl.GetString("http.request.uuid")
		if got := x.answer.Header().Get("Request-Uuid"); got != uuid || len(uuid) != 36 {
			t.Errorf("%s: Request-Uuid is %q, Caddy's own is %q", form, got, uuid)
		}
		if form == "envelope" && !strings.Contains(x.answer.Body.String(), `"request_uuid":"`+uuid+`"`) {
			t.Errorf("it is not in %s", x.answer.Body)
		}
		if got := g.logs.FilterMessage("request refused").All()[0].ContextMap()["request_uuid"]; got != uuid {
			t.Errorf("%s: the log has %q", form, got)
		}
	}
}

func TestAnswerForms(t *testing.T) {
	const (
		violations = `[{"pointer":"/dob","code":"dob_format","message":"A date of birth must be a day of the calendar, written YYYY-MM-DD."},` +
			`{"pointer":"/email","code":"email_format","message":"This is not a complete email address such as name@example.com."}]`
		headerDetail = `[{"header":"platform","code":"enum","message":"This must be one of: fincode.","params":{"values":["fincode"]}}]`
		types        = "https://github.com/customergate/customergate/blob/main/docs/errors.md#"
	)
	otherPlatform := func(r *http.Request) { r.Header.Set("Platform", "other") }
	tests := map[string]struct {
		form   string
		change func(*http.Request)
		status int
		want   string
	}{
		"envelope, violations": {
			"envelope", func(*http.Request) {}, 422,
			`{"success":false,"error":{"code":"VALIDATION_ERROR","message":"2 fields were rejected","details":` + violations + `},` +
				`"metadata":{"request_id":"200","request_uuid":"own","timestamp":"now"}}`,
		},
		"envelope, header": {
			"envelope", otherPlatform, 400,
			`{"success":false,"error":{"code":"INVALID_HEADER","message":"1 header was rejected","details":` + headerDetail + `},` +
				`"metadata":{"request_id":"200","request_uuid":"own","timestamp":"now"}}`,
		},
		"envelope, nothing in detail": {
			"envelope", func(r *http.Request) { r.Method = "PUT" }, 405,
			`{"success":false,"error":{"code":"METHOD_NOT_ALLOWED","message":"A registration is sent with POST.","details":[]},` +
				`"metadata":{"request_id":"200","request_uuid":"own","timestamp":"now"}}`,
		},
		"envelope, a uuid that is no uuid": {
			"envelope", func(r *http.Request) { r.Method = "PUT"; r.Header["Uuid"] = []string{"<script>\x00"} }, 405,
			`{"success":false,"error":{"code":"METHOD_NOT_ALLOWED","message":"A registration is sent with POST.","details":[]},` +
				`"metadata":{"request_id":"","request_uuid":"own","timestamp":"now"}}`,
		},
		"problem, violations": {
			"problem", func(*http.Request) {}, 422,
			`{"type":"` + types + `validation-error","title":"2 fields were rejected","status":422,"code":"VALIDATION_ERROR","errors":` + violations + `}`,
		},
		"problem, header": {
			"problem", otherPlatform, 400,
			`{"type":"` + types + `invalid-header","title":"1 header was rejected","status":400,"code":"INVALID_HEADER","errors":` + headerDetail + `}`,
		},
		"problem, nothing in detail": {
			"problem", func(r *http.Request) { r.Header.Set("Early-Data", "1") }, 425,
			`{"type":"` + types + `too-early","title":"Send the request again once the TLS handshake is complete.","status":425,"code":"TOO_EARLY","errors":[]}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRequest(twoWrong)
			r.Header.Set("Accept", "application/problem+json") // counts for nothing where the operator chose
			if test.form == "problem" {
				r.Header.Set("Accept", "application/json")
			}
			test.change(r)
			x := newRig(t, map[string]any{"errors": test.form}).serve(r)
			if x.err != nil || x.answer.Code != test.status {
				t.Errorf("status %d, error %v", x.answer.Code, x.err)
			}
			got := x.answered().body
			if got != test.want {
				t.Errorf("answer\n%s\nwant\n%s", got, test.want)
			}
			want := map[string]string{
				"Content-Type":           map[string]string{"envelope": "application/json", "problem": "application/problem+json"}[test.form],
				"Cache-Control":          "no-store",
				"X-Content-Type-Options": "nosniff",
				"Vary":                   "Accept-Language",
				"Content-Language":       "en",
			}
			for name, value := range want {
				if got := x.answer.Header().Get(name); got != value {
					t.Errorf("%s is %q, want %q", name, got, value)
				}
			}
			if length, said := x.answer.Header()["Content-Length"]; said {
				t.Errorf("the gate says Content-Length %s, which is the server's to say", length)
			}
		})
	}
}

func TestAnswerTimestamp(t *testing.T) {
	before := time.Now().UTC().Truncate(time.Second)
	x := newRig(t, nil).serve(newRequest(twoWrong))
	match := timestamp.FindStringSubmatch(x.answer.Body.String())
	if match == nil || !strings.HasSuffix(match[1], "Z") {
		t.Fatalf("no timestamp in UTC: %s", x.answer.Body)
	}
	at, err := time.Parse(time.RFC3339, match[1])
	if err != nil || at.Before(before) || at.After(time.Now()) {
		t.Errorf("timestamp %s, %v", match[1], err)
	}
}

func TestAnswerNegotiation(t *testing.T) {
	const problem = "application/problem+json"
	tests := map[string]struct {
		accept  []string
		problem bool
	}{
		"nothing":                        {nil, false},
		"empty":                          {[]string{""}, false},
		"anything":                       {[]string{"*/*"}, false},
		"any application":                {[]string{"application/*"}, false},
		"json":                           {[]string{"application/json"}, false},
		"problem":                        {[]string{problem}, true},
		"problem in another case":        {[]string{"Application/Problem+JSON"}, true},
		"problem with a parameter":       {[]string{problem + "; charset=utf-8"}, true},
		"problem and json":               {[]string{"application/json, " + problem}, true},
		"on two lines":                   {[]string{"application/json", problem}, true},
		"problem liked less":             {[]string{"application/json, " + problem + ";q=0.9"}, false},
		"json liked less":                {[]string{"application/json;q=0.1," + problem + ";q=0.2"}, true},
		"weights on two lines":           {[]string{problem + ";q=0.5", "application/json;q=0.6"}, false},
		"weight in upper case":           {[]string{"application/json, " + problem + ";Q=0.5"}, false},
		"problem refused":                {[]string{problem + ";q=0"}, false},
		"problem refused, anything else": {[]string{"*/*, " + problem + ";q=0.000"}, false},
		"problem and anything":           {[]string{problem + ";q=0.5, */*"}, true},
		"a browser":                      {[]string{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}, false},
		"garbage":                        {[]string{";;,,=,/"}, false},
		"garbage before problem":         {[]string{";;, " + problem}, true},
		"weight that is no number":       {[]string{problem + ";q=high"}, false},
		"weight NaN":                     {[]string{problem + ";q=NaN"}, false},
		"weight negative":                {[]string{problem + ";q=-1"}, false},
		"another problem":                {[]string{"application/problem+xml"}, false},
	}
	g := newRig(t, nil)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRequest(twoWrong)
			r.Header["Accept"] = test.accept
			x := g.serve(r)
			want := "application/json"
			if test.problem {
				want = problem
			}
			if got := x.answer.Header().Get("Content-Type"); got != want {
				t.Errorf("Content-Type is %s, want %s", got, want)
			}
			if got := x.answer.Header().Values("Vary"); !slices.Equal(got, []string{"Accept", "Accept-Language"}) {
				t.Errorf("Vary is %q", got)
			}
		})
	}
}

// TestAnswerKeepsVary: another handler's Vary stays beside the gate's own.
func TestAnswerKeepsVary(t *testing.T) {
	server := newServer(t, "header Vary Origin\ncustomer_gate\nrespond 201")
	if got := server.serve(newRequest(twoWrong)).Header().Values("Vary"); !slices.Equal(got, []string{"Origin", "Accept", "Accept-Language"}) {
		t.Errorf("Vary is %q", got)
	}
}

// TestAnswerByRoutes: with `errors handle_errors` the gate writes nothing, but
// hands the server what its error routes need.
func TestAnswerByRoutes(t *testing.T) {
	tests := map[string]struct {
		change     func(*http.Request)
		status     int
		code       string
		violations string
		headers    map[string]string
	}{
		"violations": {
			func(*http.Request) {}, 422, codeValidationError,
			`[{"pointer":"/dob","code":"dob_format"},{"pointer":"/email","code":"email_format"}]`, nil,
		},
		"header": {
			func(r *http.Request) { r.Header.Del("Uuid") }, 400, codeInvalidHeader,
			`[{"header":"uuid","code":"required","params":{"reason":"header"}}]`, nil,
		},
		"method": {
			func(r *http.Request) { r.Method = "GET" }, 405, codeMethodNotAllowed, `[]`, map[string]string{"Allow": "POST"},
		},
		"media type": {
			func(r *http.Request) { r.Header.Del("Content-Type") }, 415, codeUnsupportedMediaType, `[]`, nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRequest(twoWrong)
			test.change(r)
			x := newRig(t, map[string]any{"errors": "handle_errors"}).serve(r)
			handlerError, ok := errors.AsType[caddyhttp.HandlerError](x.err)
			if !ok || handlerError.StatusCode != test.status {
				t.Errorf("error %v, want a HandlerError of status %d", x.err, test.status)
			}
			if message := handlerError.Err.Error(); message != "customer_gate: "+test.code {
				t.Errorf("{err.message} is %q", message)
			}
			if code, _ := x.repl.GetString("http.customer_gate.code"); code != test.code {
				t.Errorf("code is %q, want %q", code, test.code)
			}
			if violations, _ := x.repl.GetString("http.customer_gate.violations"); violations != test.violations {
				t.Errorf("violations are %s, want %s", violations, test.violations)
			}
			headers := make(map[string]string)
			for name := range x.answered().header {
				headers[name] = x.answer.Header().Get(name)
			}
			if !maps.Equal(headers, test.headers) {
				t.Errorf("headers are %v, want %v", headers, test.headers)
			}
			if x.answer.Body.Len() > 0 || x.answer.Result().StatusCode != http.StatusOK || x.forwarded != nil {
				t.Errorf("something was written or forwarded: %s", x.answer.Body)
			}
		})
	}
}

// TestAnswerByRoutesInServer runs the operator's own error routes.
func TestAnswerByRoutesInServer(t *testing.T) {
	server := newServer(t, `
		customer_gate {
			errors handle_errors
		}
		respond 201
		handle_errors {
			respond "{err.status_code} {err.message} {http.customer_gate.code} {http.customer_gate.violations}"
		}`)
	x := server.serve(newRequest(with(map[string]any{"email": "nobody", "s3cret": 1})))
	want := `422 customer_gate: VALIDATION_ERROR VALIDATION_ERROR [{"pointer":"/email","code":"email_format"},{"pointer":"/*","code":"unknown_field","params":{"subject":"registration"}}]`
	if x.Code != http.StatusUnprocessableEntity || x.Body.String() != want {
		t.Errorf("answered %d\n%s\nwant\n%s", x.Code, x.Body, want)
	}
	r := newRequest(validBody)
	r.Method = "GET"
	if x := server.serve(r); x.Code != http.StatusMethodNotAllowed || x.Header().Get("Allow") != "POST" {
		t.Errorf("GET answered %d, Allow %q", x.Code, x.Header().Get("Allow"))
	}
}

// TestAnswerByRoutesWhenBusy: Retry-After is set for the error routes too.
func TestAnswerByRoutesWhenBusy(t *testing.T) {
	g := newRig(t, map[string]any{"errors": "handle_errors"})
	g.source.Provider = provider(func() ([]keys.Key, error) { return nil, errors.New("storage is away") })
	sealed := encrypt(t, password, crypto.SHA256)
	x := g.serve(newRequest(with(map[string]any{"payloadEncrypted": true, "password": sealed, "confirmPassword": sealed})))
	handlerError, ok := errors.AsType[caddyhttp.HandlerError](x.err)
	if !ok || handlerError.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("error %v, want a HandlerError of status 503", x.err)
	}
	if got := x.answer.Header().Get("Retry-After"); got != "1" {
		t.Errorf("Retry-After is %q", got)
	}
}

// TestAnswerWithoutReplacer: outside Caddy's server there are no placeholders
// to set, and the answer is the same.
func TestAnswerWithoutReplacer(t *testing.T) {
	g := newRig(t, nil)
	x := &exchange{answer: httptest.NewRecorder()}
	r := newRequest(twoWrong)
	x.err = g.ServeHTTP(x.answer, r, caddyhttp.HandlerFunc(func(http.ResponseWriter, *http.Request) error {
		t.Error("it went on")
		return nil
	}))
	x.checkRefused(t, http.StatusUnprocessableEntity, codeValidationError)
	if !json.Valid(x.answer.Body.Bytes()) {
		t.Errorf("not JSON: %s", x.answer.Body)
	}
}

// TestAnswerToNobody: an error behind a begun answer would start another one.
func TestAnswerToNobody(t *testing.T) {
	g := newRig(t, nil)
	if err := g.ServeHTTP(goneClient{httptest.NewRecorder()}, newRequest(twoWrong), nil); err != nil {
		t.Errorf("the error is %v", err)
	}
}

// goneClient takes no answer.
type goneClient struct{ *httptest.ResponseRecorder }

func (goneClient) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }
