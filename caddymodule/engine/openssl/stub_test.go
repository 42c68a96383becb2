//go:build !cgo || !linux

package openssl_test

import (
	"testing"

	"github.com/customergate/customergate/caddymodule/engine"
	"github.com/customergate/customergate/caddymodule/engine/openssl"
)

func TestWithoutCgoGoDoesIt(t *testing.T) {
	for _, name := range []string{engine.Auto, openssl.Name, openssl.NameCryptoMB} {
		if e, err := engine.Choose(name); e.Name() != engine.Go || err == nil {
			t.Errorf("%s: got the engine %s and %v, want go and the reason", name, e.Name(), err)
		}
	}
}
