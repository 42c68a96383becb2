package oaep

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"time"

	"github.com/customergate/customergate/caddymodule/engine"
	"github.com/customergate/customergate/caddymodule/keys"
)

// ErrKeyFailed says that a key could not be used, which is nothing that the
// client could help: its HSM or KMS did not answer, it panicked, or it was not
// made with [keys.NewKey].
var ErrKeyFailed = errors.New("a private key could not be used")

// keyFailure tells which key failed and the type of its error or panic. Their
// text is a stranger's and could hold the plaintext, so it is dropped here.
func keyFailure(key keys.Key, cause any) error {
	return fmt.Errorf("%w: kid %q, %T", ErrKeyFailed, key.ID, cause)
}

// An attempt is to open one ciphertext with one key.
type attempt struct {
	task
	call *call
	last bool // no other key of the task is left
	key  keys.Key
	raw  keys.RawDecrypter // nil for a key that decrypts as a whole only

	em   []byte // what a private operation alone has given, and the public key confirmed
	took time.Duration
	turn time.Time // when its turn had come
	err  error     // an ErrKeyFailed
}

// isAlone tells whether no engine serves the key: others should not wait for it.
func (a *attempt) isAlone() bool {
	_, ok := a.raw.(*engine.Key)
	return !ok
}

// isJunk tells whether no key has opened the ciphertext, and none is left.
func (a *attempt) isJunk() bool { return a.last && a.err == nil && *a.into == nil }

// observe tells how a private operation of the attempt has ended.
func (a *attempt) observe(result Result, variant Variant) {
	a.call.observe(Observation{
		Result: result, Variant: variant, Took: a.took, KeyID: a.key.ID, Platform: a.call.platform, Span: a.call.span,
	})
}

// operate has the key itself do the private operation alone.
func (a *attempt) operate() {
	defer a.failOnPanic()
	start := time.Now()
	em, err := a.raw.DecryptRaw(a.octets)
	a.took = time.Since(start)
	switch {
	case errors.Is(err, engine.ErrUnconfirmed):
	case err != nil:
		a.err = keyFailure(a.key, err)
	case engine.Confirm(a.key.PublicKey(), a.octets, em):
		a.em = em
	default:
		clear(em)
	}
}

// decrypt is RSAES-OAEP-DECRYPT (RFC 8017, section 7.1.2) with SHA-256, the
// empty label and the variant's MGF1, by the key as a whole. Without an error,
// the plaintext is nil if there is none; an empty one is not nil.
func (a *attempt) decrypt(variant Variant) (plaintext []byte) {
	defer a.failOnPanic()
	start := time.Now()
	plaintext, err := a.key.Decrypt(nil, a.octets, options[variant])
	a.took = time.Since(start)
	switch {
	case errors.Is(err, rsa.ErrDecryption): // crypto/rsa's word for every bad ciphertext
		return nil
	case err != nil:
		a.err = keyFailure(a.key, err)
		return nil
	case plaintext == nil:
		return []byte{}
	}
	return plaintext
}

func (a *attempt) failOnPanic() {
	if cause := recover(); cause != nil {
		a.err = keyFailure(a.key, cause)
	}
}

// refuse clears a plaintext that is not answered, and returns nil.
func refuse(plaintext []byte) []byte {
	clear(plaintext)
	return nil
}
