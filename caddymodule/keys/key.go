// Package keys is what an RSA key that opens a client's encrypted passwords is:
// read, written and published. It knows nothing of Caddy.
//
// The providers of keys are Caddy's guest modules in the namespace
// http.handlers.customer_gate.keys. One of another author needs nothing from
// here but the Provider interface and NewKey: a Key is used through
// crypto.Decrypter alone, so a key that never leaves its HSM or KMS serves as
// well as one read from a file.
package keys

import (
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// MaxKeys is how many keys of a tenant are tried at most. Each costs whoever
// sends junk nothing and the gateway a private operation, so four for the
// ciphertext of each password field, or eight if the keys are no RawDecrypters.
const MaxKeys = 4

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

// A Key is the private half of an RSA key pair, wherever it is kept. Make one
// with NewKey, and then set its times, if they are known.
type Key struct {
	// ID names the key in logs and as the kid of its JWK: the base64url
	// SHA-256 thumbprint of the public key (RFC 7638).
	ID string

	// Decrypter does the private operation. It must be safe for concurrent use.
	// It is called with a ciphertext as long as the modulus, without a source of
	// randomness, and with *rsa.OAEPOptions whose Hash is SHA-256, whose MGFHash
	// is SHA-256 or SHA-1, and whose Label is empty. The plaintext that it returns
	// belongs to the gateway, which clears it. There is no context: bound what
	// goes over a network to a few seconds.
	//
	// For a ciphertext that it cannot open, its error must be, or wrap,
	// rsa.ErrDecryption. Any other error, and a panic, means that the key could
	// not be used: the client is answered 503, and the log names the type of the
	// error, not its text, which could hold the plaintext. So log the cause
	// yourself.
	crypto.Decrypter

	// NotBefore is when clients began, or will begin, to be given the key; the
	// zero time is long ago. A key decrypts before that too: gateways that
	// share their keys do not all learn of a new one at the same moment.
	NotBefore time.Time

	// NotAfter is when the key is going to stop decrypting, as far as that is
	// planned; the zero time where it is not.
	NotAfter time.Time

	public  *rsa.PublicKey
	readied *readied
}

// NewKey makes a Key of anything that decrypts with an RSA key, such as an
// *rsa.PrivateKey or a handle of an HSM. It refuses public keys that are not
// RSA, or whose numbers are out of the accepted range.
func NewKey(d crypto.Decrypter) (Key, error) {
	public, ok := d.Public().(*rsa.PublicKey)
	if !ok || public == nil {
		return Key{}, errNotRSA
	}
	id, err := thumbprint(public)
	if err != nil {
		return Key{}, err
	}
	return Key{ID: id, Decrypter: d, public: public, readied: new(readied)}, nil
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
