//go:build cgo && linux

package openssl

/*
#include "libcrypto.h"
*/
import "C"

import "runtime"

// contexts are those of a key that no call uses: to make one costs a hundredth
// of an operation, and takes locks.
type contexts chan *C.EVP_PKEY_CTX

func newContexts() contexts { return make(contexts, runtime.GOMAXPROCS(0)) }

// take returns nil if OpenSSL has no memory.
func (c contexts) take(pkey *C.EVP_PKEY) *C.EVP_PKEY_CTX {
	select {
	case context := <-c:
		return context
	default:
		return C.libcrypto_context(pkey)
	}
}

func (c contexts) give(context *C.EVP_PKEY_CTX) {
	if context == nil {
		return
	}
	select {
	case c <- context:
	default:
		C.libcrypto_context_free(context)
	}
}

// free is for when nobody can take one any more.
func (c contexts) free() {
	for len(c) > 0 {
		C.libcrypto_context_free(<-c)
	}
}
