// Package keys holds the RSA keys that open a client's encrypted passwords:
// reading and writing them, and the Caddy guest modules that provide them.
//
// The modules live in the namespace http.handlers.customer_gate.keys. One of
// another author needs nothing from here but the Provider interface and
// NewKey: a Key is used through crypto.Decrypter alone, so a key that never
// leaves its HSM or KMS serves as well as one read from a file.
package keys

import (
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
)

// DefaultTenant is the tenant of a gateway that serves only one.
const DefaultTenant = "default"

// Sizes of an RSA modulus, in bits.
const (
	// MinBits is the smallest modulus accepted anywhere (contract, section 2).
	MinBits = 2048
	// MaxBits is the largest one accepted: the cost of a private operation
	// grows with the cube of the size, and anyone may ask for one.
	MaxBits = 8192
	// DefaultBits is the size of a new key: what clients of the platform
	// expect, and the cheapest to serve of those that are safe.
	DefaultBits = 2048
)

// Bounds of the public exponent. The lower one is FIPS 186-5, section 5.5(e);
// the upper one is what crypto/rsa can compute with.
const (
	minExponent = 1<<16 + 1
	maxExponent = 1<<31 - 1
)

const hintKeygen = "make a new one with `caddy customer-gate keygen --out DIR`"

// A Provider answers which keys open the ciphertexts of a tenant. It is what
// every module in the namespace http.handlers.customer_gate.keys implements.
type Provider interface {
	// Keys returns the keys to try, in that order, the newest first. It is
	// called for every request that carries a ciphertext, by many at once,
	// so it should answer from memory. The slice belongs to the provider.
	Keys(tenant string) ([]Key, error)
}

// A Starter is a Provider with work to do when a configuration really starts,
// which provisioning does not tell apart from `caddy validate`. An error keeps
// the configuration from starting.
type Starter interface {
	Start() error
}

// A Key is the private half of an RSA key pair, wherever it is kept. Make one
// with NewKey.
type Key struct {
	// ID names the key in logs and as the kid of its JWK: the base64url
	// SHA-256 thumbprint of the public key (RFC 7638).
	ID string

	// The decrypter must be safe for concurrent use, and understand
	// *rsa.OAEPOptions with differing Hash and MGFHash. For a ciphertext that
	// it cannot open, its error must be, or wrap, rsa.ErrDecryption. Any other
	// error, and a panic, means that the key could not be used: the client is
	// answered 503, and the log names the type of the error, not its text.
	crypto.Decrypter

	public *rsa.PublicKey
}

// NewKey makes a Key of anything that decrypts with an RSA key, such as an
// *rsa.PrivateKey or a handle of an HSM. It refuses public keys that are not
// RSA, or whose numbers are out of the accepted range.
func NewKey(d crypto.Decrypter) (Key, error) {
	public, ok := d.Public().(*rsa.PublicKey)
	if !ok {
		return Key{}, errNotRSA
	}
	id, err := thumbprint(public)
	if err != nil {
		return Key{}, err
	}
	return Key{ID: id, Decrypter: d, public: public}, nil
}

// PublicKey returns the public half: nil for a Key that NewKey did not make,
// which the gateway takes for a failed one.
func (k Key) PublicKey() *rsa.PublicKey { return k.public }

var errNotRSA = errors.New("the key is not an RSA encryption key; " + hintKeygen)

// checkPublic refuses public keys that the gateway must not work with.
func checkPublic(public *rsa.PublicKey) error {
	if public.N == nil {
		return errors.New("the RSA key has no modulus; " + hintKeygen)
	}
	return checkNumbers(public.N, big.NewInt(int64(public.E)))
}

// checkNumbers judges a modulus and a public exponent. Both are public, and
// cheap to judge, so it comes before any arithmetic with a key.
func checkNumbers(modulus, exponent *big.Int) error {
	switch bits := modulus.BitLen(); {
	case modulus.Sign() <= 0 || modulus.Bit(0) == 0:
		return errors.New("the modulus of the RSA key is not a positive odd number; " + hintKeygen)
	case bits < MinBits:
		return fmt.Errorf("the RSA key has %d bits; make one of %d or more with `caddy customer-gate keygen --out DIR`", bits, MinBits)
	case bits > MaxBits:
		return fmt.Errorf("the RSA key has %d bits, which costs too much to serve; make one of %d to %d with `caddy customer-gate keygen --out DIR`", bits, MinBits, MaxBits)
	}
	switch {
	case exponent.Cmp(big.NewInt(minExponent)) < 0 || exponent.Cmp(big.NewInt(maxExponent)) > 0:
		return fmt.Errorf("the public exponent of the RSA key is not between %d and %d; %s", minExponent, maxExponent, hintKeygen)
	case exponent.Bit(0) == 0:
		return errors.New("the public exponent of the RSA key is even; " + hintKeygen)
	}
	return nil
}
