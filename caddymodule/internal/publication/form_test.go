package publication

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/keys"
)

const (
	typeJWKSet = "application/jwk-set+json"
	typePEM    = "application/x-pem-file"
	typeBase64 = "text/plain; charset=us-ascii"
)

func TestForm(t *testing.T) {
	tests := map[string]struct {
		path   string
		accept []string
		want   string
	}{
		"JSON":                  {"/keys.json", nil, typeJWKSet},
		"JWKS":                  {"/.well-known/keys.jwks", nil, typeJWKSet},
		"PEM":                   {"/keys.pem", nil, typePEM},
		"Base64":                {"/keys.txt", nil, typeBase64},
		"suffix against Accept": {"/keys.pem", []string{"application/json"}, typePEM},
		"no Accept":             {"/keys", nil, typeJWKSet},
		"another name":          {"/.well-known/jwks.json", nil, typeJWKSet},
		"in a folder":           {"/acme/keys", nil, typeJWKSet},
		"JSON asked for":        {"/keys", []string{"application/json"}, typeJWKSet},
		"PEM asked for":         {"/keys", []string{"application/x-pem-file"}, typePEM},
		"text asked for":        {"/keys", []string{"text/plain;charset=utf-8"}, typeBase64},
		"nothing that there is": {"/keys", []string{"text/html"}, typeJWKSet},
	}
	current := testKey(t, 0)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var fields []string
			for _, value := range test.accept {
				fields = append(fields, "Accept", value)
			}
			answer, body := ask(t, nil, []keys.Key{current}, test.path, fields...)
			if got := answer.Header.Get("Content-Type"); got != test.want {
				t.Errorf("it is %s: %s, want %s", got, body, test.want)
			}
			negotiated := strings.HasSuffix(test.path, "/keys")
			if vary := answer.Header.Get("Vary"); (vary == "Accept") != negotiated {
				t.Errorf("Vary is %q", vary)
			}
			checkHolds(t, body, current)
		})
	}
}

// TestGivesOutTheKeyInUse: the JWK Set also has those that retire, no
// form has what is still to come.
func TestGivesOutTheKeyInUse(t *testing.T) {
	current, retiring, next := testKey(t, 0), testKey(t, 1), testKey(t, 2)
	current.NotBefore, current.NotAfter = now.Add(-time.Hour), now.Add(time.Hour)
	retiring.NotBefore, retiring.NotAfter = now.Add(-2*time.Hour), now.Add(time.Minute)
	next.NotBefore = now.Add(time.Minute)
	ring := []keys.Key{current, retiring, next}
	for _, path := range []string{"/keys.json", "/keys.pem", "/keys.txt"} {
		_, body := ask(t, nil, ring, path)
		checkHolds(t, body, current)
	}
	var set struct{ Keys []struct{ Kid string } }
	_, body := ask(t, nil, ring, "/keys")
	if err := json.Unmarshal([]byte(body), &set); err != nil {
		t.Fatal(err)
	}
	if len(set.Keys) != 2 || set.Keys[0].Kid != current.ID || set.Keys[1].Kid != retiring.ID {
		t.Errorf("the set is %s", body)
	}
}

// TestBase64IsOneLine: it can be pasted and decoded as it is.
func TestBase64IsOneLine(t *testing.T) {
	current := testKey(t, 0)
	_, body := ask(t, nil, []keys.Key{current}, "/keys.txt")
	if want, err := keys.PublicBase64(current.PublicKey()); err != nil || body != want {
		t.Errorf("it is %q", body)
	}
}

// TestKeepsThePrivateHalf looks for it in every spelling that a slip
// could give it.
func TestKeepsThePrivateHalf(t *testing.T) {
	ring := []keys.Key{testKey(t, 0), testKey(t, 1)}
	public := []string{"kty", "use", "alg", "kid", "n", "e", "nbf", "exp"}
	for _, path := range []string{"/keys.json", "/keys.pem", "/keys.txt"} {
		_, body := ask(t, nil, ring, path)
		searched := body + string(decodedForm(body))
		for i := range ring {
			key := privateKeys()[i]
			for name, number := range map[string]*big.Int{
				"d": key.D, "p": key.Primes[0], "q": key.Primes[1],
				"dp": key.Precomputed.Dp, "dq": key.Precomputed.Dq, "qi": key.Precomputed.Qinv,
			} {
				octets := number.Bytes()
				for _, spelling := range []string{
					string(octets), hex.EncodeToString(octets), number.String(),
					base64.RawStdEncoding.EncodeToString(octets), base64.RawURLEncoding.EncodeToString(octets),
				} {
					if strings.Contains(searched, spelling) {
						t.Errorf("%s of key %d is in %s", name, i, path)
					}
				}
			}
		}
		if path != "/keys.json" {
			continue
		}
		var set struct{ Keys []map[string]any }
		if err := json.Unmarshal([]byte(body), &set); err != nil {
			t.Fatal(err)
		}
		for _, key := range set.Keys {
			for member := range key {
				if !slices.Contains(public, member) {
					t.Errorf("the JWK has the member %s", member)
				}
			}
		}
	}
}

// decodedForm is the DER of PEM or Base64, nothing of another form.
func decodedForm(body string) []byte {
	if block, _ := pem.Decode([]byte(body)); block != nil {
		return block.Bytes
	}
	der, _ := base64.StdEncoding.DecodeString(body)
	return der
}
