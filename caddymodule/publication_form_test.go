package caddymodule

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
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

func TestPublisherForm(t *testing.T) {
	tests := map[string]struct {
		path   string
		accept []string
		want   string
	}{
		"JSON":                             {"/keys.json", nil, typeJWKSet},
		"JWKS":                             {"/.well-known/keys.jwks", nil, typeJWKSet},
		"PEM":                              {"/keys.pem", nil, typePEM},
		"Base64":                           {"/keys.txt", nil, typeBase64},
		"suffix against Accept":            {"/keys.pem", []string{"application/json"}, typePEM},
		"no Accept":                        {"/keys", nil, typeJWKSet},
		"another name":                     {"/.well-known/jwks.json", nil, typeJWKSet},
		"in a folder":                      {"/acme/keys", nil, typeJWKSet},
		"anything":                         {"/keys", []string{"*/*"}, typeJWKSet},
		"JSON asked for":                   {"/keys", []string{"application/json"}, typeJWKSet},
		"JWK Set asked for":                {"/keys", []string{"application/jwk-set+json"}, typeJWKSet},
		"PEM asked for":                    {"/keys", []string{"application/x-pem-file"}, typePEM},
		"text asked for":                   {"/keys", []string{"text/plain;charset=utf-8"}, typeBase64},
		"any text":                         {"/keys", []string{"text/*"}, typeBase64},
		"any application":                  {"/keys", []string{"application/*"}, typeJWKSet},
		"in another case":                  {"/keys", []string{"Text/Plain"}, typeBase64},
		"what axios sends":                 {"/keys", []string{"application/json, text/plain, */*"}, typeJWKSet},
		"what a browser sends":             {"/keys", []string{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}, typeJWKSet},
		"named beside anything":            {"/keys", []string{"application/x-pem-file, */*"}, typePEM},
		"named less than anything":         {"/keys", []string{"application/x-pem-file;q=0.5, */*"}, typeJWKSet},
		"liked more":                       {"/keys", []string{"application/json;q=0.5, text/plain;q=0.7, application/x-pem-file;q=0.6"}, typeBase64},
		"on several lines":                 {"/keys", []string{"application/json;q=0.1", "application/x-pem-file"}, typePEM},
		"refused":                          {"/keys", []string{"application/jwk-set+json;q=0, application/json;q=0, */*"}, typePEM},
		"kind refused":                     {"/keys", []string{"application/*;q=0, */*"}, typeBase64},
		"only another refused":             {"/keys", []string{"application/x-pem-file;q=0, application/*;q=0.5"}, typeJWKSet},
		"nothing that there is":            {"/keys", []string{"text/html"}, typeJWKSet},
		"nothing at all":                   {"/keys", []string{"*/*;q=0"}, typeJWKSet},
		"not an Accept":                    {"/keys", []string{";;;,text"}, typeJWKSet},
		"quality that cannot be read":      {"/keys", []string{"text/plain;q=x, application/x-pem-file;q=0.1"}, typePEM},
		"quality that is not a number":     {"/keys", []string{"text/plain;q=NaN, application/x-pem-file;q=0.1"}, typePEM},
		"a range that looks like a prefix": {"/keys", []string{"application/x*, text/plain;q=0.1"}, typeBase64},
	}
	server := newPublisherRig(t, ring(testKeyAt(t, "acme", 0, 0)))
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var fields []string
			for _, value := range test.accept {
				fields = append(fields, "Accept", value)
			}
			answer, body := server.ask(t, http.MethodGet, test.path, fields...)
			if got := answer.Header.Get("Content-Type"); got != test.want || answer.StatusCode != http.StatusOK {
				t.Errorf("answered %d %s: %s, want %s", answer.StatusCode, got, body, test.want)
			}
			negotiated := strings.HasSuffix(test.path, "/keys")
			if vary := answer.Header.Get("Vary"); (vary == "Accept") != negotiated {
				t.Errorf("Vary is %q", vary)
			}
			checkHolds(t, body, tenantKeys()["acme"])
		})
	}
}

// checkHolds wants one of the forms, with a key that can be read back.
func checkHolds(t *testing.T, body string, key *rsa.PrivateKey) {
	t.Helper()
	if public, err := keys.ParsePublic([]byte(body)); err != nil || !public.Equal(&key.PublicKey) {
		t.Errorf("another key, or none (%v), is in %s", err, body)
	}
}

// TestPublisherGivesOutTheKeyInUse: the JWK Set also has those that retire, no
// form has what is still to come.
func TestPublisherGivesOutTheKeyInUse(t *testing.T) {
	server := newPublisherRig(t, ring(
		testKeyAt(t, "acme", -time.Hour, time.Hour),
		testKeyAt(t, "globex", -2*time.Hour, time.Minute),
		testKeyAt(t, "software", time.Minute, 0),
	))
	for _, path := range []string{"/keys.json", "/keys.pem", "/keys.txt"} {
		_, body := server.ask(t, http.MethodGet, path)
		checkHolds(t, body, tenantKeys()["acme"])
	}
	var set struct{ Keys []struct{ Kid string } }
	_, body := server.ask(t, http.MethodGet, "/keys")
	if err := json.Unmarshal([]byte(body), &set); err != nil {
		t.Fatal(err)
	}
	if len(set.Keys) != 2 || set.Keys[0].Kid != testKeyAt(t, "acme", 0, 0).ID || set.Keys[1].Kid != testKeyAt(t, "globex", 0, 0).ID {
		t.Errorf("the set is %s", body)
	}
}

// TestPublisherGivesOutNoKeyThatIsNotTried: a client that used it would fail.
func TestPublisherGivesOutNoKeyThatIsNotTried(t *testing.T) {
	var all []keys.Key
	for _, tenant := range tenants {
		all = append(all, testKeyAt(t, tenant, 0, 0))
	}
	_, body := newPublisherRig(t, ring(all...)).ask(t, http.MethodGet, "/keys")
	for i, key := range all {
		if published := strings.Contains(body, key.ID); published != (i < keys.MaxKeys) {
			t.Errorf("key %d is published: %t", i, published)
		}
	}
}

// TestPublisherBase64IsOneLine: it can be pasted and decoded as it is.
func TestPublisherBase64IsOneLine(t *testing.T) {
	server := newPublisherRig(t, ring(testKeyAt(t, "acme", 0, 0)))
	_, body := server.ask(t, http.MethodGet, "/keys.txt")
	if want, err := keys.PublicBase64(&tenantKeys()["acme"].PublicKey); err != nil || body != want {
		t.Errorf("it is %q", body)
	}
}

// TestPublisherKeepsThePrivateHalf looks for it in every spelling that a slip
// could give it.
func TestPublisherKeepsThePrivateHalf(t *testing.T) {
	server := newPublisherRig(t, ring(testKeyAt(t, "acme", 0, 0), testKeyAt(t, "globex", 0, 0)))
	public := []string{"kty", "use", "alg", "kid", "n", "e", "nbf", "exp"}
	for _, path := range []string{"/keys.json", "/keys.pem", "/keys.txt"} {
		_, body := server.ask(t, http.MethodGet, path)
		searched := body + string(decodedForm(body))
		for _, tenant := range []string{"acme", "globex"} {
			key := tenantKeys()[tenant]
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
						t.Errorf("%s of %s is in %s", name, tenant, path)
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
