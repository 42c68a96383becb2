package keys

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"testing"

	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

func toPEM(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}

func toBase64(der []byte) string { return base64.StdEncoding.EncodeToString(der) }

func pkcs8(t testing.TB, key any) []byte {
	t.Helper()
	return keytest.Must[[]byte](t)(x509.MarshalPKCS8PrivateKey(key))
}

// privateNumbers is an RSAPrivateKey (RFC 8017, A.1.2) that a test can spoil.
type privateNumbers struct {
	Version              int
	N, E, D, P, Q        *big.Int
	ExpP, ExpQ, Coef     *big.Int
	AdditionalPrimeInfos []additionalPrime `asn1:"optional,omitempty"`
}

type additionalPrime struct{ Prime, Exponent, Coefficient *big.Int }

// spoiled returns the DER of a good key after change has been at its numbers.
func spoiled(t testing.TB, change func(*privateNumbers)) []byte {
	t.Helper()
	key := keytest.Key(0)
	numbers := privateNumbers{
		N: key.N, E: big.NewInt(int64(key.E)), D: key.D, P: key.Primes[0], Q: key.Primes[1],
		ExpP: key.Precomputed.Dp, ExpQ: key.Precomputed.Dq, Coef: key.Precomputed.Qinv,
	}
	change(&numbers)
	return keytest.Must[[]byte](t)(asn1.Marshal(numbers))
}

// oddOfBits returns an odd number of so many bits.
func oddOfBits(bits int) *big.Int {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	return n.SetBit(n, 0, 1)
}
