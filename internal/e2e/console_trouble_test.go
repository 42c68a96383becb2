package e2e

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
)

// troubleSeen is what testdata/contract/console_trouble.mjs tells.
type troubleSeen struct {
	Keyless, Lines, Raw, NoKeysNeeded, NoToken, Beside, Focus string
	Denied, Gone, Later, Half, Offline, Unstarted             string
	WebPage                                                   string `json:"Web page"`
	Encryption, Logins, Waiting, Stopped, Insecure, Axe       []string
}

// TestConsoleInTrouble: where something is missing or fails, the console says what, and
// what to do; and what does not need it goes on.
func TestConsoleInTrouble(t *testing.T) {
	t.Parallel()
	tools := newContractTools(t)
	over := make(chan struct{})
	up := startUpstreamWith(t, func(c net.Conn, r received) bool { return troubled(c, r, over) })
	gate := startGateway(t, setup{upstream: up.address, site: `
		customer_gate_console /console*
		@registration customer_gate_path register-customer
		customer_gate @registration {
			keys file {$DIR}/private.pem
			` + patient + `
		}
		@login customer_gate_path securitymanagement/login
		customer_gate @login login {
			keys file {$DIR}/private.pem
			` + patient + `
			attempts 1 15m
		}
		@profile customer_gate_path profile-edit
		customer_gate @profile edit_profile
		reverse_proxy {$UPSTREAM}
`})
	var seen troubleSeen
	tools.visit(t, &seen, "console_trouble.mjs", gate)
	close(over)

	if seen.Lines != "# gives out the public keys of the gates\ncustomer_gate_keys /keys*" || seen.NoKeysNeeded != "" {
		t.Errorf("without keys, the operator is told %q, and of profiles %q", seen.Lines, seen.NoKeysNeeded)
	}
	if want := []string{"SHA-256 false true", "SHA-1 false true", "raw true false"}; !slices.Equal(seen.Encryption, want) {
		t.Errorf("without keys, there is %q to choose", seen.Encryption)
	}
	if len(seen.Axe) > 0 {
		t.Errorf("accessibility: %s", strings.Join(seen.Axe, "\n"))
	}
	if seen.Focus != "X-Auth-Token" || !strings.Contains(seen.Beside, "required") {
		t.Errorf("without a token, the focus is on %q, and beside the header is %q", seen.Focus, seen.Beside)
	}
	if len(seen.Logins) != 2 || len(seen.Waiting) != 2 || len(seen.Stopped) != 2 || len(seen.Insecure) != 3 || seen.Waiting[1] != "Send" || seen.Stopped[1] != "Send" {
		t.Fatalf("logins: %q; waiting: %q; stopped: %q; without TLS: %q", seen.Logins, seen.Waiting, seen.Stopped, seen.Insecure)
	}
	for _, c := range []struct{ what, said, want string }{
		{"no keys", seen.Keyless, "This gateway gives out no public key at /keys.json: the answer is 201, and has none. So nothing can be encrypted here; everything else works."},
		{"a registration that is not encrypted", seen.Raw, "201: accepted."},
		{"the first login", seen.Logins[0], "401: Wrong password."},
		{"the second login", seen.Logins[1], "429: There have been too many attempts; try again later. Try again in 15 minutes."},
		{"no token", seen.NoToken, "400: "},
		{"an example of a token", seen.Denied, "401: The customer service does not know who this is. The token is an example of this page: write one of yours into the headers."},
		{"no customer service", seen.Gone, "502: The gateway took it, and the customer service behind it does not answer."},
		{"an overload", seen.Later, "503: The gateway or the customer service behind it is not there for now. Try again in 7 seconds."},
		{"an outage", seen.WebPage, "500: The customer service or the gateway has failed."},
		{"half an answer", seen.Half, "201: the connection has ended before the answer had."},
		{"a slow answer", seen.Waiting[0], "Waiting for the answer…"},
		{"no patience", seen.Stopped[0], "You stopped waiting. Whether the customer service has the request is not known."},
		{"no network", seen.Offline, "No answer from /api/v6/services/usermanagement/profile-edit: is the gateway running, and are you still on its network?"},
		{"no TLS", seen.Insecure[0], "Browsers encrypt, and take the rules, on HTTPS and on localhost only: open this page there."},
		{"a key without TLS", seen.Insecure[1], "Browsers make keys on HTTPS and on localhost only"},
		{"a request without TLS", seen.Insecure[2], "422: 2 fields were rejected"},
		{"half a page", seen.Unstarted, "The console cannot start. No answer from gates.json: "},
	} {
		if !strings.HasPrefix(c.said, c.want) {
			t.Errorf("%s: the page says %q, want %q", c.what, c.said, c.want)
		}
	}
}

// troubled answers as the first name of a customer says.
func troubled(c net.Conn, r received, over <-chan struct{}) bool {
	body := string(r.body)
	answer := ""
	switch {
	case strings.Contains(r.line, "/login"):
		answer = "401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: 55\r\n\r\n" + `{"success":false,"error":{"message":"Wrong password."}}`
	case strings.Contains(body, "Denied"):
		answer = "401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
	case strings.Contains(body, "Later"):
		answer = "503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"
	case strings.Contains(body, "Web page"):
		answer = "500 Internal Server Error\r\nContent-Type: text/html\r\nContent-Length: 8\r\n\r\n<p>Oops!"
	case strings.Contains(body, "Half"):
		_, _ = fmt.Fprint(c, "HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\nhalf")
		return false
	case strings.Contains(body, "Gone"):
		return false
	case strings.Contains(body, "Slow"):
		<-over
		return false
	default:
		return created(c)
	}
	_, err := fmt.Fprint(c, "HTTP/1.1 "+answer)
	return err == nil
}
