package e2e

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// An answerKind is an answer that clients get to a registration, from the
// gateway, the customer service, Caddy or whatever stands before them, and what
// a person should learn from it.
type answerKind struct {
	status     int
	mediaType  string
	body       string
	registered bool
	violation  string // where, and its code
	fault      bool   // of the app, which its developers should hear of
	message    string // of the violation, or of the answer
}

const sentence = "This is a sentence, with a comma."

var answerKinds = map[string]answerKind{
	"created":                         {status: 201, mediaType: "application/json", body: `{"success":true,"data":{"message":"Welcome"}}`, registered: true},
	"created, without a body":         {status: 204, registered: true},
	"created, in another form":        {status: 200, mediaType: "text/plain", body: "OK", registered: true},
	"a success that says no":          {status: 200, mediaType: "application/json", body: `{"success":false,"message":"` + sentence + `"}`, message: sentence},
	"no of the customer service":      {status: 400, mediaType: "application/json", body: `{"success": false, "message": "` + sentence + `"}`, message: sentence},
	"no with an error that is a text": {status: 422, mediaType: "application/json", body: `{"success":false,"error":"E42"}`},
	"no with an error that is null":   {status: 403, mediaType: "application/json", body: `{"success":false,"error":null,"errors":{}}`},
	"MALFORMED_JSON":                  {status: 400, mediaType: "application/json", body: envelope("MALFORMED_JSON", ""), fault: true, message: sentence},
	"NOT_FOUND":                       {status: 404, mediaType: "application/json", body: envelope("NOT_FOUND", ""), fault: true, message: sentence},
	"CONFLICT over the address":       {status: 409, mediaType: "application/json", body: envelope("CONFLICT", `{"pointer":"/email","code":"email_taken","message":"`+sentence+`"}`), violation: "/email email_taken", message: sentence},
	"CONFLICT over the key":           {status: 409, mediaType: "application/json", body: envelope("CONFLICT", `{"header":"idempotency-key","code":"request_pending","message":"`+sentence+`"}`), violation: "idempotency-key request_pending", fault: true, message: sentence},
	"PAYLOAD_TOO_LARGE":               {status: 413, mediaType: "application/json", body: envelope("PAYLOAD_TOO_LARGE", ""), fault: true, message: sentence},
	"UNSUPPORTED_MEDIA_TYPE":          {status: 415, mediaType: "application/json", body: envelope("UNSUPPORTED_MEDIA_TYPE", ""), fault: true, message: sentence},
	"VALIDATION_ERROR":                {status: 422, mediaType: "application/json", body: envelope("VALIDATION_ERROR", `{"pointer":"/phone","code":"phone_invalid","message":"`+sentence+`"}`), violation: "/phone phone_invalid", message: sentence},
	"VALIDATION_ERROR as a problem":   {status: 422, mediaType: "application/problem+json", body: `{"type":"about:blank","title":"1 field was rejected","status":422,"code":"VALIDATION_ERROR","errors":[{"pointer":"/phone","code":"phone_invalid","message":"` + sentence + `"}]}`, violation: "/phone phone_invalid", message: sentence},
	"SERVICE_UNAVAILABLE":             {status: 503, mediaType: "application/json", body: envelope("SERVICE_UNAVAILABLE", ""), message: sentence},
	"a problem without violations":    {status: 503, mediaType: "application/problem+json", body: `{"type":"about:blank","title":"` + sentence + `","status":503,"code":"SERVICE_UNAVAILABLE","errors":[]}`, message: sentence},
	"Caddy's own, without a body":     {status: 502},
	"of a load balancer":              {status: 504, mediaType: "text/html", body: "<html><h1>504 Gateway Timeout</h1></html>"},
	"JSON that is a list":             {status: 500, mediaType: "application/json", body: `[]`},
	"JSON that is null":               {status: 500, mediaType: "application/json", body: `null`},
	"half of JSON":                    {status: 500, mediaType: "application/json", body: `{"success":fal`},
}

// envelope is a refusal of the gateway.
func envelope(code, details string) string {
	return `{"success":false,"error":{"code":"` + code + `","message":"` + sentence + `","details":[` + details + `]},` +
		`"metadata":{"request_id":"200","timestamp":"2026-01-02T03:04:05Z"}}`
}

// printed is what the programs print of it.
func (k answerKind) printed() string {
	switch {
	case k.registered:
		return "registered"
	case k.violation != "":
		return "refused: " + strconv.Itoa(k.status) + "\n" + k.violation + ": " + k.message
	}
	return "refused: " + strconv.Itoa(k.status) + "\n" + k.message
}

// answerer stands in front of a gateway, whose keys it gives out, and answers
// registrations itself.
type answerer struct {
	*httptest.Server
	kind   atomic.Pointer[answerKind]           // of the next answer
	choose func(registration []byte) answerKind // if it goes by what is sent
}

