package keys

import (
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
)

var oidRSAEncryption = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}

var (
	errPublic  = errors.New("it holds a public key; name the file with the private one that belongs to it, which keygen calls private.pem, or " + hintKeygen)
	errDamaged = errors.New("the numbers of the RSA key do not belong together, so it is damaged; copy it again, or " + hintKeygen)
)

// ParsePrivate reads one RSA private key: PEM with PKCS #8 or PKCS #1 in it,
// or the DER of either in Base64, with white space anywhere.
//
// It refuses everything that the gateway must not or cannot use: other kinds
// of keys, public and encrypted ones, more than one key, anything around it,
// moduli outside MinBits to MaxBits, more than two primes, exponents that are
// even or under 65537, and numbers that do not belong together. The error says
// what to do about it and never quotes the input.
func ParsePrivate(data []byte) (*rsa.PrivateKey, error) {
	der, err := unarmor(data)
	if err != nil {
		return nil, err
	}
	defer clear(der)
	found, err := structureOf(der)
	if err != nil {
		return nil, err
	}
	switch found {
	case pkcs8Private:
		return parsePKCS8(der)
	case pkcs1Private:
		return parsePKCS1(der)
	case pkcs8Encrypted:
		return nil, errEncrypted
	case sec1Private:
		return nil, errNotRSA
	case spkiPublic, pkcs1Public:
		return nil, errPublic
	case certificate:
		return nil, errors.New("it holds a certificate, no private key; " + hintKeygen)
	default:
		return nil, errors.New("it holds no RSA private key in PKCS #8 or PKCS #1; " + hintKeygen)
	}
}

// Parse reads a private key as ParsePrivate does, and makes a Key of it.
func Parse(data []byte) (Key, error) {
	private, err := ParsePrivate(data)
	if err != nil {
		return Key{}, err
	}
	return NewKey(private)
}

func parsePKCS8(der []byte) (*rsa.PrivateKey, error) {
	var info struct {
		Version    int
		Algorithm  pkix.AlgorithmIdentifier
		PrivateKey []byte
	}
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		return nil, errDamaged
	}
	defer clear(info.PrivateKey)
	if !info.Algorithm.Algorithm.Equal(oidRSAEncryption) {
		return nil, errNotRSA
	}
	return parsePKCS1(info.PrivateKey)
}

// parsePKCS1 judges the outline of the key before crypto/x509 sees it: its own
// refusals do not tell an operator what to do, and an oversize key would be
// computed with before it is refused.
func parsePKCS1(der []byte) (*rsa.PrivateKey, error) {
	var outline struct {
		Version               int
		N, E, D, P, Q         *big.Int
		ExpP, ExpQ, Coef      *big.Int
		AdditionalPrimeValues []asn1.RawValue `asn1:"optional"`
	}
	if _, err := asn1.Unmarshal(der, &outline); err != nil {
		return nil, errDamaged
	}
	if err := checkNumbers(outline.N, outline.E); err != nil {
		return nil, err
	}
	if outline.Version != 0 || len(outline.AdditionalPrimeValues) > 0 {
		return nil, fmt.Errorf("the RSA key has more than two primes, which few programs compute with safely; %s", hintKeygen)
	}
	key, err := x509.ParsePKCS1PrivateKey(der)
	if err != nil {
		return nil, errDamaged
	}
	return key, nil
}
