package e2e

import (
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"testing"
)

// TestLoginsInStore: failures are counted in the store of unique_email, for all gateways
// on it, and after a restart.
func TestLoginsInStore(t *testing.T) {
	t.Parallel()
	for name, newStore := range claimStores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := startUpstreamWith(t, func(c net.Conn, _ received) bool {
				_, err := fmt.Fprint(c, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}")
				return err == nil
			})
			store := newStore(t)
			first := prepareLogins(t, store, up.address)
			first.start(t)
			second := first
			if store.gateways > 1 {
				second = prepareGateway(t, setup{upstream: up.address, site: loginSite(store), env: append([]string{"STORAGE=" + first.variable("STORAGE")}, store.env...)})
				second.start(t)
			}
			body := `{"email":"` + email + `","currentPassword":"` + password + `"}`
			edit(t, first.url("/securitymanagement/login"), body, asItIs).check(t, 401, "{}")
			edit(t, second.url("/securitymanagement/login"), body, asItIs).check(t, 401, "{}")
			if second == first {
				first.stop(t)
				first.launch(t)
			}
			for _, gate := range []*gateway{first, second} {
				if got := edit(t, gate.url("/securitymanagement/login"), body, asItIs); got.status != http.StatusTooManyRequests {
					t.Errorf("answered %d %s", got.status, got.body)
				}
			}
		})
	}
}

func prepareLogins(t *testing.T, store claimStore, upstream string) *gateway {
	t.Helper()
	storage := filepath.Join(t.TempDir(), "storage")
	return prepareGateway(t, setup{upstream: upstream, site: loginSite(store), env: append([]string{"STORAGE=" + storage}, store.env...)})
}

// loginSite has a gate before logins beside one with the store.
func loginSite(store claimStore) string {
	return `
	@login customer_gate_path securitymanagement/login
	customer_gate @login login {
		keys file {$DIR}/private.pem
		` + patient + `
		attempts 2 1h
	}
	@registration customer_gate_path register-customer
	customer_gate @registration {
		keys file {$DIR}/private.pem
		` + patient + `
		unique_email ` + store.arguments + ` {
			lease 1m
			` + store.options + `
		}
	}
	reverse_proxy {$UPSTREAM}
`
}