func startAnswerer(t *testing.T, gate *gateway) *answerer {
	t.Helper()
	target, err := url.Parse(gate.url(""))
	if err != nil {
		t.Fatal(err)
	}
	keys := httputil.NewSingleHostReverseProxy(target)
	a := new(answerer)
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/keys") {
			keys.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "content-type, platform, uuid")
		if r.Method == http.MethodPost {
			a.answer(t, w, r)
		}
	}))
	t.Cleanup(a.Close)
	return a
}

func (a *answerer) answer(t *testing.T, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	var k answerKind
	if a.choose != nil {
		k = a.choose(body)
	} else {
		k = *a.kind.Load()
	}
	if k.mediaType != "" {
		w.Header().Set("Content-Type", k.mediaType)
	}
	w.WriteHeader(k.status)
	_, _ = io.WriteString(w, k.body)
}

// TestClientsShowEveryAnswer: each program of examples/clients tells whether the
// customer was registered, and what is wrong if not, whatever the answer is.
func TestClientsShowEveryAnswer(t *testing.T) {
	t.Parallel()
	gate := startPublishing(t, setup{})
	for _, h := range habits {
		if h.old != "" || strings.HasSuffix(h.writes, "MGF1-SHA256") {
			continue
		}
		t.Run(h.example, func(t *testing.T) {
			t.Parallel()
			built, front := h.build(t), startAnswerer(t, gate)
			for name, kind := range answerKinds {
				front.kind.Store(&kind)
				if got := strings.TrimSpace(built.run(t, front.URL, password)); got != strings.TrimSpace(kind.printed()) {
					t.Errorf("%s: the program prints\n%s\nwant\n%s", name, got, kind.printed())
				}
			}
		})
	}
}

// TestFormErrorsOfEveryAnswer runs the function of docs/errors.md over all of
// them: it never throws, and says something of each refusal.
func TestFormErrorsOfEveryAnswer(t *testing.T) {
	t.Parallel()
	var function string
	for _, b := range readDocument(t, "docs/errors.md") {
		if b.kind == "save" && b.note == "form-errors.js" {
			function = b.text
		}
	}
	type input struct {
		Status int
		Text   string
	}
	inputs := make(map[string]input)
	for name, kind := range answerKinds {
		if !kind.registered {
			inputs[name] = input{kind.status, kind.body}
		}
	}
	given, err := json.Marshal(inputs)
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(t.TempDir(), "try.cjs")
	writeFile(t, script, []byte(function+`
const shown = Object.entries(`+string(given)+`).map(([name, { Status, Text }]) => [name, formErrors(Status, Text)]);
console.log(JSON.stringify(Object.fromEntries(shown)));
`))
	out, err := exec.CommandContext(t.Context(), "node", script).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var shown map[string]struct {
		Fields  map[string][]string
		Faults  []string
		Message string
	}
	if err := json.Unmarshal(out, &shown); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name := range inputs {
		kind, got := answerKinds[name], shown[name]
		field, isField := strings.CutPrefix(kind.violation, "/")
		field, _, _ = strings.Cut(field, " ")
		later := kind.status >= 500 || kind.status == 409
		switch {
		case isField:
			if len(got.Fields[field]) != 1 || got.Fields[field][0] != sentence || got.Message != "" {
				t.Errorf("%s: it shows %+v", name, got)
			}
		case len(got.Fields) > 0 || got.Message == "":
			t.Errorf("%s: it shows a person %+v", name, got)
		case later != strings.Contains(got.Message, "again in a moment"):
			t.Errorf("%s: it tells a person %q", name, got.Message)
		case kind.fault != (len(got.Faults) > 0):
			t.Errorf("%s: it tells developers %q", name, got.Faults)
		}
	}
}

// TestFormInBrowserShowsEveryAnswer: the form of examples/clients/register.html
// does as well, each message at its place.
func TestFormInBrowserShowsEveryAnswer(t *testing.T) {
	t.Parallel()
	var submissions []submission
	for name := range answerKinds {
		submissions = append(submissions, submitted(name, map[string]string{"lastName": name}))
	}
	front := startAnswerer(t, startPublishing(t, setup{}))
	front.choose = func(registration []byte) answerKind {
		var sent struct{ LastName string }
		if err := json.Unmarshal(registration, &sent); err != nil {
			t.Error(err)
		}
		return answerKinds[sent.LastName]
	}
	shown := newFormServer(t, submissions...).shown(t, webCrypto, front.URL)
	for name, kind := range answerKinds {
		place, _, _ := strings.Cut(kind.violation, " ")
		if _, isField := shown[name][place]; !isField {
			place = "status"
		}
		want := cmp.Or(kind.message, "Try again later.")
		if kind.registered {
			want = "registered"
		}
		for at, text := range shown[name] {
			if got := strings.TrimSpace(text); at == place && got != want || at != place && got != "" {
				t.Errorf("%s: the form shows %q at %s, want %q at %s", name, got, at, want, place)
			}
		}
		if len(shown[name]) == 0 {
			t.Errorf("%s: nothing is shown", name)
		}
	}
}
