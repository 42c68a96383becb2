package e2e

import (
	"crypto"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

const securitySite = `
	@login customer_gate_path securitymanagement/login
	customer_gate @login login {
		keys file {$DIR}/private.pem
		` + patient + `
		attempts 2 1h
	}
	@change path *change-password
	customer_gate @change change_password {
		keys file {$DIR}/private.pem
		` + patient + `
		plaintext deny
	}
	reverse_proxy {$UPSTREAM}
`

// TestLoginAndChangeOfPassword: the customer service gets the shape that the client
// has sent, and nobody fails more often than may be.
func TestLoginAndChangeOfPassword(t *testing.T) {
	t.Parallel()
	var status atomic.Value
	status.Store("401 Unauthorized")
	up := startUpstreamWith(t, func(c net.Conn, _ received) bool {
		_, err := fmt.Fprintf(c, "HTTP/1.1 %s\r\nContent-Length: 2\r\n\r\n{}", status.Load())
		return err == nil
	})
	gate := startGateway(t, setup{upstream: up.address, site: securitySite})
	sealed := keyOfTests().encrypt(t, password, crypto.SHA256)
	login := gate.url("/securitymanagement/login")

	for _, body := range []string{
		`{"email":"` + email + `","currentPassword":"` + sealed + `"}`,
		`{"currentPassword":"` + password + `","email":"` + strings.ToUpper(email) + `","payloadEncrypted":null}`,
	} {
		edit(t, login, body, asItIs).check(t, 401, "{}")
		got := up.takeOne(t)
		got.checkFraming(t)
		if want := `"currentPassword":"` + password + `"}`; !strings.HasSuffix(string(got.body), want) {
			t.Errorf("the upstream got %s", got.body)
		}
	}
	for name, body := range map[string]string{
		"account": `{"email":"` + email + `","currentPassword":"` + sealed + `"}`,
		"address": `{"email":"somebody.else@example.com","currentPassword":"` + sealed + `"}`,
	} {
		refused := edit(t, login, body, asItIs)
		if refused.status != http.StatusTooManyRequests || !strings.Contains(refused.body, `"code":"TOO_MANY_ATTEMPTS"`) || refused.header.Get("Retry-After") == "" {
			t.Errorf("%s: answered %d %s", name, refused.status, refused.body)
		}
	}

	status.Store("200 OK")
	change := gate.url("/securitymanagement/change-password")
	edit(t, change, `{"currentPassword":"`+sealed+`","newPassword":"`+keyOfTests().encrypt(t, "n"+password, crypto.SHA1)+`","payloadEncrypted":true}`, asItIs).check(t, 200, "{}")
	if got, want := string(up.takeOne(t).body), `{"currentPassword":"`+password+`","newPassword":"n`+password+`","payloadEncrypted":false}`; got != want {
		t.Errorf("the upstream got %s, want %s", got, want)
	}
	for body, says := range map[string]string{
		`{"currentPassword":"` + sealed + `","newPassword":"` + sealed + `"}`:   `"pointer":"/newPassword","code":"password_unchanged"`,
		`{"currentPassword":"` + sealed + `","newPassword":"` + password + `"}`: `"pointer":"/newPassword","code":"plaintext_not_allowed"`,
	} {
		refused := edit(t, change, body, asItIs)
		if refused.status != http.StatusUnprocessableEntity || !strings.Contains(refused.body, says) {
			t.Errorf("answered %d %s, want %s", refused.status, refused.body, says)
		}
	}
	gate.stop(t)
}
