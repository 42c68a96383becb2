package keys

import (
	"crypto"
	"crypto/rsa"
	"sync"

	"github.com/customergate/customergate/caddymodule/engine"
)

// A RawDecrypter is a crypto.Decrypter that also does the private operation
// alone. The gateway then decodes what it gives in each way that clients may
// have encoded a password, all for one operation, and never calls Decrypt but
// after a failure of DecryptRaw that is, or wraps, engine.ErrUnconfirmed.
//
// A Decrypter that has it not is asked once for each hash that MGF1 may use.
// An *rsa.PrivateKey needs none: an engine does its operations.
type RawDecrypter interface {
	crypto.Decrypter

	// DecryptRaw is RSADP (RFC 8017, section 5.1.2) for a ciphertext as long as
	// the modulus and less than it. What it returns is as long as the modulus
	// too, zeros in front included, and belongs to the gateway, which clears it.
	// The time that it takes must tell nothing of the result.
	DecryptRaw(ciphertext []byte) ([]byte, error)
}

// Raw returns what does private operations with the key alone: its Decrypter if
// that can, or what an engine has made of a private key. It is nil for all other
// keys. The engine readies the key when it is first asked for, and report is told
// then, once, why the engine, or any, cannot serve the key.
func (k Key) Raw(e *engine.Engine, report func(error)) RawDecrypter {
	switch d := k.Decrypter.(type) {
	case RawDecrypter:
		return d
	case *rsa.PrivateKey:
		if ready := k.readied.by(e, d, report); ready != nil {
			return ready
		}
	}
	return nil
}

// readied is what engines have made of a private key. It lives as long as the
// Key, of which there are many copies.
type readied struct {
	keys sync.Map // func() *engine.Key by *engine.Engine
}

func (r *readied) by(e *engine.Engine, private *rsa.PrivateKey, report func(error)) *engine.Key {
	made, ok := r.keys.Load(e)
	if !ok {
		made, _ = r.keys.LoadOrStore(e, sync.OnceValue(func() *engine.Key { return ready(e, private, report) }))
	}
	return made.(func() *engine.Key)()
}

// ready returns nil for a key that no engine serves.
func ready(e *engine.Engine, private *rsa.PrivateKey, report func(error)) *engine.Key {
	key, err := e.Ready(private)
	if err != nil {
		report(err)
		return nil
	}
	if err := key.Trouble(); err != nil {
		report(err)
	}
	return key
}
