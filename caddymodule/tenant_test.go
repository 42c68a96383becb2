package caddymodule

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/customergate/customergate/caddymodule/keys"
)

// tenants are those of the tests, each with a key of its own. fincode and
// software are named like labels of the domain that they share.
var tenants = []string{"acme", "globex", "fincode", "software", "xn--bcher-kva"}

var tenantKeys = sync.OnceValue(func() map[string]*rsa.PrivateKey {
	made := make(map[string]*rsa.PrivateKey)
	for _, tenant := range tenants {
		key, err := keys.Generate(keys.DefaultBits)
		if err != nil {
			panic(err)
		}
		made[tenant] = key
	}
	return made
})

// tenantFolder holds the tenants' keys as `keys file` reads them.
func tenantFolder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for tenant, key := range tenantKeys() {
		text, err := keys.PrivatePEM(key)
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, tenant+".pem"), string(text), 0o600)
	}
	return dir
}

// sealedFor is a registration whose passwords only the tenant's key opens.
func sealedFor(t testing.TB, tenant string) string {
	t.Helper()
	sealed, err := rsa.EncryptOAEPWithOptions(rand.Reader, &tenantKeys()[tenant].PublicKey, []byte(password),
		&rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA256})
	if err != nil {
		t.Fatal(err)
	}
	text := base64.StdEncoding.EncodeToString(sealed)
	return with(map[string]any{"payloadEncrypted": true, "password": text, "confirmPassword": text})
}

const byLabel = "{http.request.host.labels.2}"

// TestTenant: which key a request reaches is decided by the placeholder alone,
// and whatever else a client puts there is no tenant.
func TestTenant(t *testing.T) {
	folder := tenantFolder(t)
	hosts := map[string]string{
		"acme.fincode.software":                "acme",
		"ACME.Fincode.Software":                "acme",
		"acme.fincode.software:8443":           "acme",
		"globex.fincode.software":              "globex",
		"xn--bcher-kva.fincode.software":       "xn--bcher-kva",
		"XN--BCHER-KVA.fincode.software":       "xn--bcher-kva",
		"bücher.fincode.software":              "",
		"acme.fincode.software.":               "", // the label counted from the right would be fincode
		"acme.fincode.software.:443":           "",
		"acme.software.":                       "",
		"acme.fincode.software:":               "acme", // RFC 3986, section 3.2.3
		"acme.fincode.software:globex.a.b":     "",
		"acme.fincode.software:80:443":         "",
		"acme.fincode.software:443.":           "",
		".acme.fincode.software":               "",
		"fincode.software":                     "",
		"acme":                                 "",
		"":                                     "",
		"nobody.fincode.software":              "",
		"acme..fincode.software":               "",
		"../globex.fincode.software":           "",
		"..%2fglobex.fincode.software":         "",
		"acme/../globex.fincode.software":      "",
		"acme%00.fincode.software":             "",
		"acme .fincode.software":               "",
		"\u212Aacme.fincode.software":          "",
		"acme,globex.fincode.software":         "",
		"acme.pem.fincode.software":            "", // labels: pem
		"*.fincode.software":                   "",
		strings.Repeat("a", 64) + ".a.b":       "",
		"[::1]:8080":                           "",
		"{env.HOME}.fincode.software":          "",
		"{http.request.host}.fincode.software": "",
		"acme.fincode.software@globex.a.b":     "",
		"acme\u3002fincode\u3002software.a.b":  "",
	}
	server := newServer(t, "customer_gate {\ntenant "+byLabel+"\nkeys file "+folder+"\n}\nrespond 201")
	bodies := make(map[string]string)
	for _, tenant := range tenants {
		bodies[tenant] = sealedFor(t, tenant)
	}
	for host, want := range hosts {
		t.Run(host, func(t *testing.T) {
			for _, tenant := range tenants {
				r := newRequest(bodies[tenant])
				r.Host = host
				answer := server.serve(r)
				switch {
				case want == "" && answer.Code == http.StatusBadRequest && answer.Body.Len() == 0:
					// Caddy's server does not take it for a host at all.
				case want == "":
					checkNoTenant(t, answer)
				case want == tenant && answer.Code != http.StatusCreated:
					t.Errorf("its own customer is answered %d %s", answer.Code, answer.Body)
				case want != tenant && !strings.Contains(answer.Body.String(), `"password_undecryptable"`):
					t.Errorf("it reaches the key of %s: %d %s", tenant, answer.Code, answer.Body)
				}
			}
		})
	}
}

