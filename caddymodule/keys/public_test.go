package keys

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

// The key and thumbprint of RFC 7638, section 3.1.
const (
	rfc7638Modulus = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
	rfc7638ID      = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
)

func TestThumbprint(t *testing.T) {
	public := keytest.Must[*rsa.PublicKey](t)(ParsePublic([]byte(`{"kty":"RSA","n":"` + rfc7638Modulus + `","e":"AQAB"}`)))
	if got := keytest.Must[string](t)(thumbprint(public)); got != rfc7638ID {
		t.Errorf("got %s, want %s", got, rfc7638ID)
	}
}

func TestPublicFormsAreReadBack(t *testing.T) {
	public := &keytest.Key(0).PublicKey
	oneLine := keytest.Must[string](t)(PublicBase64(public))
	tests := map[string]string{
		"Base64":                oneLine,
		"Base64 on two lines":   oneLine[:100] + "\n  " + oneLine[100:] + "\n",
		"PEM":                   string(keytest.Must[[]byte](t)(PublicPEM(public))),
		"JWK":                   string(keytest.Must[[]byte](t)(PublicJWK(public))),
		"JWK with blanks":       "\n " + string(keytest.Must[[]byte](t)(PublicJWK(public))) + "\n",
		"PKCS #1 in PEM":        toPEM("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(public)),
		"JWK of the least":      `{"kty":"RSA","n":"` + base64url(public.N) + `","e":"AQAB"}`,
		"JWK with more members": `{"kty":"RSA","n":"` + base64url(public.N) + `","e":"AQAB","key_ops":["encrypt"],"x5t":"x"}`,
	}
	for name, input := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ParsePublic([]byte(input))
			if err != nil {
				t.Fatal(err)
			}
			if !got.Equal(public) {
				t.Error("another key came out")
			}
		})
	}
}

func base64url(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }

func TestPublicBase64IsOneLineOfSPKI(t *testing.T) {
	got := keytest.Must[string](t)(PublicBase64(&keytest.Key(0).PublicKey))
	der, err := base64.StdEncoding.Strict().DecodeString(got)
	if err != nil || strings.ContainsAny(got, "\r\n") {
		t.Fatalf("not one line of Base64: %v", err)
	}
	parsed := keytest.Must[any](t)(x509.ParsePKIXPublicKey(der))
	if !keytest.Key(0).PublicKey.Equal(parsed.(*rsa.PublicKey)) {
		t.Error("another key came out")
	}
}

func TestPublicJWK(t *testing.T) {
	key := keytest.Must[Key](t)(NewKey(keytest.Key(0)))
	var got map[string]string
	if err := json.Unmarshal(keytest.Must[[]byte](t)(PublicJWK(key.PublicKey())), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"kty": "RSA", "use": "enc", "alg": "RSA-OAEP-256", "kid": key.ID, "n": base64url(key.PublicKey().N), "e": "AQAB",
	}
	for member, value := range want {
		if got[member] != value {
			t.Errorf("%s is %q, want %q", member, got[member], value)
		}
	}
	if len(got) != len(want) {
		t.Errorf("it has %d members, want %d", len(got), len(want))
	}
}

