package e2e

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"
)

// TestMatcher: however the path of a registration is spelled, no reading of it leads
// around the gate. The one that is right everywhere gets through.
func TestMatcher(t *testing.T) {
	t.Parallel()
	gate := startGateway(t, setup{
		upstream: startRouter(t),
		site: `
	@registration customer_gate_path usermanagement/register-customer
	customer_gate @registration {
		keys file {$DIR}/private.pem
		` + patient + `
	}
	reverse_proxy {$UPSTREAM}
	`,
	})
	dangerous := 0
	for _, path := range pathSpellings() {
		answer := postRaw(t, gate.address, path)
		if taken := answer.Header.Get("Registration"); taken != "" {
			t.Errorf("%s is not checked, and taken for a registration: %s", path, taken)
		}
		if answer.StatusCode == http.StatusUnprocessableEntity || answer.StatusCode == http.StatusBadRequest {
			dangerous++
		}
	}
	if dangerous < len(pathSpellings())/2 {
		t.Errorf("the gate has refused %d of %d spellings only", dangerous, len(pathSpellings()))
	}
	if answer := postRaw(t, gate.address, "/api/v6/services/usermanagement/profile"); answer.StatusCode != http.StatusOK {
		t.Errorf("another path is answered %d", answer.StatusCode)
	}
}

// pathSpellings are those of the path of a registration.
func pathSpellings() []string {
	var all []string
	for _, name := range []string{"register-customer", "Register-Customer", "%72egister-customer", "%2572egister-customer", "register%2Dcustomer"} {
		for _, before := range []string{"/", "//", "/./", "/x/../", "/x/..//", "/%2e/", ";v=1/", "%2f", "%252f", `\`, "%5c", "/;/"} {
			for _, behind := range []string{
				"", "/", "//", "/..", "//..", "//%2e%2e", "//.%2E/", "/a/..", "/a/..//..", "/%2e%2e", "%2f..", "%2f%2e%2e", "%2f/..", "/.", ";v=1", ";v=1/..", "/;/..",
				"%00", "%00.png", "%20", "%09", `\..`, "%5c..", "%3bv=1", "?x", "%3f", "%23",
			} {
				all = append(all, "/api/v6/services/usermanagement"+before+name+behind)
			}
		}
	}
	return append(all,
		"http://service/api/v6/services/usermanagement/register-customer", "x:http://service/api/v6/services/usermanagement/register-customer",
		"x:http://service/api/v6/services/usermanagement//register-customer/..", "x:/api/v6/services/usermanagement/register-customer",
		"x:api/v6/services/usermanagement/register-customer", "http:///api/v6/services/usermanagement/register-customer",
	)
}

// postRaw sends a path as it is, with a body that no registration has.
func postRaw(t *testing.T, address, path string) *http.Response {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nPlatform: fincode\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", path, address)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	answer.Body.Close()
	return answer
}

// startRouter returns the address of a service that reads paths in many ways.
func startRouter(t *testing.T) string {
	t.Helper()
	node := exec.CommandContext(t.Context(), "node", "testdata/router.mjs")
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = node.Process.Kill()
		_ = node.Wait()
	})
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return "127.0.0.1:" + strings.TrimSpace(port)
}
