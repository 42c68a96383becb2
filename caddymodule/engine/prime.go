package engine

import (
	"errors"
	"math/big"

	"filippo.io/bigmod"
)

// minPrimeBits keeps out keys whose primes differ in size beyond reason.
const minPrimeBits = 512

// prime is one of the two primes of a modulus.
type prime struct {
	m        *bigmod.Modulus
	exponent []byte      // the private one modulo m-1, as long as m
	digit    int         // how many octets surely have no more bits than m
	radix    *bigmod.Nat // 2 to the bits of a digit, modulo m
}

func newPrime(value, exponent *big.Int, n *bigmod.Modulus) (prime, error) {
	if value.BitLen() < minPrimeBits {
		return prime{}, errors.New("a prime of the RSA key is too small")
	}
	m, err := bigmod.NewModulus(value.Bytes())
	if err != nil {
		return prime{}, err
	}
	p := prime{m: m, exponent: exponent.FillBytes(make([]byte, m.Size())), digit: m.BitLen() / 8}
	radix, err := bigmod.NewNat().SetBytes(append([]byte{1}, make([]byte, p.digit)...), n)
	if err != nil {
		return prime{}, err
	}
	p.radix = bigmod.NewNat().Mod(radix, m)
	return p, nil
}

// decrypt sets x to the ciphertext's power modulo the prime.
func (p *prime) decrypt(x *bigmod.Nat, ciphertext []byte) {
	p.reduce(x, ciphertext)
	x.Exp(x, p.exponent, p.m)
}

// reduce sets x to a number modulo the prime, digit by digit: a multiplication
// for each, where bigmod's Mod shifts bit by bit.
func (p *prime) reduce(x *bigmod.Nat, octets []byte) {
	head := (len(octets)-1)%p.digit + 1
	p.set(x, octets[:head])
	next := bigmod.NewNat()
	for rest := octets[head:]; len(rest) > 0; rest = rest[p.digit:] {
		p.set(next, rest[:p.digit])
		x.Mul(p.radix, p.m).Add(next, p.m)
	}
}

// set sets x to a digit modulo the prime.
func (p *prime) set(x *bigmod.Nat, digit []byte) {
	if _, err := x.SetOverflowingBytes(digit, p.m); err != nil {
		panic("engine: a digit has more bits than the prime")
	}
}
