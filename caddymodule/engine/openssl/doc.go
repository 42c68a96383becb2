// Package openssl has two engines for RSA's private operation, for programs
// that import it: openssl, which is OpenSSL's libcrypto, and cryptomb, which
// gives what waits together to Intel's crypto_mb, up to eight operations at a
// time, and the rest to libcrypto.
//
// Both libraries are looked for at run time, so that a program is built without
// them, and runs without them. A build without cgo has neither engine, nor has
// one for another system than Linux, nor a static one, which can load nothing:
// they are known there by name, and cannot be used.
//
// openssl wants libcrypto 3.0 or later (libcrypto.so.3 or libcrypto.so.4).
// cryptomb wants that as well, libcrypto_mb.so.11 or one of the next major
// versions, and a CPU with AVX-512 IFMA. It serves keys of 2048, 3072 and 4096
// bits; libcrypto serves those of other sizes for it.
package openssl

import "github.com/customergate/customergate/caddymodule/engine"

// The names of the engines. Auto prefers cryptomb.
const (
	Name         = "openssl"
	NameCryptoMB = "cryptomb"
)

func init() {
	engine.Register(Name, 1, openLibcrypto)
	engine.Register(NameCryptoMB, 2, openCryptoMB)
}
