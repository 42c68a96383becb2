package engine

import (
	"crypto/rsa"
	"errors"
	"fmt"
)

// A Key is a private key that an engine has readied. The crypto/rsa key in it
// does what Decrypt asks for; the engine does DecryptRaw.
type Key struct {
	*rsa.PrivateKey

	// Handle is what the engine's Library has made of the key.
	Handle any

	engine  *Engine
	library Library // the engine's, or Go's if that did not take the key
	trouble error
	modulus []byte
	public  public
}

// Ready makes a Key of a private key. Where the engine's library does not take
// it, or gets its first operation wrong, Go does its operations, and the Key's
// Trouble tells why. The error is for keys that no engine takes: invalid ones,
// and those of more than two primes.
func (e *Engine) Ready(private *rsa.PrivateKey) (*Key, error) {
	precomputed, err := precompute(private)
	if err != nil {
		return nil, err
	}
	k := &Key{PrivateKey: precomputed, engine: e, library: e.library, modulus: precomputed.N.Bytes()}
	if k.public, err = newPublic(&precomputed.PublicKey); err != nil {
		return nil, err
	}
	if k.trouble = k.load(); k.trouble == nil {
		return k, nil
	}
	k.library = goLibrary{}
	return k, k.load()
}

// precompute returns a copy, as the key may be in use elsewhere.
func precompute(private *rsa.PrivateKey) (*rsa.PrivateKey, error) {
	if len(private.Primes) != 2 {
		return nil, errors.New("the RSA key has not two primes")
	}
	own := &rsa.PrivateKey{PublicKey: private.PublicKey, D: private.D, Primes: private.Primes}
	own.Precompute()
	return own, own.Validate()
}

// load has the library take the key, and try it.
func (k *Key) load() error {
	var err error
	if k.Handle, err = k.library.Load(k.PrivateKey); err != nil {
		return fmt.Errorf("%s does not take a key: %w", k.library.Version(), err)
	}
	two := make([]byte, len(k.modulus))
	two[len(two)-1] = 2
	op := Operation{Key: k, Ciphertext: two, Result: make([]byte, len(two))}
	k.library.Run([]*Operation{&op})
	if op.confirm(); op.Err != nil {
		return fmt.Errorf("%s is tried with a key: %w", k.library.Version(), op.Err)
	}
	return nil
}

// Trouble tells why Go does the operations of the key in place of the engine's
// library; nil if it does not.
func (k *Key) Trouble() error { return k.trouble }

// DecryptRaw is RSADP (RFC 8017, section 5.1.2): a batch of one. The error is
// ErrCiphertext or ErrUnconfirmed.
func (k *Key) DecryptRaw(ciphertext []byte) ([]byte, error) {
	op := Operation{Key: k, Ciphertext: ciphertext, Result: make([]byte, len(k.modulus))}
	k.engine.Do([]*Operation{&op})
	if op.Err != nil {
		return nil, op.Err
	}
	return op.Result, nil
}
