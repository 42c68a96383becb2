package keys

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// The keys of the tests, each made when it is first asked for.
var (
	key2048 = sync.OnceValue(func() *rsa.PrivateKey { return mustGenerate(2048) })
	other   = sync.OnceValue(func() *rsa.PrivateKey { return mustGenerate(2048) })
)

func mustGenerate(bits int) *rsa.PrivateKey {
	key, err := Generate(bits)
	if err != nil {
		panic(err)
	}
	return key
}

func must[T any](t testing.TB) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func toPEM(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}

func toBase64(der []byte) string { return base64.StdEncoding.EncodeToString(der) }

func pkcs8(t testing.TB, key any) []byte {
	t.Helper()
	return must[[]byte](t)(x509.MarshalPKCS8PrivateKey(key))
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
	key := key2048()
	numbers := privateNumbers{
		N: key.N, E: big.NewInt(int64(key.E)), D: key.D, P: key.Primes[0], Q: key.Primes[1],
		ExpP: key.Precomputed.Dp, ExpQ: key.Precomputed.Dq, Coef: key.Precomputed.Qinv,
	}
	change(&numbers)
	return must[[]byte](t)(asn1.Marshal(numbers))
}

// oddOfBits returns an odd number of so many bits.
func oddOfBits(bits int) *big.Int {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	return n.SetBit(n, 0, 1)
}

// checkRefusal fails the test unless err is there, says all that it should
// and repeats nothing of the input.
func checkRefusal(t *testing.T, err error, input string, says ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("it was accepted")
	}
	for _, part := range says {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error is %q, it should say %q", err, part)
		}
	}
	if strings.Contains(err.Error(), "x509:") || strings.Contains(err.Error(), "crypto/") || strings.Contains(err.Error(), "GODEBUG") {
		t.Errorf("the error %q is not of our own words", err)
	}
	const run = 16
	for i := 0; i+run <= len(input); i++ {
		if strings.Contains(err.Error(), input[i:i+run]) {
			t.Fatalf("the error %q quotes the input", err)
		}
	}
}

// loadsOf is how many readings of a provider have had a result so far.
func loadsOf(t testing.TB, provider, result string) int {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(loads.WithLabelValues(provider, result))
	families, err := registry.Gather()
	if err != nil || len(families) != 1 {
		t.Fatalf("%d families, %v", len(families), err)
	}
	return int(families[0].GetMetric()[0].GetCounter().GetValue())
}
