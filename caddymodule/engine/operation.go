package engine

import (
	"bytes"
	"errors"
)

var (
	// ErrCiphertext says that a ciphertext is not as long as the modulus, or not
	// less than it. Whoever asks for an operation should have seen to that.
	ErrCiphertext = errors.New("the ciphertext is out of the range of the key")

	// ErrUnconfirmed says that there is no result, or that the public exponent
	// did not give the ciphertext back: the CPU or its memory has failed, or the
	// library is wrong. What it gave instead has been cleared.
	ErrUnconfirmed = errors.New("the public key does not confirm the result of a private operation")
)

// An Operation is one private operation of a batch.
type Operation struct {
	// Key is from the Ready of the engine that is to do the operation.
	Key *Key

	// Ciphertext is as long as the modulus and, as a big-endian number, less
	// than it.
	Ciphertext []byte

	// Result is where the result goes: as many octets as the modulus has. It is
	// zero if Err is set.
	Result []byte

	// Confirmed is for a Library that has itself raised the result to the public
	// exponent and found the ciphertext. Engine does it otherwise.
	Confirmed bool

	// Err is ErrCiphertext or ErrUnconfirmed afterwards, or nil.
	Err error
}

// check refuses what no key can have made. It judges by public facts.
func (o *Operation) check() error {
	modulus := o.Key.modulus
	if len(o.Ciphertext) != len(modulus) || len(o.Result) != len(modulus) || bytes.Compare(o.Ciphertext, modulus) >= 0 {
		return ErrCiphertext
	}
	return nil
}

// confirm clears a result that is not right.
func (o *Operation) confirm() {
	if o.Err == nil && !o.Confirmed && !o.Key.public.gives(o.Ciphertext, o.Result) {
		o.Err = ErrUnconfirmed
	}
	if o.Err != nil {
		clear(o.Result)
	}
}
