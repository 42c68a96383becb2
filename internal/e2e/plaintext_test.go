package e2e

import (
	"strings"
	"testing"
)

// TestWhoMaySendPlaintext: raw passwords are judged by the client's address,
// which a proxy's header tells only where the proxy is trusted.
func TestWhoMaySendPlaintext(t *testing.T) {
	t.Parallel()
	const (
		nobodyTrusted = ""
		peerTrusted   = "servers {\n trusted_proxies static 127.0.0.1/32\n trusted_proxies_strict\n }\n"
		otherTrusted  = "servers {\n trusted_proxies static 192.0.2.0/24\n trusted_proxies_strict\n }\n"
	)
	for name, tc := range map[string]struct {
		global, option string
		forwardedFor   map[string]int // X-Forwarded-For and the status
	}{
		"default, no proxy": {nobodyTrusted, "", map[string]int{
			"":            201, // the loopback is private
			"203.0.113.9": 422, // but what came through a proxy there may be anybody's
			"10.0.0.7":    422,
		}},
		"default, trusted proxy": {peerTrusted, "", map[string]int{
			"":                      201,
			"10.0.0.7":              201,
			"203.0.113.9":           422,
			"10.0.0.7, 203.0.113.9": 422, // the client's own word, then the proxy's
			"2001:db8::1":           422,
			"fd00::7":               201,
			"::ffff:10.0.0.7":       201,
			"::ffff:203.0.113.9":    422,
		}},
		"named range, untrusted peer": {otherTrusted, "plaintext 10.0.0.0/8", map[string]int{
			"":         422,
			"10.0.0.7": 422,
		}},
		"named range, trusted proxy": {peerTrusted, "plaintext 10.0.0.0/8", map[string]int{
			"10.0.0.7":  201,
			"127.0.0.1": 422,
		}},
		"denied":  {peerTrusted, "plaintext deny", map[string]int{"": 422, "10.0.0.7": 422}},
		"allowed": {peerTrusted, "plaintext allow", map[string]int{"": 201, "203.0.113.9": 201}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := startUpstream(t)
			gate := startGateway(t, setup{
				upstream: up.address,
				global:   tc.global,
				site:     strings.Replace(defaultSite, "keys", tc.option+"\nkeys", 1),
			})
			for forwardedFor, status := range tc.forwardedFor {
				var headers []headerField
				if forwardedFor != "" {
					headers = append(headers, headerField{"X-Forwarded-For", forwardedFor})
				}
				got := post(t, gate.url(endpoint), newCustomer().json(), headers...)
				if got.status != status {
					t.Errorf("X-Forwarded-For %q: the answer is %d %s, want %d", forwardedFor, got.status, got.body, status)
				}
				if status == 422 {
					got.check(t, 422, `"pointer":"/payloadEncrypted","code":"plaintext_not_allowed"`)
					up.checkUntouched(t)
				} else {
					up.takeOne(t)
				}
			}
		})
	}
}