func TestParsePublicRefuses(t *testing.T) {
	public := &keytest.Key(0).PublicKey
	good := keytest.Must[string](t)(PublicBase64(public))
	ecKey := keytest.Must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	ecPublic := keytest.Must[[]byte](t)(x509.MarshalPKIXPublicKey(ecKey.Public()))
	jwkOf := func(members string) string {
		return `{"kty":"RSA","n":"` + base64url(public.N) + `","e":"AQAB"` + members + `}`
	}

	const hint = "caddy customer-gate public-key --key FILE"
	tests := map[string]struct {
		input string
		says  []string
	}{
		"empty":                    {"", []string{"empty"}},
		"prose":                    {"the public key of the dashboard", []string{"neither PEM nor Base64"}},
		"cut off":                  {good[:200], []string{"no usable RSA public key", hint}},
		"bytes after the key":      {toBase64(append(keytest.Must[[]byte](t)(marshalSPKI(public)), 0)), []string{"bytes after"}},
		"two PEM blocks":           {strings.Repeat(string(keytest.Must[[]byte](t)(PublicPEM(public))), 2), []string{"2 PEM blocks"}},
		"private key in PEM":       {toPEM("PRIVATE KEY", pkcs8(t, keytest.Key(0))), []string{"private key", "must stay", hint}},
		"private key in PKCS #1":   {toBase64(x509.MarshalPKCS1PrivateKey(keytest.Key(0))), []string{"private key", hint}},
		"private key encrypted":    {legacyEncrypted(t), []string{"private key", hint}},
		"elliptic curve, private":  {toPEM("EC PRIVATE KEY", keytest.Must[[]byte](t)(x509.MarshalECPrivateKey(ecKey))), []string{"private key", hint}},
		"elliptic curve":           {toBase64(ecPublic), []string{"not an RSA"}},
		"SPKI of nothing":          {toBase64([]byte{0x30, 0x06, 0x30, 0x00, 0x03, 0x02, 0x00, 0x00}), []string{"no usable RSA public key"}},
		"PKCS #1 without sense":    {toBase64([]byte{0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00}), []string{"no usable RSA public key"}},
		"certificate":              {certificatePEM(t), []string{"certificate", "openssl x509"}},
		"1024 bits":                {toBase64(keytest.Must[[]byte](t)(x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: oddOfBits(1024), E: 65537}))), []string{"1024 bits"}},
		"exponent 3":               {toBase64(keytest.Must[[]byte](t)(x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: public.N, E: 3}))), []string{"exponent"}},
		"private JWK":              {jwkOf(`,"d":"AQAB"`), []string{"private key", hint}},
		"JWK for signatures":       {jwkOf(`,"use":"sig"`), []string{"not for encryption"}},
		"JWK for OAEP with SHA-1":  {jwkOf(`,"alg":"RSA-OAEP"`), []string{"RSA-OAEP-256"}},
		"JWK with a doubled n":     {jwkOf(`,"n":"AQAB"`), []string{"not the JSON"}},
		"JWK of an elliptic curve": {`{"kty":"EC","crv":"P-256","x":"","y":""}`, []string{"not an RSA"}},
		"JWK without n":            {`{"kty":"RSA","e":"AQAB"}`, []string{"n or e"}},
		"JWK with a padded e":      {`{"kty":"RSA","n":"` + base64url(public.N) + `","e":"AQ=="}`, []string{"n or e"}},
		"JWK with an e of 65 bits": {`{"kty":"RSA","n":"` + base64url(public.N) + `","e":"AQAAAAAAAQAB"}`, []string{"exponent"}},
		"JWK of 1024 bits":         {`{"kty":"RSA","n":"` + base64url(oddOfBits(1024)) + `","e":"AQAB"}`, []string{"1024 bits"}},
		"JWK cut off":              {jwkOf("")[:300], []string{"not the JSON"}},
		"JWK with a number for n":  {`{"kty":"RSA","n":1,"e":"AQAB"}`, []string{"not the JSON"}},
		"two JWKs":                 {jwkOf("") + jwkOf(""), []string{"not the JSON"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := ParsePublic([]byte(test.input))
			keytest.CheckRefusal(t, err, test.input, test.says...)
		})
	}
}

func TestPublicFormsRefuseUnusableKeys(t *testing.T) {
	for name, public := range map[string]*rsa.PublicKey{
		"no modulus": {E: 65537},
		"too small":  {N: oddOfBits(1024), E: 65537},
		"exponent 0": {N: oddOfBits(2048)},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := PublicBase64(public); err == nil {
				t.Error("Base64 was made")
			}
			if _, err := PublicPEM(public); err == nil {
				t.Error("PEM was made")
			}
			if _, err := PublicJWK(public); err == nil {
				t.Error("a JWK was made")
			}
		})
	}
}

func FuzzParsePublic(f *testing.F) {
	public := &keytest.Key(0).PublicKey
	f.Add([]byte(keytest.Must[string](f)(PublicBase64(public))))
	f.Add(keytest.Must[[]byte](f)(PublicPEM(public)))
	f.Add(keytest.Must[[]byte](f)(PublicJWK(public)))
	f.Add([]byte(toBase64(x509.MarshalPKCS1PublicKey(public))))
	f.Add([]byte(`{"kty":"RSA","n":"","e":"AQAB"}`))
	f.Add([]byte(`{"keys":[` + string(keytest.Must[[]byte](f)(PublicJWK(public))) + `]}`))
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		parsed, err := ParsePublic(data)
		if err != nil {
			return
		}
		for _, form := range [][]byte{
			[]byte(keytest.Must[string](t)(PublicBase64(parsed))),
			keytest.Must[[]byte](t)(PublicPEM(parsed)),
			keytest.Must[[]byte](t)(PublicJWK(parsed)),
		} {
			again, err := ParsePublic(form)
			if err != nil || !again.Equal(parsed) {
				t.Fatalf("the key does not survive writing: %v", err)
			}
		}
	})
}
