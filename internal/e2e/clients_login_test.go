package e2e

import (
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
)

// TestClientsLogIn runs the programs of examples/clients again: each logs a customer
// in, shows that it could not, and lives through a change of the key.
func TestClientsLogIn(t *testing.T) {
	t.Parallel()
	var status atomic.Value
	up := startUpstreamWith(t, func(c net.Conn, _ received) bool {
		_, err := fmt.Fprintf(c, "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"success\":true}", status.Load())
		return err == nil
	})
	gate := startLogins(t, up.address)
	for _, h := range habits {
		if h.old != "" {
			continue
		}
		t.Run(h.platform, func(t *testing.T) {
			built := h.build(t)
			want := `{"email":"excel@KanarienPost.example","currentPassword":"` + password + `"}`
			status.Store("200 OK")
			checkOutput(t, built.run(t, gate.url(""), password, "login"), "logged in")
			if got := up.takeOne(t); string(got.body) != want {
				t.Errorf("the upstream got %s", got.body)
			}
			if h.example != "register.sh" { // which asks for the key whenever it runs
				front := frontOfRotation(t, gate)
				checkOutput(t, built.run(t, front.URL, password, "login"), "logged in")
				up.takeOne(t)
			}
			status.Store("401 Unauthorized")
			checkOutput(t, built.run(t, gate.url(""), password, "login"), "refused: 401…")
			up.takeOne(t)
		})
	}
}

func startLogins(t *testing.T, upstream string, more ...string) *gateway {
	t.Helper()
	s := setup{upstream: upstream, site: strings.Join(more, "\n") + `
	customer_gate_keys /keys* {
		keys file {$DIR}/private.pem
	}
	customer_gate_keys /retired/keys* {
		keys file {$DIR}/retired.pem {
			overlap 24h
		}
	}
	customer_gate /api/* login {
		keys file {$DIR}/private.pem
		` + patient + `
		plaintext deny
		attempts off
	}
	reverse_proxy {$UPSTREAM}
	`}
	gate := prepareGateway(t, s)
	writeFile(t, gate.dir+"/retired.pem", newKey().pem)
	gate.start(t)
	return gate
}
