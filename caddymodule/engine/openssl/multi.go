//go:build cgo && linux

package openssl

/*
#include <stdlib.h>
#include "operation.h"
*/
import "C"

import (
	"crypto/rsa"
	"encoding/binary"
	"math/big"
	"slices"
)

// multiSizes are the sizes of keys that crypto_mb knows, in bits.
var multiSizes = []int{2048, 3072, 4096}

// newMulti returns what crypto_mb needs of a key, or nil for one that it does not
// serve.
func newMulti(private *rsa.PrivateKey) *C.cryptomb_key {
	bits := private.N.BitLen()
	if !slices.Contains(multiSizes, bits) || private.Primes[0].BitLen() != bits/2 || private.Primes[1].BitLen() != bits/2 {
		return nil
	}
	multi := (*C.cryptomb_key)(C.calloc(1, C.sizeof_cryptomb_key))
	setWords(multi.n[:], private.N)
	setWords(multi.p[:], private.Primes[0])
	setWords(multi.q[:], private.Primes[1])
	setWords(multi.dp[:], private.Precomputed.Dp)
	setWords(multi.dq[:], private.Precomputed.Dq)
	setWords(multi.q_inverse[:], private.Precomputed.Qinv)
	if private.E == 65537 {
		multi.confirmable = 1
	}
	return multi
}

// setWords writes a number, the least significant word first.
func setWords(words []C.uint64_t, number *big.Int) {
	octets := number.FillBytes(make([]byte, 8*len(words)))
	defer clear(octets)
	for i := range words {
		words[i] = C.uint64_t(binary.BigEndian.Uint64(octets[len(octets)-8*(i+1):]))
	}
}
