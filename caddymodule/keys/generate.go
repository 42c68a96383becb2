package keys

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
)

// Generate makes an RSA key of two primes with the given size of the modulus,
// from MinBits to MaxBits.
func Generate(bits int) (*rsa.PrivateKey, error) {
	if bits < MinBits || bits > MaxBits {
		return nil, fmt.Errorf("an RSA key of %d bits is not possible here; choose %d to %d", bits, MinBits, MaxBits)
	}
	return rsa.GenerateKey(rand.Reader, bits)
}

// PrivatePEM writes a private key as PKCS #8 in PEM, a form that ParsePrivate
// and every other tool reads.
func PrivatePEM(key *rsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	defer clear(der)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
