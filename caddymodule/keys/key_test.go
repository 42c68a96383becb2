package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"testing"

	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

// remote is a key of which only the public half is at hand.
type remote struct{ public crypto.PublicKey }

func (r remote) Public() crypto.PublicKey { return r.public }

func (remote) Decrypt(io.Reader, []byte, crypto.DecrypterOpts) ([]byte, error) {
	panic("not used")
}

func TestNewKey(t *testing.T) {
	key := keytest.Must[Key](t)(NewKey(remote{&keytest.Key(0).PublicKey}))
	if !key.PublicKey().Equal(&keytest.Key(0).PublicKey) {
		t.Error("PublicKey returns another key")
	}
	if want := keytest.Must[string](t)(thumbprint(&keytest.Key(0).PublicKey)); key.ID != want {
		t.Errorf("the ID is %s, want %s", key.ID, want)
	}
}

func TestNewKeyRefuses(t *testing.T) {
	ecKey := keytest.Must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	for name, public := range map[string]crypto.PublicKey{
		"elliptic curve": ecKey.Public(),
		"nothing":        nil,
		"1024 bits":      &rsa.PublicKey{N: oddOfBits(1024), E: 65537},
		"exponent 3":     &rsa.PublicKey{N: oddOfBits(2048), E: 3},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := NewKey(remote{public}); err == nil {
				t.Error("it was accepted")
			}
		})
	}
}

func TestGenerate(t *testing.T) {
	key := keytest.Must[*rsa.PrivateKey](t)(Generate(2056))
	if bits := key.N.BitLen(); bits != 2056 {
		t.Errorf("it has %d bits, want 2056", bits)
	}
	for _, bits := range []int{-1, 0, 1024, 2047, 8193} {
		if _, err := Generate(bits); err == nil {
			t.Errorf("%d bits are accepted", bits)
		}
	}
}
