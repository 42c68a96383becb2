package engine_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"testing"

	"github.com/customergate/customergate/caddymodule/engine"
	"github.com/customergate/customergate/caddymodule/engine/enginetest"
)

func goEngine(t testing.TB) *engine.Engine {
	t.Helper()
	e, err := engine.Choose(engine.Go)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestGo(t *testing.T) { enginetest.Run(t, goEngine(t)) }

func FuzzGo(f *testing.F) { enginetest.Fuzz(f, goEngine(f)) }

// BenchmarkGo compares a raw operation, confirmed, with one of crypto/rsa, which
// decodes one variant of OAEP as well.
func BenchmarkGo(b *testing.B) {
	for _, name := range []string{"2048", "3072", "4096"} {
		private := enginetest.Keys()[name]
		options := &rsa.OAEPOptions{Hash: crypto.SHA256}
		sealed, err := rsa.EncryptOAEPWithOptions(rand.Reader, &private.PublicKey, []byte("password"), options)
		if err != nil {
			b.Fatal(err)
		}
		key, err := goEngine(b).Ready(private)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name+"/raw", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := key.DecryptRaw(sealed); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/crypto-rsa", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := private.Decrypt(nil, sealed, options); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
