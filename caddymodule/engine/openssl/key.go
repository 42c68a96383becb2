//go:build cgo && linux

package openssl

/*
#include <stdlib.h>
#include "libcrypto.h"
*/
import "C"

import (
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"runtime"
	"unsafe"
)

// A key is a private key in C's memory, which is freed when nothing refers to
// the key any more.
type key struct{ memory }

type memory struct {
	pkey     *C.EVP_PKEY
	contexts contexts
	multi    *C.cryptomb_key // nil for what crypto_mb does not serve
}

// newKey takes over what crypto_mb needs of the key.
func newKey(private *rsa.PrivateKey, multi *C.cryptomb_key) (*key, error) {
	m := memory{readKey(private), newContexts(), multi}
	if m.pkey == nil {
		m.free()
		return nil, errors.New("libcrypto cannot read it, or it has more than 8192 bits")
	}
	k := &key{m}
	runtime.AddCleanup(k, memory.free, m)
	return k, nil
}

// readKey returns nil for a key that it cannot read.
func readKey(private *rsa.PrivateKey) *C.EVP_PKEY {
	if private.Size() > C.MAX_SIZE {
		return nil
	}
	der := x509.MarshalPKCS1PrivateKey(private)
	defer clear(der)
	return C.libcrypto_load((*C.uchar)(&der[0]), C.size_t(len(der)))
}

func (m memory) free() {
	m.contexts.free()
	if m.pkey != nil {
		C.libcrypto_free(m.pkey)
	}
	if m.multi != nil {
		*m.multi = C.cryptomb_key{} // OpenSSL clears what is its own
		C.free(unsafe.Pointer(m.multi))
	}
}