func checkNoTenant(t *testing.T, answer *httptest.ResponseRecorder) {
	t.Helper()
	if answer.Code != http.StatusNotFound || !strings.Contains(answer.Body.String(), `"code":"NOT_FOUND"`) {
		t.Errorf("answered %d %s", answer.Code, answer.Body)
	}
}

// TestTenantOfOtherPlaceholders: wherever the name comes from, it is held to
// the same form.
func TestTenantOfOtherPlaceholders(t *testing.T) {
	folder := tenantFolder(t)
	tests := map[string]struct {
		tenant string
		change func(*http.Request)
		want   int
	}{
		"header":             {"{http.request.header.X-Tenant}", func(r *http.Request) { r.Header.Set("X-Tenant", "Acme") }, 201},
		"header twice":       {"{http.request.header.X-Tenant}", func(r *http.Request) { r.Header["X-Tenant"] = []string{"acme", "acme"} }, 404},
		"header absent":      {"{http.request.header.X-Tenant}", func(*http.Request) {}, 404},
		"header traversal":   {"{http.request.header.X-Tenant}", func(r *http.Request) { r.Header.Set("X-Tenant", "../acme") }, 404},
		"header extension":   {"{http.request.header.X-Tenant}", func(r *http.Request) { r.Header.Set("X-Tenant", "acme.pem") }, 404},
		"header placeholder": {"{http.request.header.X-Tenant}", func(r *http.Request) { r.Header.Set("X-Tenant", "{http.request.header.Y}"); r.Header.Set("Y", "acme") }, 404},
		"path":               {"{http.request.uri.path.0}", func(r *http.Request) { r.URL.Path = "/acme/usermanagement/register-customer" }, 201},
		"path to another":    {"{http.request.uri.path.0}", func(r *http.Request) { r.URL.Path = "/acme/../globex/usermanagement/register-customer" }, 404},
		"path with a dot":    {"{http.request.uri.path.1}", func(r *http.Request) { r.URL.Path = "/x/acme/./y" }, 404},
		"path with a gap":    {"{http.request.uri.path.1}", func(r *http.Request) { r.URL.Path = "/x/acme//y" }, 404},
		"path with an end":   {"{http.request.uri.path.0}", func(r *http.Request) { r.URL.Path = "/acme/" }, 201},
		"path traversal":     {"{http.request.uri.path.1}", func(r *http.Request) { r.URL.Path = "/x/../acme" }, 404},
		"server name":        {"{http.request.tls.server_name}", func(r *http.Request) { r.TLS = &tls.ConnectionState{ServerName: "ACME", HandshakeComplete: true} }, 201},
		"server name dotted": {"{http.request.tls.server_name}", func(r *http.Request) { r.TLS = &tls.ConnectionState{ServerName: "acme.", HandshakeComplete: true} }, 404},
		"variable":           {"{vars.tenant}", func(r *http.Request) { r.Host = "x.acme.software" }, 201},
		"variable, root dot": {"{vars.tenant}", func(r *http.Request) { r.Host = "acme.software." }, 404},
		"cookie":             {"{http.request.cookie.t}", func(r *http.Request) { r.Header.Set("Cookie", "a=1; t=acme") }, 201},
		"cookie twice":       {"{http.request.cookie.t}", func(r *http.Request) { r.Header.Set("Cookie", "t=acme; T=globex") }, 404},
		"cookies twice":      {"{http.request.cookie.t}", func(r *http.Request) { r.Header["Cookie"] = []string{"t=acme", "t=globex"} }, 404},
		"query":              {"{http.request.uri.query.t}", func(r *http.Request) { r.URL.RawQuery = "a=1&t=acme" }, 201},
		"query twice":        {"{http.request.uri.query.t}", func(r *http.Request) { r.URL.RawQuery = "t=acme&t=globex" }, 404},
		"query, semicolon":   {"{http.request.uri.query.t}", func(r *http.Request) { r.URL.RawQuery = "t=acme&a;t=globex" }, 404},
		"query, escapes":     {"{http.request.uri.query.t}", func(r *http.Request) { r.URL.RawQuery = "t=acme&%zz" }, 404},
		"path of a host":     {byLabel, func(r *http.Request) { r.Host = "acme.a.b"; r.URL.Path = "/a;x/../b" }, 201},
		"no TLS":             {"{http.request.tls.server_name}", func(*http.Request) {}, 404},
		"with fixed text":    {"xn--{http.request.header.X-Tenant}-kva", func(r *http.Request) { r.Header.Set("X-Tenant", "bcher") }, 201},
		"unknown":            {"{no.such.placeholder}", func(*http.Request) {}, 404},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, "vars tenant {labels.1}\ncustomer_gate {\ntenant "+test.tenant+"\nkeys file "+folder+"\n}\nrespond 201")
			r := newRequest(validBody)
			test.change(r)
			if answer := server.serve(r); answer.Code != test.want {
				t.Errorf("answered %d %s, want %d", answer.Code, answer.Body, test.want)
			}
		})
	}
}

