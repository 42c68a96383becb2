package e2e

import (
	"crypto"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// spellings are paths that begin with /acme/ to Caddy, or come to it, with what
// Tomcat takes them for: it removes path parameters, decodes, and resolves dots,
// in this order (Servlet 6.0, section 3.5.2). What it refuses, others do not:
// they decode twice, take \ for /, an overlong dot for a dot, or end names at NUL.
var spellings = map[string]string{
	"/acme/../globex/register-customer":              "/globex/register-customer",
	"/acme/./register-customer":                      "/acme/register-customer",
	"/acme//register-customer":                       "/acme/register-customer",
	"//acme/register-customer":                       "/acme/register-customer",
	"/acme/..;/globex/register-customer":             "/globex/register-customer",
	"/acme/..;x=1/globex/register-customer":          "/globex/register-customer",
	"/acme/.;/..;/globex/register-customer":          "/globex/register-customer",
	"/acme/;/../globex/register-customer":            "/globex/register-customer",
	"/acme;x=globex/register-customer":               "/acme/register-customer",
	"/acme;/register-customer":                       "/acme/register-customer",
	"/;globex/acme/register-customer":                "/acme/register-customer",
	"/acme/register-customer;jsessionid=1":           "/acme/register-customer",
	"/acme/register-customer/..;/..;/globex/x":       "/globex/x",
	"/acme/%2e%2e/globex/register-customer":          "/globex/register-customer",
	"/acme/%2E./globex/register-customer":            "/globex/register-customer",
	"/acme/.%2e;x/globex/register-customer":          "/globex/register-customer",
	"/acme/..%3b/globex/register-customer":           "/acme/..;/globex/register-customer",
	"/acme%3bx/register-customer":                    "/acme;x/register-customer",
	"/acme%2f..%2fglobex/register-customer":          "400",
	"/acme/..%2Fglobex/register-customer":            "400",
	"/acme/..%5cglobex/register-customer":            "400",
	`/acme/..\globex/register-customer`:              "400",
	`/acme\..\globex/register-customer`:              "400",
	"/acme/%252e%252e/globex/register-customer":      "/acme/%2e%2e/globex/register-customer",
	"/acme/..%252fglobex/register-customer":          "/acme/..%2fglobex/register-customer",
	"/acme/%c0%ae%c0%ae/globex/register-customer":    "400",
	"/acme/%c0%af../globex/register-customer":        "400",
	"/acme/%uff0e%uff0e/globex/register-customer":    "400",
	"/acme/%ef%bc%8e%ef%bc%8e/globex/x":              "/acme/．．/globex/x", // to those that fold widths, /globex/x
	"/acme/..%00/globex/register-customer":           "400",
	"/acme%00globex/register-customer":               "400",
	"/acme/..%20/globex/register-customer":           "/acme/.. /globex/register-customer", // a file system drops the blank
	"/acme/..%09/globex/register-customer":           "/acme/..\t/globex/register-customer",
	"/acme/.../globex/register-customer":             "/acme/.../globex/register-customer", // and the dots
	"/acme./register-customer":                       "/acme./register-customer",
	"/%61cme/register-customer":                      "/acme/register-customer",
	"/%2561cme/register-customer":                    "/%61cme/register-customer",
	"/acme%/register-customer":                       "400",
	"/acme/..#/globex/register-customer":             "400",
	"/acme/..%23/globex/register-customer":           "/acme/..#/globex/register-customer",
	"/acme/..%3f/globex/register-customer":           "/acme/..?/globex/register-customer",
	"/acme/x/..":                                     "/acme/",
	"/acme/register-customer/.":                      "/acme/register-customer/",
	"http://gate.example/acme/..;/globex/x":          "/globex/x",
	"/acme/..;/globex/register-customer?tenant=acme": "/globex/register-customer",
}

// plainSpellings everybody reads alike.
var plainSpellings = []string{
	"/acme/register-customer",
	"/acme/register-customer/",
	"/ACME/usermanagement/register-customer",
	"/acme/v6.1/register-customer?x=..;/globex&y=%2e%2e",
	"/acme/a-b_c~d!$&'()*+,=:@/register-customer",
}

// byPath are ways to read a tenant from the path.
var byPath = map[string]string{
	"segment":          "tenant {path.0}",
	"original segment": "tenant {http.request.orig_uri.path.0}",
	"pattern":          "tenant {re.tenant.1}",
	"variable":         "tenant {vars.tenant}",
	"map":              "tenant {mapped}",
	"text around it":   "tenant {path.0}{header.X-None}",
}

// TestTenantSpellings: where the tenant is read from the path, only a path that
// has one reading gets through, and the upstream is sent it as it came.
func TestTenantSpellings(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	var sites strings.Builder
	for name, option := range byPath {
		sites.WriteString("http://" + hostOf(name) + `:{$PORT} {
			bind 127.0.0.1
			@any path_regexp tenant ^/+([^/]+)
			vars tenant {path.0}
			map {path} {mapped} {
				~^/(?i:acme)/ acme
				~^/globex/ globex
			}
			customer_gate @any {
				keys file {$DIR}/tenants
				` + patient + `
				reuse_limit off
				` + option + `
			}
			reverse_proxy {$UPSTREAM}
		}
		`)
	}
	gate := prepareGateway(t, setup{upstream: up.address, more: sites.String()})
	if err := os.Mkdir(filepath.Join(gate.dir, "tenants"), 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(gate.dir, "tenants", "acme.pem"), keyOfTests().pem)
	writeFile(t, filepath.Join(gate.dir, "tenants", "globex.pem"), newKey().pem)
	gate.start(t)
	ofAcme := rawPost("", newCustomer().encrypted(t, keyOfTests(), crypto.SHA256).json())

	for name := range byPath {
		ask := func(t *testing.T, target string) answer {
			t.Helper()
			request := strings.Replace(ofAcme, endpoint, target, 1)
			return exchange(t, gate.address, strings.ReplaceAll(request, "gate.example", hostOf(name)))
		}
		for target, reading := range spellings {
			t.Run(name+target, func(t *testing.T) {
				got := ask(t, target)
				if got.status != 404 && got.status != 400 {
					t.Errorf("what Tomcat takes for %s is answered %d %s", reading, got.status, got.body)
				}
				up.checkUntouched(t)
			})
		}
		for _, target := range plainSpellings {
			t.Run(name+target, func(t *testing.T) {
				ask(t, target).check(t, 201)
				if got, want := up.takeOne(t).line, "POST "+target+" HTTP/1.1"; got != want {
					t.Errorf("the upstream got %q, want %q", got, want)
				}
			})
		}
	}
}
