package keys

import (
	"crypto/rsa"
	"errors"
	"math/big"
	"slices"
	"sync"
	"testing"

	"github.com/customergate/customergate/caddymodule/engine"
	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

// raw is a key that does private operations alone.
type raw struct{ remote }

var errRaw = errors.New("raw")

func (raw) DecryptRaw([]byte) ([]byte, error) { return nil, errRaw }

func TestKeyRaw(t *testing.T) {
	e, _ := engine.Choose(engine.Go)
	threePrimes := &rsa.PrivateKey{PublicKey: keytest.Key(0).PublicKey, D: keytest.Key(0).D, Primes: append(slices.Clone(keytest.Key(0).Primes), big.NewInt(3))}
	var reported []error
	report := func(err error) { reported = append(reported, err) }

	private := keytest.Must[Key](t)(NewKey(keytest.Key(0)))
	first := private.Raw(e, report)
	result, err := first.DecryptRaw(make([]byte, 256))
	if err != nil || !slices.Equal(result, make([]byte, 256)) {
		t.Errorf("0 was decrypted to something else (%v)", err)
	}
	copied := private
	if copied.Raw(e, report) != first {
		t.Error("a copy of the key was readied again")
	}
	if _, err := keytest.Must[Key](t)(NewKey(raw{remote{&keytest.Key(0).PublicKey}})).Raw(e, report).DecryptRaw(nil); !errors.Is(err, errRaw) {
		t.Errorf("got %v, want what the key itself does", err)
	}
	if keytest.Must[Key](t)(NewKey(remote{&keytest.Key(0).PublicKey})).Raw(e, report) != nil {
		t.Error("a key that is elsewhere does private operations alone")
	}
	if len(reported) != 0 {
		t.Errorf("reported %v, want nothing", reported)
	}

	refused := keytest.Must[Key](t)(NewKey(threePrimes))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if refused.Raw(e, report) != nil {
				t.Error("a key of three primes was readied")
			}
		})
	}
	group.Wait()
	if len(reported) != 1 {
		t.Errorf("reported %v, want one trouble", reported)
	}
}
