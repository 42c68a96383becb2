package caddymodule

import (
	"crypto"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// clients gives each test addresses of its own: failures are counted for the whole
// process.
var clients atomic.Int32

func newClient() string {
	n := clients.Add(1)
	return fmt.Sprintf("10.77.%d.%d:4567", n/256, n%256)
}

// newLogin is a valid request to log in, from an address.
func newLogin(client, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPut, "/securitymanagement/login", strings.NewReader(body))
	r.RemoteAddr = client
	r.Header = http.Header{"Content-Type": {"application/json"}, "Platform": {"fincode"}, "Uuid": {"200"}}
	return r
}

func loginBody(email, password string) string {
	return `{"email":"` + email + `","currentPassword":"` + password + `"}`
}

func TestLogin(t *testing.T) {
	g := newRigOf(t, "login", nil)
	for name, c := range map[string]struct{ sent, forwarded string }{
		"raw":                         {loginBody("ada@example.com", "x"), loginBody("ada@example.com", "x")},
		"encrypted":                   {loginBody("ada@example.com", encrypt(t, "x", crypto.SHA256)), loginBody("ada@example.com", "x")},
		"encrypted, and said so":      {`{"payloadEncrypted":true,` + loginBody("ada@example.com", encrypt(t, "x", crypto.SHA1))[1:], `{"email":"ada@example.com","currentPassword":"x","payloadEncrypted":false}`},
		"address as no rule has it":   {loginBody(`Ada..L\"@localhost`, "x"), loginBody(`Ada..L\"@localhost`, "x")},
		"address of another alphabet": {loginBody("ада@пример.рф", "пароль"), loginBody("ада@пример.рф", "пароль")},
	} {
		t.Run(name, func(t *testing.T) { g.serve(newLogin(newClient(), c.sent)).checkForwarded(t, c.forwarded) })
	}
	for name, c := range map[string]struct {
		sent string
		want []string
	}{
		"nothing":             {`{}`, []string{"/email required", "/currentPassword required"}},
		"no address":          {loginBody("ada", "x"), []string{"/email email_format"}},
		"blank around it":     {loginBody("ada@example.com ", "x"), []string{"/email email_format"}},
		"long address":        {loginBody(strings.Repeat("a", 255)+"@b.c", "x"), []string{"/email email_too_long"}},
		"another's member":    {`{"password":"x",` + loginBody("ada@example.com", "x")[1:], []string{"/password unknown_field"}},
		"not what it says":    {`{"payloadEncrypted":true,` + loginBody("ada@example.com", "x")[1:], []string{"/currentPassword password_undecryptable"}},
		"an empty ciphertext": {loginBody("ada@example.com", encrypt(t, "", crypto.SHA256)), []string{"/currentPassword required"}},
	} {
		t.Run(name, func(t *testing.T) {
			x := g.serve(newLogin(newClient(), c.sent))
			x.checkRefused(t, http.StatusUnprocessableEntity, codeValidationError)
			if got := x.details(t); !slices.Equal(got, c.want) {
				t.Errorf("details %q, want %q", got, c.want)
			}
		})
	}
}

// TestLoginAttempts: past the limit nothing goes on, from the address and for the
// account.
func TestLoginAttempts(t *testing.T) {
	for name, c := range map[string]struct {
		next    caddyhttp.HandlerFunc
		counted bool
	}{
		"401":               {answering(401, "{}"), true},
		"403":               {answering(403, "{}"), true},
		"401 of a handler":  {func(http.ResponseWriter, *http.Request) error { return caddyhttp.Error(401, errors.New("no")) }, true},
		"200":               {answering(200, "{}"), false},
		"400":               {answering(400, "{}"), false},
		"500":               {answering(500, "{}"), false},
		"no answer":         {func(http.ResponseWriter, *http.Request) error { return nil }, false},
		"a handler's error": {func(http.ResponseWriter, *http.Request) error { return errors.New("gone") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			g := newRigOf(t, "login", map[string]any{"attempts": map[string]any{"count": 2, "window": "1h"}})
			g.next = c.next
			client, account := newClient(), strings.ReplaceAll(name, " ", "")+"@example.com"
			for range 2 {
				if x := g.serve(newLogin(client, loginBody(account, "x"))); x.forwarded == nil {
					t.Fatalf("refused with %d", x.answer.Code)
				}
			}
			for name, third := range map[string]*http.Request{
				"address": newLogin(client, loginBody("somebody.else@example.com", "x")),
				"account": newLogin(newClient(), loginBody(strings.ToUpper(account), encrypt(t, "x", crypto.SHA256))),
			} {
				x := g.serve(third)
				if !c.counted {
					if x.forwarded == nil {
						t.Errorf("%s: refused with %d", name, x.answer.Code)
					}
					continue
				}
				x.checkRefused(t, http.StatusTooManyRequests, codeTooManyAttempts)
				if got := x.answer.Header().Get("Retry-After"); got != "3600" {
					t.Errorf("%s: Retry-After is %q", name, got)
				}
				if x.answer.Body.String() == "" || strings.Contains(strings.ToLower(x.answer.Body.String()), "account") {
					t.Errorf("%s: answered %s", name, x.answer.Body)
				}
			}
			if x := g.serve(newLogin(newClient(), loginBody("other."+account, "x"))); x.forwarded == nil {
				t.Errorf("others are refused with %d", x.answer.Code)
			}
		})
	}
}

// TestLoginSuccess makes the account free again.
func TestLoginSuccess(t *testing.T) {
	g := newRigOf(t, "login", map[string]any{"attempts": map[string]any{"count": 2}})
	for range 3 {
		g.next = answering(401, "{}")
		g.serve(newLogin(newClient(), loginBody("success@example.com", "wrong")))
		g.next = answering(200, "{}")
		if x := g.serve(newLogin(newClient(), loginBody("success@example.com", "right"))); x.forwarded == nil {
			t.Fatalf("refused with %d", x.answer.Code)
		}
	}
}

// TestLoginRefusedIsNoAttempt: what does not go on tries nothing, and a handler that
// panics, as reverse_proxy does when a client goes away, leaves nothing behind.
func TestLoginRefusedIsNoAttempt(t *testing.T) {
	g := newRigOf(t, "login", map[string]any{"attempts": map[string]any{"count": 1}})
	client := newClient()
	g.serve(newLogin(client, loginBody("none", "x"))).checkRefused(t, http.StatusUnprocessableEntity, codeValidationError)
	g.next = func(http.ResponseWriter, *http.Request) error { panic(http.ErrAbortHandler) }
	func() {
		defer func() { _ = recover() }()
		g.serve(newLogin(client, loginBody("panic@example.com", "x")))
	}()
	g.next = nil
	g.serve(newLogin(client, loginBody("panic@example.com", "x"))).checkForwarded(t, loginBody("panic@example.com", "x"))
}

func TestLoginWithoutLimit(t *testing.T) {
	g := newRigOf(t, "login", map[string]any{"attempts": map[string]any{"count": 0}})
	g.next = answering(401, "{}")
	client := newClient()
	for range 50 {
		if x := g.serve(newLogin(client, loginBody("off@example.com", "x"))); x.forwarded == nil {
			t.Fatalf("refused with %d", x.answer.Code)
		}
	}
}
