package oaep

import (
	"crypto/rsa"
	"errors"
	"fmt"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/validation"
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

// attempt is RSAES-OAEP-DECRYPT (RFC 8017, section 7.1.2) with SHA-256, the
// empty label and the variant's MGF1: one private operation. The plaintext is
// nil, without an error, when there is none or none that is text; an empty one
// is not nil. The error is an ErrKeyFailed.
func attempt(key keys.Key, variant Variant, octets []byte) (plaintext []byte, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			plaintext, err = nil, keyFailure(key, cause)
		}
	}()
	plaintext, err = key.Decrypt(nil, octets, options[variant])
	switch {
	case errors.Is(err, rsa.ErrDecryption): // crypto/rsa's word for every bad ciphertext
		return nil, nil
	case err != nil:
		return nil, keyFailure(key, err)
	case plaintext == nil:
		return []byte{}, nil
	case !validation.Readable(plaintext):
		clear(plaintext)
		return nil, nil
	}
	return plaintext, nil
}
