package matcher

import (
	"net/http"
	"net/url"
	"testing"
)

// TestPath: whatever a service can take for the endpoint matches.
func TestPath(t *testing.T) {
	const base = "/api/v6/services/usermanagement/"
	one, two := Path{"register-customer"}, Path{"securitymanagement/login", "security/pin"}
	for path, matches := range map[string]bool{
		base + "register-customer":                    true,
		base + "register-customer/":                   true,
		base + "register-customer/acme":               true,
		base + "register-customer;v=1":                true,
		base + "register-customer.json":               true,
		base + "register-customer//..":                true,
		base + "register-customer/..":                 true,
		base + "register-customer/%2e%2e":             true,
		base + "register-customer/a/..//..":           true,
		base + "register-customer%2f..":               true,
		base + "register-customer%00":                 true,
		base + "/register-customer":                   true,
		base + "Register-Customer":                    true,
		base + "regi%73ter-customer":                  true,
		base + "regi%53ter-customer":                  true,
		base + "regi%2573ter-customer":                true,
		base + "regi%252573ter-customer":              true,
		base + "regi%c5%bfter-customer":               true, // U+017F, an s without case
		base + "reg%c4%b0ster-customer":               true, // U+0130 and U+0131, which Java takes for an i
		base + "reg%c4%b1ster-customer":               true,
		base + "%72%65gister%2dcustomer":              true,
		base + `..\register-customer`:                 true,
		base + "%5cregister-customer%zz":              true,
		"/register-customer/../../" + "register-cust": true,
		base + "register-customer\u00adx":             true,
		base + "register-customers/register-customer": true,
		base + "register-customers":                   false,
		base + "register-customer-v2":                 false,
		base + "preregister-customer":                 false,
		base + "1register-customer":                   false,
		base + "register":                             false,
		base + "register_customer":                    false,
		base + "register/customer":                    false,
		base:                                          false,
		"/":                                           false,
		"":                                            false,
	} {
		if match(one, request(t, path)) != matches {
			t.Errorf("%s matches: %t", path, !matches)
		}
	}
	for path, matches := range map[string]bool{
		"/api/securitymanagement/login":         true,
		"/api/securitymanagement//login":        true,
		"/api/securitymanagement/x/../login":    true,
		"/api/securitymanagement%2Flogin":       true,
		"/api/securitymanagement/login/":        true,
		"/api/SecurityManagement/Login;v=1":     true,
		"/api/securitymanagement/login%20":      true,
		"/login/securitymanagement":             false,
		"/login":                                false,
		"/api/security/pin":                     true,
		"/api/securitymanagement/login-history": false,
		"/api/securitymanagement/loginotp":      false,
		"/api/securitymanagement/prelogin.js":   false,
		"/api/securitymanagement/login.do":      true,
		"/api/security/shipping":                false,
		"/api/securitymanagement/logout":        false,
		"/api/securitymanagement/change-passwd": false,
	} {
		if match(two, request(t, path)) != matches {
			t.Errorf("%s matches: %t", path, !matches)
		}
	}
}

func match(m Path, r *http.Request) bool {
	matches, _ := m.MatchWithError(r)
	return matches
}

// request has a path as a server reads it.
func request(t *testing.T, path string) *http.Request {
	t.Helper()
	u := &url.URL{Path: path, RawPath: path}
	if decoded, err := url.PathUnescape(path); err == nil {
		u.Path = decoded
	} // else no server takes it: then the path is what it says
	return &http.Request{URL: u}
}

// TestNamesThatGoOn: a star is for services that route by the beginning of a path.
func TestNamesThatGoOn(t *testing.T) {
	m := Path{"usermanagement/register-customer*"}
	for path, matches := range map[string]bool{
		"/usermanagement/register-customer":      true,
		"/usermanagement/register-customers":     true,
		"/usermanagement/register-customer-v2/x": true,
		"/usermanagement/regist%65r-customer%41": true,
		"/usermanagement/preregister-customer":   false,
		"/usermanagements/register-customer":     false,
		"/usermanagement/register-custom":        false,
	} {
		if match(m, request(t, path)) != matches {
			t.Errorf("%s matches: %t", path, !matches)
		}
	}
	for _, endpoint := range []string{"*", "/*", " ", "a*b", "*a", "a**"} {
		if err := (Path{endpoint}).Validate(); err == nil {
			t.Errorf("%q is taken", endpoint)
		}
	}
}

// TestTargetWithoutPath: what a proxy sends on is what is looked at.
func TestTargetWithoutPath(t *testing.T) {
	for target, matches := range map[string]bool{
		"x:http://host/api/usermanagement/register-customer":       true,
		"x:usermanagement/register-customer?a=b":                   true,
		"x:http://host/api/usermanagement/register%2Dcustomer/":    true,
		"http://host/api/usermanagement/register-customer":         true,
		"http://register-customer/api/usermanagement/other":        false,
		"x:http://host/api/usermanagement/other?register-customer": false,
	} {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			t.Fatal(err)
		}
		if match(Path{"register-customer"}, &http.Request{URL: u}) != matches {
			t.Errorf("%s matches: %t", target, !matches)
		}
	}
}

// TestTunnel: what goes through a tunnel of HTTP/2 may be anything.
func TestTunnel(t *testing.T) {
	for upgrade, matches := range map[string]bool{"h2c": true, "H2C": true, "websocket, h2c": true, "websocket": false, "": false} {
		r := request(t, "/health")
		r.Header = http.Header{"Upgrade": {upgrade}}
		if match(Path{"register-customer"}, r) != matches {
			t.Errorf("Upgrade: %s matches: %t", upgrade, !matches)
		}
	}
}

// FuzzDecode: decoding never makes a path longer, so it ends.
func FuzzDecode(f *testing.F) {
	for _, path := range []string{"/a%2fb", "%", "%2", "%zz", "%25%2532", "a%%41"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if decoded := decode(path); len(decoded) > len(path) {
			t.Errorf("%q is decoded to %q", path, decoded)
		}
	})
}

func BenchmarkPath(b *testing.B) {
	m := Path{"usermanagement/register-customer"}
	r := &http.Request{URL: &url.URL{Path: "/api/v6/services/usermanagement/register-customer"}}
	b.ReportAllocs()
	for b.Loop() {
		match(m, r)
	}
}
