package keys

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

// jwkMembers are those of a JWK in a set.
type jwkMembers map[string]any

func readJWKSet(t *testing.T, text []byte) []jwkMembers {
	t.Helper()
	var set struct {
		Keys []jwkMembers `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		t.Fatal(err)
	}
	return set.Keys
}

func TestPublicJWKSet(t *testing.T) {
	now := time.Date(2026, 5, 6, 7, 8, 9, 987654321, time.UTC)
	hour := time.Hour
	planned := func(notBefore, notAfter *time.Duration) Key {
		key := keytest.Must[Key](t)(NewKey(keytest.Key(0)))
		if notBefore != nil {
			key.NotBefore = now.Add(*notBefore)
		}
		if notAfter != nil {
			key.NotAfter = now.Add(*notAfter)
		}
		return key
	}
	at := func(d time.Duration) *time.Duration { return &d }
	noted := func(d time.Duration) any { return float64(now.Add(d).Unix()) }
	current := planned(nil, nil)
	tests := map[string]struct {
		ring []Key
		want []jwkMembers // nbf and exp of each
	}{
		"no plan":                    {[]Key{current}, []jwkMembers{{}}},
		"planned":                    {[]Key{planned(at(-hour), at(hour))}, []jwkMembers{{"nbf": noted(-hour), "exp": noted(hour)}}},
		"in use since ever":          {[]Key{planned(nil, at(hour))}, []jwkMembers{{"exp": noted(hour)}}},
		"plan not carried out":       {[]Key{planned(at(-hour), at(-time.Second))}, []jwkMembers{{"nbf": noted(-hour)}}},
		"in use by another's clock":  {[]Key{planned(at(hour), nil)}, []jwkMembers{{"nbf": noted(hour)}}},
		"retiring":                   {[]Key{current, planned(at(-hour), at(hour))}, []jwkMembers{{}, {"nbf": noted(-hour), "exp": noted(hour)}}},
		"retiring without an end":    {[]Key{current, planned(nil, nil)}, []jwkMembers{{}, {}}},
		"retired":                    {[]Key{current, planned(nil, at(0))}, []jwkMembers{{}}},
		"next":                       {[]Key{current, planned(at(time.Second), nil)}, []jwkMembers{{}}},
		"next that has come, behind": {[]Key{current, planned(at(0), nil)}, []jwkMembers{{}, {"nbf": noted(0)}}},
		"retiring and next":          {[]Key{current, planned(nil, at(hour)), planned(at(hour), nil)}, []jwkMembers{{}, {"exp": noted(hour)}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := readJWKSet(t, keytest.Must[[]byte](t)(PublicJWKSet(test.ring, now)))
			if len(got) != len(test.want) {
				t.Fatalf("it has %d keys, want %d", len(got), len(test.want))
			}
			for i, want := range test.want {
				maps.Copy(want, jwkMembers{
					"kty": "RSA", "use": "enc", "alg": "RSA-OAEP-256", "kid": current.ID, "n": base64url(keytest.Key(0).N), "e": "AQAB",
				})
				for member, value := range got[i] {
					if want[member] != value {
						t.Errorf("%s of key %d is %v, want %v", member, i, value, want[member])
					}
				}
				if len(got[i]) != len(want) {
					t.Errorf("key %d is %v, want %v", i, got[i], want)
				}
			}
		})
	}
}

func TestPublicJWKSetFails(t *testing.T) {
	good := keytest.Must[Key](t)(NewKey(keytest.Key(0)))
	for name, test := range map[string]struct {
		ring []Key
		says string
	}{
		"no keys":                   {nil, "no key"},
		"key made by hand":          {[]Key{{ID: "k1", Decrypter: keytest.Key(0)}}, `"k1" was not made with NewKey`},
		"retiring key made by hand": {[]Key{good, {ID: "k2"}}, `"k2" was not made with NewKey`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := PublicJWKSet(test.ring, time.Now())
			keytest.CheckRefusal(t, err, "", test.says)
		})
	}
}

// TestParsePublicJWKSet: a client that fetched all keys encrypts with the one
// in use.
func TestParsePublicJWKSet(t *testing.T) {
	ring := []Key{keytest.Must[Key](t)(NewKey(keytest.Key(0))), keytest.Must[Key](t)(NewKey(keytest.Key(1)))}
	for range ring {
		set := keytest.Must[[]byte](t)(PublicJWKSet(ring, time.Now()))
		if got, err := ParsePublic(set); err != nil || !got.Equal(ring[0].PublicKey()) {
			t.Errorf("it is not the first key: %v", err)
		}
		slices.Reverse(ring)
	}
}

func TestParsePublicRefusesJWKSets(t *testing.T) {
	good := string(keytest.Must[[]byte](t)(PublicJWK(&keytest.Key(0).PublicKey)))
	private := strings.Replace(good, "{", `{"d":"AQAB",`, 1)
	for name, test := range map[string]struct{ input, says string }{
		"empty":                    {`{"keys":[]}`, "no key in it"},
		"first is for signatures":  {`{"keys":[` + strings.Replace(good, `"enc"`, `"sig"`, 1) + `,` + good + `]}`, "not for encryption"},
		"first is private":         {`{"keys":[` + private + `]}`, "private key"},
		"second is private":        {`{"keys":[` + good + `,` + private + `]}`, "private key"},
		"not a list":               {`{"keys":` + good + `}`, "not the JSON"},
		"a list of something else": {`{"keys":["` + base64url(keytest.Key(0).N) + `"]}`, "not the JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParsePublic([]byte(test.input))
			keytest.CheckRefusal(t, err, test.input, test.says)
		})
	}
}
