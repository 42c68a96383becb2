package caddymodule

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/keys"
)

// TestPublisherHeaders: what every answer with keys has.
func TestPublisherHeaders(t *testing.T) {
	server := newPublisherRig(t, ring(testKeyAt(t, "acme", 0, 0)))
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		answer, body := server.ask(t, method, "/keys.pem")
		for name, want := range map[string]string{
			"Access-Control-Allow-Origin":   "*",
			"Access-Control-Expose-Headers": "ETag, Retry-After",
			"X-Content-Type-Options":        "nosniff",
			"Content-Type":                  "application/x-pem-file",
			"Content-Length":                "451",
			"Vary":                          "",
			"Last-Modified":                 "",
		} {
			if got := answer.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", method, name, got, want)
			}
		}
		if tag := answer.Header.Get("Etag"); len(tag) != 24 || strings.HasPrefix(tag, "W/") {
			t.Errorf("%s: the ETag is %s", method, tag)
		}
		if (method == http.MethodHead) != (body == "") || answer.StatusCode != http.StatusOK {
			t.Errorf("%s: answered %d %q", method, answer.StatusCode, body)
		}
	}
	if got, _ := server.repl.GetString("http.customer_gate.tenant"); got != keys.DefaultTenant {
		t.Errorf("the tenant's placeholder is %q", got)
	}
}

