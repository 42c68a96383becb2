package engine

import (
	"crypto/rsa"
	"math/bits"

	"filippo.io/bigmod"
)

// private is a private key in the second representation of RFC 8017, section
// 3.2, on the arithmetic that crypto/rsa is built on.
type private struct {
	n    *bigmod.Modulus
	p, q prime
	qInv *bigmod.Nat // the inverse of q modulo p
	qOfN *bigmod.Nat // q modulo n
}

func newPrivate(key *rsa.PrivateKey) (*private, error) {
	n, err := bigmod.NewModulus(key.N.Bytes())
	if err != nil {
		return nil, err
	}
	k := &private{n: n}
	if k.p, err = newPrime(key.Primes[0], key.Precomputed.Dp, n); err != nil {
		return nil, err
	}
	if k.q, err = newPrime(key.Primes[1], key.Precomputed.Dq, n); err != nil {
		return nil, err
	}
	if k.qInv, err = bigmod.NewNat().SetBytes(key.Precomputed.Qinv.Bytes(), k.p.m); err != nil {
		return nil, err
	}
	k.qOfN, err = bigmod.NewNat().SetBytes(key.Primes[1].Bytes(), n)
	return k, err
}

// decrypt is RSADP with the second representation of the key (RFC 8017, section
// 5.1.2, step 2b), for a ciphertext that is less than the modulus. Neither the
// key nor the result shows in the time that it takes.
func (k *private) decrypt(result, ciphertext []byte) {
	m1, m2 := bigmod.NewNat(), bigmod.NewNat()
	k.p.decrypt(m1, ciphertext)
	k.q.decrypt(m2, ciphertext)
	h := m1.Sub(bigmod.NewNat().Mod(m2, k.p.m), k.p.m).Mul(k.qInv, k.p.m)
	m := h.ExpandFor(k.n).Mul(k.qOfN, k.n).Add(m2.ExpandFor(k.n), k.n)
	fill(result, m)
	for _, number := range []*bigmod.Nat{m1, m2, m} { // the password follows from each
		clear(number.Bits())
	}
}

// fill writes a number in big-endian order. Octets that it does not reach must
// be zero, and limbs beyond the first octet are.
func fill(octets []byte, number *bigmod.Nat) {
	const size = bits.UintSize / 8
	limbs := number.Bits()
	for i := range octets {
		at := len(octets) - 1 - i
		octets[at] = byte(limbs[i/size] >> (i % size * 8))
	}
}