// TestTenantComesFirst: for an unknown tenant no other step looks at the
// request, and none of its body is read.
func TestTenantComesFirst(t *testing.T) {
	server := newServer(t, "customer_gate {\ntenant "+byLabel+"\nkeys file "+tenantFolder(t)+"\n}\nrespond 201")
	r := newRequest("")
	r.Host = "nobody.fincode.software"
	r.Method = http.MethodDelete
	r.Header.Set("Early-Data", "1")
	r.Header.Del("Platform")
	r.Header.Set("Content-Type", "text/plain")
	r.Body = unreadable{t}
	checkNoTenant(t, server.serve(r))

	r.Header.Set("Accept", "application/problem+json")
	answer := server.serve(r)
	if kind := answer.Header().Get("Content-Type"); answer.Code != http.StatusNotFound || kind != "application/problem+json" {
		t.Errorf("answered %d, %s", answer.Code, kind)
	}
}

// unreadable is a body that must not be read.
type unreadable struct{ t *testing.T }

func (u unreadable) Read([]byte) (int, error) {
	u.t.Error("the body is read")
	return 0, errors.New("read")
}

func (unreadable) Close() error { return nil }

// TestTenantIsShown: to logs and placeholders, but only if it is one.
func TestTenantIsShown(t *testing.T) {
	g := newRig(t, map[string]any{"tenant": byLabel, "keys": map[string]string{"provider": "file", "path": tenantFolder(t)}})
	for host, want := range map[string]string{"ACME.fincode.software": "acme", "canary.fincode.software": ""} {
		r := newRequest("{")
		r.Host = host
		x := g.serve(r)
		if got, _ := x.repl.GetString("http.customer_gate.tenant"); got != want {
			t.Errorf("the placeholder is %q, want %q", got, want)
		}
		if got := g.logs.TakeAll()[0].ContextMap()["tenant"]; got != want {
			t.Errorf("the log says %q, want %q", got, want)
		}
		if bytes.Contains(x.answer.Body.Bytes(), []byte("canary")) {
			t.Error("the answer repeats the name")
		}
	}
}

// TestTenantRefused: configurations that could serve nobody do not load.
func TestTenantRefused(t *testing.T) {
	tests := map[string]struct{ options, says string }{
		"no placeholder":        {`{"tenant":"acme"}`, "the same for every request"},
		"one file":              {`{"tenant":"{http.request.host}","keys":{"provider":"file","path":"` + keyFile(t) + `"}}`, "give `keys file` a directory"},
		"made for the default":  {`{"tenant":"{http.request.host}"}`, "name the `tenants` of `keys auto`"},
		"folder without tenant": {`{"keys":{"provider":"file","path":"` + tenantFolder(t) + `"}}`, "the option `tenant` does not say"},
		"auto without tenant":   {`{"keys":{"provider":"auto","tenants":["acme"]}}`, "the option `tenant` does not say"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := provision(t, test.options); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// TestPreflightOfNoTenant: a preflight goes on untouched, whoever it is for.
func TestPreflightOfNoTenant(t *testing.T) {
	server := newServer(t, "customer_gate {\ntenant "+byLabel+"\nkeys file "+tenantFolder(t)+"\n}\nrespond 204")
	r := newRequest("")
	r.Method, r.Host = http.MethodOptions, "nobody.fincode.software"
	r.Header.Set("Origin", "https://app.example.com")
	r.Header.Set("Access-Control-Request-Method", "POST")
	if answer := server.serve(r); answer.Code != http.StatusNoContent {
		t.Errorf("answered %d", answer.Code)
	}
}

// TestTargetWithoutPath: what a proxy would send on as it is, with a host of its own, goes
// no further.
func TestTargetWithoutPath(t *testing.T) {
	r := newRequest(validBody)
	target, err := url.ParseRequestURI("x:http://globex.fincode.software/usermanagement/register-customer")
	if err != nil {
		t.Fatal(err)
	}
	r.URL = target
	newRig(t, nil).serve(r).checkRefused(t, http.StatusNotFound, codeNotFound)
}
