package keysource

import (
	"errors"
	"testing"

	"github.com/customergate/customergate/caddymodule/keys"
)

type provider func() ([]keys.Key, error)

func (p provider) Keys(string) ([]keys.Key, error) { return p() }

// TestHasKeys: a ring without a key opens nothing, and a gate that decrypts nothing needs
// none.
func TestHasKeys(t *testing.T) {
	giving := func(found []keys.Key, err error) keys.Provider {
		return provider(func() ([]keys.Key, error) { return found, err })
	}
	for name, test := range map[string]struct {
		provider keys.Provider
		want     bool
	}{
		"a key":           {giving([]keys.Key{{ID: "kid"}}, nil), true},
		"an empty ring":   {giving(nil, nil), false},
		"no ring":         {giving(nil, errors.New("gone")), false},
		"nothing to open": {noKeys{}, true},
	} {
		if got := (&Source{Provider: test.provider}).HasKeys(); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
