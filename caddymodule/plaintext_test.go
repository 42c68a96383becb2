package caddymodule

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/customergate/customergate/caddymodule/internal/clientip"
	"github.com/customergate/customergate/caddymodule/internal/plaintext"
)

func TestPlaintext(t *testing.T) {
	tests := map[string]struct {
		policy  []string // nil is the default
		remote  string
		allowed bool
	}{
		"default, private":                  {nil, "10.1.2.3:99", true},
		"default, loopback":                 {nil, "127.0.0.1:99", true},
		"default, IPv6 loopback":            {nil, "[::1]:99", true},
		"default, IPv6 unique local":        {nil, "[fd00::1]:99", true},
		"default, private as 4-in-6":        {nil, "[::ffff:192.168.1.1]:99", true},
		"default, public":                   {nil, "203.0.113.9:99", false},
		"default, public as 4-in-6":         {nil, "[::ffff:203.0.113.9]:99", false},
		"default, IPv6 public":              {nil, "[2001:db8::1]:99", false},
		"default, unix socket":              {nil, "@", false},
		"default, nonsense":                 {nil, "nowhere", false},
		"none, private":                     {[]string{}, "10.1.2.3:99", false},
		"deny, loopback":                    {[]string{"deny"}, "127.0.0.1:99", false},
		"allow, public":                     {[]string{"allow"}, "203.0.113.9:99", true},
		"allow, unix socket":                {[]string{"allow"}, "@", true},
		"range, inside":                     {[]string{"203.0.113.0/24"}, "203.0.113.9:99", true},
		"range, inside as 4-in-6":           {[]string{"203.0.113.0/24"}, "[::ffff:203.0.113.9]:99", true},
		"range, outside":                    {[]string{"203.0.113.0/24"}, "203.0.114.9:99", false},
		"range, private is not in it":       {[]string{"203.0.113.0/24"}, "10.1.2.3:99", false},
		"range with host bits, inside":      {[]string{"203.0.113.77/24"}, "203.0.113.9:99", true},
		"address, itself":                   {[]string{"203.0.113.9"}, "203.0.113.9:99", true},
		"address, its neighbour":            {[]string{"203.0.113.9"}, "203.0.113.8:99", false},
		"IPv6 range, inside":                {[]string{"2001:db8::/32"}, "[2001:db8::1]:99", true},
		"IPv6 range, inside with zone":      {[]string{"fe80::/10"}, "[fe80::1%eth0]:99", true},
		"IPv6 range, IPv4 is not in it":     {[]string{"::/0"}, "203.0.113.9:99", false},
		"several, the second":               {[]string{"203.0.113.0/24", "private_ranges"}, "10.1.2.3:99", true},
		"several, none of them":             {[]string{"203.0.113.0/24", "private_ranges"}, "198.51.100.1:99", false},
		"private ranges, link-local is out": {[]string{"private_ranges"}, "169.254.1.1:99", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			options := map[string]any{}
			if test.policy != nil {
				options["plaintext"] = test.policy
			}
			r := newRequest(validBody)
			r.RemoteAddr = test.remote
			x := newRig(t, options).serve(r)
			if test.allowed {
				x.checkForwarded(t, normalisedBody)
				return
			}
			x.checkRefused(t, http.StatusUnprocessableEntity, codeValidationError)
			if got := x.details(t); !slices.Equal(got, []string{"/payloadEncrypted plaintext_not_allowed"}) {
				t.Errorf("details %q", got)
			}
		})
	}
}

// TestPlaintextBehindProxies: the client IP is Caddy's to tell, by the
// server's trusted proxies.
func TestPlaintextBehindProxies(t *testing.T) {
	trusting := newServer(t, "customer_gate\nrespond 201", "servers {\ntrusted_proxies static 10.0.0.0/8\n}")
	trustingNone := newServer(t, "customer_gate\nrespond 201")
	trustingSockets := newServer(t, "customer_gate\nrespond 201", "servers {\ntrusted_proxies_unix\n}")
	tests := map[string]struct {
		server            *server
		remote, forwarded string
		status            int
	}{
		"public client of a trusted proxy":       {trusting, "10.0.0.1:1", "203.0.113.9", 422},
		"private client of a trusted proxy":      {trusting, "10.0.0.1:1", "192.168.1.1", 201},
		"trusted proxy that names no client":     {trusting, "10.0.0.1:1", "", 201},
		"public peer that claims to be inside":   {trusting, "203.0.113.9:1", "192.168.1.1", 422},
		"nobody is trusted, private peer":        {trustingNone, "10.0.0.1:1", "", 201},
		"nobody is trusted, private proxy":       {trustingNone, "10.0.0.1:1", "203.0.113.9", 422},
		"nobody is trusted, private behind it":   {trustingNone, "10.0.0.1:1", "192.168.1.1", 422},
		"nobody is trusted, public peer":         {trustingNone, "203.0.113.9:1", "192.168.1.1", 422},
		"private client behind a trusted socket": {trustingSockets, "@", "192.168.1.1", 201},
		"public client behind a trusted socket":  {trustingSockets, "@", "203.0.113.9", 422},
		"socket that is not trusted":             {trustingNone, "@", "192.168.1.1", 422},
	}
	for _, name := range []string{"Forwarded", "Via", "X-Real-Ip", "Cf-Connecting-Ip", "True-Client-Ip"} {
		r := newRequest(validBody)
		r.RemoteAddr = "10.0.0.1:1"
		r.Header.Set(name, "203.0.113.9")
		if x := trustingNone.serve(r); x.Code != http.StatusUnprocessableEntity {
			t.Errorf("behind a proxy that says so by %s it is answered %d", name, x.Code)
		}
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRequest(validBody)
			r.RemoteAddr = test.remote
			if test.forwarded != "" {
				r.Header.Set("X-Forwarded-For", test.forwarded)
			}
			if x := test.server.serve(r); x.Code != test.status {
				t.Errorf("answered %d, want %d: %s", x.Code, test.status, x.Body)
			}
		})
	}
}

// TestPlaintextIgnoresZones: a zone names an interface of one machine and has
// no part in ranges.
func TestPlaintextIgnoresZones(t *testing.T) {
	policy, err := plaintext.Parse([]string{"fe80::/10"})
	if err != nil {
		t.Fatal(err)
	}
	vars := map[string]any{caddyhttp.ClientIPVarKey: "fe80::1%eth0"}
	r := newRequest("")
	if !policy.Allows(clientip.Sure(r.WithContext(context.WithValue(r.Context(), caddyhttp.VarsCtxKey, vars)))) {
		t.Error("the address is not in its range")
	}
}
