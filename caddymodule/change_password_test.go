package caddymodule

import (
	"crypto"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/keys"
)

// newChange is a valid request to change a password, from a public address, with
// another body.
func newChange(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPut, "/securitymanagement/change-password", strings.NewReader(body))
	r.RemoteAddr = "203.0.113.9:4567"
	r.Header = http.Header{"Content-Type": {"application/json"}, "Platform": {"fincode"}, "Uuid": {"200"}, "X-Auth-Token": {authToken}}
	return r
}

// newRigOf is newRig before another endpoint.
func newRigOf(t testing.TB, endpoint string, options map[string]any) *rig {
	t.Helper()
	options = maps.Clone(options)
	if options == nil {
		options = map[string]any{}
	}
	options["endpoint"] = endpoint
	return newRig(t, options)
}

// TestChangePassword: the upstream gets the shape that the client has sent.
func TestChangePassword(t *testing.T) {
	old, sealedOld, sealedNew := "old", encrypt(t, "old", crypto.SHA256), encrypt(t, password, crypto.SHA1)
	g := newRigOf(t, "change_password", map[string]any{"plaintext": []string{"203.0.113.9/32"}})
	for name, c := range map[string]struct{ sent, forwarded string }{
		"raw": {`{"newPassword":"` + password + `","currentPassword":"` + old + `"}`,
			`{"currentPassword":"old","newPassword":"` + password + `"}`},
		"raw, and said so": {`{"currentPassword":"old","newPassword":"` + password + `","payloadEncrypted":false}`,
			`{"currentPassword":"old","newPassword":"` + password + `","payloadEncrypted":false}`},
		"encrypted": {`{"currentPassword":"` + sealedOld + `","newPassword":"` + sealedNew + `"}`,
			`{"currentPassword":"old","newPassword":"` + password + `"}`},
		"encrypted, and said so": {`{"payloadEncrypted":true,"currentPassword":"` + sealedOld + `","newPassword":"` + sealedNew + `"}`,
			`{"currentPassword":"old","newPassword":"` + password + `","payloadEncrypted":false}`},
		"one of each": {`{"currentPassword":"old","newPassword":"` + sealedNew + `","payloadEncrypted":null}`,
			`{"currentPassword":"old","newPassword":"` + password + `"}`},
		"a current password that no rule would let pass": {`{"currentPassword":" ","newPassword":"` + password + `"}`,
			`{"currentPassword":" ","newPassword":"` + password + `"}`},
	} {
		t.Run(name, func(t *testing.T) { g.serve(newChange(c.sent)).checkForwarded(t, c.forwarded) })
	}
}

func TestChangePasswordRefused(t *testing.T) {
	sealed := encrypt(t, password, crypto.SHA256)
	// Such as an app has that has not heard yet of the key in place of the one it used.
	greater := base64.StdEncoding.EncodeToString(slices.Repeat([]byte{0xFF}, 256))
	for name, c := range map[string]struct {
		plaintext, body string
		want            []string
	}{
		"raw, which it may not be": {"deny", `{"currentPassword":"old","newPassword":"` + password + `"}`,
			[]string{"/currentPassword plaintext_not_allowed", "/newPassword plaintext_not_allowed"}},
		"raw, which it may not be, and said so": {"deny", `{"payloadEncrypted":false,"currentPassword":"old","newPassword":"` + password + `"}`,
			[]string{"/payloadEncrypted plaintext_not_allowed"}},
		"one raw": {"deny", `{"currentPassword":"old","newPassword":"` + sealed + `"}`,
			[]string{"/currentPassword plaintext_not_allowed"}},
		"ciphertext of a greater key": {"deny", `{"currentPassword":"` + greater + `","newPassword":"` + sealed + `"}`,
			[]string{"/currentPassword password_undecryptable"}},
		"ciphertext of a greater key, where raw ones pass": {"allow", `{"currentPassword":"old","newPassword":"` + greater + `"}`,
			[]string{"/newPassword password_undecryptable"}},
		"raw and a little longer than a ciphertext": {"allow", `{"currentPassword":"old","newPassword":"` + greater + `/"}`,
			[]string{"/newPassword password_too_long", "/newPassword password_uppercase", "/newPassword password_digit", "/newPassword password_special", "/newPassword password_common"}},
		"ciphertext of another text": {"allow", `{"currentPassword":"old","newPassword":"` + base64.StdEncoding.EncodeToString(make([]byte, 256)) + `"}`,
			[]string{"/newPassword password_undecryptable"}},
		"unchanged":               {"allow", `{"currentPassword":"` + password + `","newPassword":"` + sealed + `"}`, []string{"/newPassword password_unchanged"}},
		"weak":                    {"allow", `{"currentPassword":"old","newPassword":"Summer2025!"}`, []string{"/newPassword password_common"}},
		"nothing":                 {"allow", `{}`, []string{"/currentPassword required", "/newPassword required"}},
		"flag of another type":    {"allow", `{"payloadEncrypted":"true","currentPassword":"old","newPassword":"x"}`, []string{"/payloadEncrypted type"}},
		"member of a login":       {"allow", `{"email":"ada@example.com","currentPassword":"old","newPassword":"` + password + `"}`, []string{"/email unknown_field"}},
		"password of new clients": {"allow", `{"password":"x","currentPassword":"old","newPassword":"` + password + `"}`, []string{"/password unknown_field"}},
	} {
		t.Run(name, func(t *testing.T) {
			x := newRigOf(t, "change_password", map[string]any{"plaintext": []string{c.plaintext}}).serve(newChange(c.body))
			x.checkRefused(t, http.StatusUnprocessableEntity, codeValidationError)
			if got := x.details(t); !slices.Equal(got, c.want) {
				t.Errorf("details %q, want %q", got, c.want)
			}
		})
	}
	t.Run("no token", func(t *testing.T) {
		r := newChange(`{"currentPassword":"old","newPassword":"` + password + `"}`)
		r.Header.Del("X-Auth-Token")
		newRigOf(t, "change_password", nil).serve(r).checkRefused(t, http.StatusBadRequest, codeInvalidHeader)
	})
}

// TestChangePasswordWithoutKeys: what nobody can tell to be a ciphertext is not taken
// for a raw password.
func TestChangePasswordWithoutKeys(t *testing.T) {
	g := newRigOf(t, "change_password", map[string]any{"plaintext": []string{"allow"}})
	g.source.Provider = provider(func() ([]keys.Key, error) { return nil, errors.New("no storage") })
	g.serve(newChange(`{"currentPassword":"old","newPassword":"`+password+`"}`)).checkRefused(t, http.StatusServiceUnavailable, codeServiceUnavailable)
	g.serve(newChange(`{"currentPassword":"old","newPassword":"`+password+`","payloadEncrypted":false}`)).
		checkForwarded(t, `{"currentPassword":"old","newPassword":"`+password+`","payloadEncrypted":false}`)
}
