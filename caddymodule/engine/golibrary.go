package engine

import (
	"crypto/rsa"
	"runtime"
)

// goLibrary is pure Go.
type goLibrary struct{}

func (goLibrary) Version() string { return runtime.Version() }

func (goLibrary) Batch() int { return 1 }

func (goLibrary) Load(key *rsa.PrivateKey) (any, error) { return newPrivate(key) }

func (goLibrary) Run(batch []*Operation) {
	for _, op := range batch {
		op.Key.Handle.(*private).decrypt(op.Result, op.Ciphertext)
	}
}
