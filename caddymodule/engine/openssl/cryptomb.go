//go:build cgo && linux

package openssl

/*
#include "cryptomb.h"
*/
import "C"

import (
	"cmp"
	"crypto/rsa"
	"errors"
	"slices"
	"sync"

	"golang.org/x/sys/cpu"

	"github.com/customergate/customergate/caddymodule/engine"
)

// cryptoMB is the library of the engine cryptomb.
type cryptoMB struct{}

func openCryptoMB() (engine.Library, error) {
	if err := loadLibcrypto(); err != nil {
		return nil, err
	}
	return cryptoMB{}, loadCryptoMB()
}

var loadCryptoMB = sync.OnceValue(func() error {
	switch {
	case !cpu.X86.HasAVX512IFMA:
		return errors.New("the CPU has no AVX-512 IFMA")
	case C.cryptomb_open() == 0:
		return errors.New("there is no libcrypto_mb.so.11 or later that this process can load; install the package libcrypto-mb11")
	}
	return nil
})

func (cryptoMB) Version() string {
	return C.GoString(C.cryptomb_version()) + " with " + libcrypto{}.Version()
}

func (cryptoMB) Batch() int { return maxBatch }

func (cryptoMB) Load(private *rsa.PrivateKey) (any, error) {
	return newKey(private, newMulti(private))
}

func (cryptoMB) Run(batch []*engine.Operation) {
	sorted := slices.SortedStableFunc(slices.Values(batch), side)
	c := begin(sorted)
	C.cryptomb_run(c.first(), C.int(len(sorted)))
	c.end(sorted)
}

// side brings those of the same size side by side.
func side(a, b *engine.Operation) int { return cmp.Compare(len(a.Ciphertext), len(b.Ciphertext)) }
