package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// exampleMatcher is the line of Caddyfile.example that says which requests are
// registrations.
func exampleMatcher(t *testing.T) string {
	t.Helper()
	example, err := os.ReadFile(filepath.Join(checkout, "Caddyfile.example"))
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^\s*@registration .*$`).Find(example)
	if line == nil {
		t.Fatal("Caddyfile.example has no matcher @registration")
	}
	return string(line)
}

// TestPathsAroundTheGate: no spelling of the path that a lenient customer
// service may take for the endpoint's leads around the gate.
func TestPathsAroundTheGate(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address, site: exampleMatcher(t) + `
	customer_gate @registration {
		keys file {$DIR}/private.pem
		` + patient + `
	}
	reverse_proxy {$UPSTREAM}
	`})
	bad := rawPost("", newCustomer().with("role", "admin").json())

	for _, path := range []string{
		endpoint,
		endpoint + "/",
		endpoint + "//",
		endpoint + ";x=1",
		endpoint + ";jsessionid=1/",
		endpoint + "?x=1",
		endpoint + "%3Fx=1",
		endpoint + "%00",
		endpoint + ".json",
		endpoint + "%20",
		endpoint + "/.",
		endpoint + "/../register-customer",
		endpoint + "#fragment",
		strings.Replace(endpoint, "/register", "//register", 1),
		strings.Replace(endpoint, "/user", "//user", 1),
		"/" + endpoint,
		strings.Replace(endpoint, "register", "%72egister", 1),
		strings.Replace(endpoint, "r-c", "r%2Dc", 1),
		strings.Replace(endpoint, "r-c", "r%2dc", 1),
		strings.Replace(endpoint, "/register", "%2Fregister", 1),
		strings.Replace(endpoint, "/register", "%5Cregister", 1),
		strings.Replace(endpoint, "/register", "\\register", 1),
		strings.Replace(endpoint, "/register", "/./register", 1),
		strings.Replace(endpoint, "/register", "/x/../register", 1),
		strings.Replace(endpoint, "/register", "/%2e%2e/usermanagement/register", 1),
		strings.Replace(endpoint, "/register", "/;a=b/register", 1),
		strings.Replace(endpoint, "/register", ";a=b/register", 1),
		strings.ToUpper(endpoint),
		strings.Replace(endpoint, "register-customer", "Register-Customer", 1),
		"http://gate.example" + endpoint,
		"http://gate.example//" + endpoint,
		"http://other.example" + endpoint,
	} {
		t.Run(path, func(t *testing.T) {
			got := exchange(t, gate.address, strings.Replace(bad, endpoint, path, 1))
			if got.status != 422 && got.status != 400 {
				t.Errorf("the answer is %d %s", got.status, got.body)
			}
			up.checkUntouched(t)
		})
	}

	// The matcher lets go of what is not a registration.
	exchange(t, gate.address, strings.Replace(bad, endpoint, "/api/v6/services/login", 1)).check(t, 201)
	up.takeOne(t)
}
