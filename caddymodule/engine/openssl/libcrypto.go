//go:build cgo && linux

package openssl

/*
#cgo CFLAGS: -O2
#cgo LDFLAGS: -ldl

#include "libcrypto.h"
*/
import "C"

import (
	"crypto/rsa"
	"errors"
	"sync"

	"github.com/customergate/customergate/caddymodule/engine"
)

// libcrypto is the library of the engine openssl.
type libcrypto struct{}

func openLibcrypto() (engine.Library, error) { return libcrypto{}, loadLibcrypto() }

// loadLibcrypto is for both engines.
var loadLibcrypto = sync.OnceValue(func() error {
	if C.libcrypto_open() == 0 {
		return errors.New("there is no libcrypto of OpenSSL 3.0 or later that this process can load; install the package libssl3")
	}
	return nil
})

func (libcrypto) Version() string { return C.GoString(C.libcrypto_version()) }

func (libcrypto) Batch() int { return maxBatch }

func (libcrypto) Load(private *rsa.PrivateKey) (any, error) { return newKey(private, nil) }

func (libcrypto) Run(batch []*engine.Operation) {
	c := begin(batch)
	C.libcrypto_run(c.first(), C.int(len(batch)))
	c.end(batch)
}
