package keys

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
)

// A publishedJWK says from when until when clients may encrypt with a key, in
// seconds since 1970. It does so with the names and the form of the claims of
// RFC 7519, section 4.1: RFC 7517 has none, and lets members be added.
type publishedJWK struct {
	jwk
	NotBefore int64 `json:"nbf,omitzero"`
	NotAfter  int64 `json:"exp,omitzero"`
}

// PublicJWKSet returns what clients may know at a time of the keys that a
// Provider gave, as a JWK Set (RFC 7517, section 5): the public half of the key
// to encrypt with, then those of the keys that retire. Keys that are still to
// come into use are left out.
//
// NotBefore and NotAfter are the members nbf and exp, where they are known. A
// NotAfter that the key in use has outlived is not told: the key decrypts, and
// is the one to use.
func PublicJWKSet(ring []Key, now time.Time) ([]byte, error) {
	set := struct {
		Keys []publishedJWK `json:"keys"`
	}{make([]publishedJWK, 0, len(ring))}
	for i, key := range ring {
		state := StateOf(ring, i, now)
		outlived := !key.NotAfter.IsZero() && !key.NotAfter.After(now)
		if state == Next || state == Retiring && outlived {
			continue
		}
		if key.PublicKey() == nil {
			return nil, fmt.Errorf("the key with the kid %q was not made with NewKey", key.ID)
		}
		published := publishedJWK{jwk: newJWK(key.PublicKey(), key.ID)}
		if !key.NotBefore.IsZero() {
			published.NotBefore = key.NotBefore.Unix()
		}
		if !key.NotAfter.IsZero() && !outlived {
			published.NotAfter = key.NotAfter.Unix()
		}
		set.Keys = append(set.Keys, published)
	}
	if len(set.Keys) == 0 {
		return nil, errors.New("there is no key to publish")
	}
	return json.Marshal(set)
}