func TestPublisherPreflight(t *testing.T) {
	for name, p := range map[string]provider{
		"keys":      ring(testKeyAt(t, "acme", 0, 0)),
		"no tenant": func() ([]keys.Key, error) { return nil, keys.ErrUnknownTenant },
	} {
		t.Run(name, func(t *testing.T) {
			answer, body := newPublisherRig(t, p).ask(t, http.MethodOptions, "/keys.json",
				"Origin", "https://app.example", "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "platform,uuid")
			if answer.StatusCode != http.StatusNoContent || body != "" {
				t.Errorf("answered %d %q", answer.StatusCode, body)
			}
			for name, want := range map[string]string{
				"Access-Control-Allow-Origin":  "*",
				"Access-Control-Allow-Methods": "GET, HEAD",
				"Access-Control-Allow-Headers": "platform,uuid",
				"Access-Control-Max-Age":       "86400",
				"Allow":                        "GET, HEAD, OPTIONS",
			} {
				if got := answer.Header.Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

// TestPublisherPreflightNamesHeaders: a * would leave out Authorization (Fetch,
// section 4.10), and all of them for older browsers.
func TestPublisherPreflightNamesHeaders(t *testing.T) {
	server := newPublisherRig(t, ring(testKeyAt(t, "acme", 0, 0)))
	for asked, want := range map[string]string{
		"authorization, If-None-Match": "authorization, If-None-Match",
		"":                             "",
		"bad name":                     "",
		"uuid,":                        "",
		strings.Repeat("a", 4097):      "",
	} {
		answer, _ := server.ask(t, http.MethodOptions, "/keys.json", "Access-Control-Request-Headers", asked)
		if got := answer.Header.Get("Access-Control-Allow-Headers"); got != want || answer.Header.Get("Vary") != "Access-Control-Request-Headers" {
			t.Errorf("asked for %.40q, it allows %q, and varies by %q", asked, got, answer.Header.Get("Vary"))
		}
	}
}

func TestPublisherRefuses(t *testing.T) {
	fails := func(err error) provider { return func() ([]keys.Key, error) { return nil, err } }
	good := testKeyAt(t, "acme", 0, 0)
	foreign := keys.Key{ID: "k1", Decrypter: tenantKeys()["globex"]}
	down := errors.New("the vault is down")
	tests := map[string]struct {
		provider keys.Provider
		method   string
		path     string
		code     string
		logged   string
	}{
		"POST":                      {ring(good), http.MethodPost, "/keys", codeMethodNotAllowed, ""},
		"DELETE":                    {ring(good), http.MethodDelete, "/keys", codeMethodNotAllowed, ""},
		"another name":              {ring(good), http.MethodGet, "/keysfoo", codeNotFound, ""},
		"another suffix":            {ring(good), http.MethodGet, "/keys.v2", codeNotFound, ""},
		"a folder":                  {ring(good), http.MethodGet, "/keys/", codeNotFound, ""},
		"below a folder":            {ring(good), http.MethodGet, "/keys.pem/all", codeNotFound, ""},
		"another name, POST":        {ring(good), http.MethodPost, "/keysfoo", codeNotFound, ""},
		"no tenant":                 {fails(keys.ErrUnknownTenant), http.MethodGet, "/keys", codeNotFound, ""},
		"no tenant, wrapped":        {fails(errors.Join(down, keys.ErrUnknownTenant)), http.MethodGet, "/keys", codeNotFound, ""},
		"no tenant, POST":           {fails(keys.ErrUnknownTenant), http.MethodPost, "/keys", codeNotFound, ""},
		"provider that fails":       {fails(down), http.MethodGet, "/keys", codeServiceUnavailable, "the vault is down"},
		"provider that fails, POST": {fails(down), http.MethodPost, "/keys", codeMethodNotAllowed, ""},
		"provider without keys":     {ring(), http.MethodGet, "/keys", codeServiceUnavailable, "no key for the tenant"},
		"key made by hand":          {ring(foreign), http.MethodGet, "/keys", codeServiceUnavailable, `"k1" was not made with`},
		"key made by hand, PEM":     {ring(foreign), http.MethodGet, "/keys.pem", codeServiceUnavailable, `"k1" was not made with`},
		"key made by hand, Base64":  {ring(foreign), http.MethodGet, "/keys.txt", codeServiceUnavailable, `"k1" was not made with`},
		"made by hand, retiring":    {ring(good, foreign), http.MethodGet, "/keys", codeServiceUnavailable, `"k1" was not made with`},
	}
	answers := map[string]struct {
		status       int
		field, value string
	}{
		codeNotFound:           {http.StatusNotFound, "Retry-After", ""},
		codeMethodNotAllowed:   {http.StatusMethodNotAllowed, "Allow", "GET, HEAD, OPTIONS"},
		codeServiceUnavailable: {http.StatusServiceUnavailable, "Retry-After", "1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server, want := newPublisherRig(t, test.provider), answers[test.code]
			answer, body := server.ask(t, test.method, test.path)
			if answer.StatusCode != want.status || !strings.HasPrefix(body, `{"success":false,"error":{"code":"`+test.code+`"`) {
				t.Errorf("answered %d %s", answer.StatusCode, body)
			}
			for name, value := range map[string]string{
				want.field: want.value, "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Retry-After", "Cache-Control": "no-store", "Etag": "",
			} {
				if got := answer.Header.Get(name); got != value {
					t.Errorf("%s is %q", name, got)
				}
			}
			if code, _ := server.repl.GetString("http.customer_gate.code"); code != test.code {
				t.Errorf("the code's placeholder is %q", code)
			}
			server.checkErrorLogged(t, test.logged)
			problem, body := server.ask(t, test.method, test.path, "Accept", typeProblem)
			if problem.Header.Get("Content-Type") != typeProblem || !strings.Contains(body, `"code":"`+test.code+`"`) {
				t.Errorf("a problem was asked for, got %s", body)
			}
		})
	}
}

// TestPublisherGivesOutNoKeyThatIsNotTried: a client that used it would fail.
func TestPublisherGivesOutNoKeyThatIsNotTried(t *testing.T) {
	var all []keys.Key
	for _, tenant := range tenants {
		all = append(all, testKeyAt(t, tenant, 0, 0))
	}
	_, body := newPublisherRig(t, ring(all...)).ask(t, http.MethodGet, "/keys")
	for i, key := range all {
		if published := strings.Contains(body, key.ID); published != (i < keys.MaxKeys) {
			t.Errorf("key %d is published: %t", i, published)
		}
	}
}

// TestPublisherInTheRoutes goes through Caddy's own server: the publisher is in
// front of the gate and gives out its keys, tenant by tenant.
func TestPublisherInTheRoutes(t *testing.T) {
	folder := tenantFolder(t)
	source := "{\ntenant " + byLabel + "\nkeys file " + folder + "\n}\n"
	for name, site := range map[string]string{
		"keys of the gate": "customer_gate_keys /keys*\ncustomer_gate " + source + "respond 201",
		"keys of its own":  "customer_gate_keys /keys* " + source + "customer_gate {\nkeys auto\n}\nrespond 201",
		"no gate at all":   "customer_gate_keys /keys* " + source,
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, site)
			for tenant, key := range tenantKeys() {
				r := httptest.NewRequest(http.MethodGet, "/keys.json", nil)
				r.Host = tenant + ".fincode.software"
				answer := server.serve(r)
				if answer.Code != http.StatusOK {
					t.Fatalf("answered %d %s", answer.Code, answer.Body)
				}
				checkHolds(t, answer.Body.String(), key)
			}
			r := httptest.NewRequest(http.MethodGet, "/keys.json", nil)
			r.Host = "nobody.fincode.software"
			checkNoTenant(t, server.serve(r))
		})
	}
}

// TestPublisherWithoutKeysToPublish: `caddy validate` finds it out, wherever the
// handlers are.
func TestPublisherWithoutKeysToPublish(t *testing.T) {
	folder := tenantFolder(t)
	if err := os.Rename(keyFile(t), filepath.Join(folder, "default.pem")); err != nil {
		t.Fatal(err)
	}
	gate := func(path, options string) string {
		return "customer_gate " + path + " {\nkeys file " + folder + "\n" + options + "}\n"
	}
	nested := func(routes string) string { return "handle /api/* {\nroute {\n" + routes + "}\n}\n" }
	errorRoutes := func(routes string) string { return "handle_errors {\n" + routes + "}\n" }
	const publisher, none, differ = "customer_gate_keys /keys*\n", "has no customer_gate whose keys to publish", "different keys"
	for name, test := range map[string]struct{ site, says string }{
		"no gate":                    {publisher, none},
		"a gate without keys":        {publisher + "customer_gate edit_profile\n", none},
		"no gate, nested":            {nested(publisher) + "respond 200\n", none},
		"gates of other keys":        {publisher + gate("/a", "") + "customer_gate /b\n", differ},
		"gates of other tenants":     {publisher + gate("/a", "tenant "+byLabel+"\n") + gate("/b", ""), differ},
		"gates, then the publisher":  {"route {\n" + gate("/a", "") + "customer_gate /b\n" + publisher + "}\n", differ},
		"one gate":                   {publisher + gate("", ""), ""},
		"one gate, before":           {"route {\n" + gate("/a", "") + publisher + "}\n", ""},
		"one gate, behind it nested": {nested(publisher) + nested(gate("/b", "")), ""},
		"one gate, nested before":    {"route {\n" + nested(gate("/b", "")) + publisher + "}\n", ""},
		"one gate among errors":      {publisher + errorRoutes(gate("", "")), ""},
		"the publisher among errors": {gate("", "") + errorRoutes(publisher), ""},
		"gates that agree":           {publisher + gate("/a", "") + gate("/b", "mgf1 sha1\n"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := validate(t, test.site)
			if test.says == "" && err != nil || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
				t.Errorf("the error is %v, it should say %q", err, test.says)
			}
		})
	}
}

func TestPublisherIsCounted(t *testing.T) {
	server := newPublisherRig(t, ring(testKeyAt(t, "acme", 0, 0)))
	registry := registerAgain(t)
	before := gather(t, registry)
	server.ask(t, http.MethodGet, "/keys")
	server.ask(t, http.MethodHead, "/keys")
	server.ask(t, http.MethodOptions, "/keys")
	server.ask(t, http.MethodPost, "/keys")
	after := gather(t, registry)
	for outcome, want := range map[string]float64{"published": 2, "preflight": 1, "method_not_allowed": 1} {
		name := "caddy_customer_gate_requests_total{endpoint=public_keys,mode=enforce,outcome=" + outcome + "}"
		if got := after[name] - before[name]; got != want {
			t.Errorf("%v more are %s, want %v", got, outcome, want)
		}
	}
}

// TestPublisherVaries: a cache must not give one tenant's keys to another's
// clients.
func TestPublisherVaries(t *testing.T) {
	for template, want := range map[string]string{
		byLabel:                          "",
		"{http.request.header.X-Tenant}": "X-Tenant",
		"{http.request.header.A}-{http.request.header.B}": "A, B",
		"{http.request.cookie.tenant}":                    "Cookie",
	} {
		server := newServer(t, "customer_gate_keys {\ntenant "+template+"\nkeys file "+tenantFolder(t)+"\n}")
		r := httptest.NewRequest(http.MethodGet, "/keys.json", nil)
		r.Host = "acme.fincode.software"
		r.Header = http.Header{"X-Tenant": {"acme"}, "A": {"xn-"}, "B": {"bcher-kva"}, "Cookie": {"tenant=acme"}}
		answer := server.serve(r)
		if got := answer.Header().Get("Vary"); answer.Code != http.StatusOK || got != want {
			t.Errorf("%s: answered %d with Vary %q, want %q", template, answer.Code, got, want)
		}
	}
}
