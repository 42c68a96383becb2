package engine

import (
	"crypto/rsa"

	"filippo.io/bigmod"
)

// public is a public key, readied for confirming results.
type public struct {
	n *bigmod.Modulus
	e uint
}

func newPublic(key *rsa.PublicKey) (public, error) {
	n, err := bigmod.NewModulus(key.N.Bytes())
	return public{n, uint(key.E)}, err
}

// Confirm tells whether a ciphertext is what a result of RSADP encrypts to. It is
// for operations that no engine has done.
func Confirm(key *rsa.PublicKey, ciphertext, result []byte) bool {
	p, err := newPublic(key)
	return err == nil && len(result) == len(ciphertext) && p.gives(ciphertext, result)
}

// gives tells whether a ciphertext is what a result encrypts to: RSAEP of RFC
// 8017, section 5.1.1. Only the exponent and the answer show in the time that it
// takes.
func (p public) gives(ciphertext, result []byte) bool {
	m, err := bigmod.NewNat().SetBytes(result, p.n)
	if err != nil {
		return false
	}
	c, err := bigmod.NewNat().SetBytes(ciphertext, p.n)
	return err == nil && m.ExpShortVarTime(m, p.e, p.n).Equal(c) == 1
}
