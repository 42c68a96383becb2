//go:build cgo && linux

package openssl_test

import (
	"os"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/engine"
	"github.com/customergate/customergate/caddymodule/engine/enginetest"
	"github.com/customergate/customergate/caddymodule/engine/openssl"
	"github.com/customergate/customergate/internal/cryptomb"
)

func TestMain(m *testing.M) {
	cryptomb.Find()
	os.Exit(m.Run())
}

func choose(t testing.TB, name string) *engine.Engine {
	t.Helper()
	if name == openssl.NameCryptoMB {
		cryptomb.SkipWithoutIFMA(t)
	}
	e, err := engine.Choose(name)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestOpenSSL(t *testing.T) { enginetest.Run(t, choose(t, openssl.Name)) }

func TestCryptoMB(t *testing.T) { enginetest.Run(t, choose(t, openssl.NameCryptoMB)) }

func FuzzOpenSSL(f *testing.F) { enginetest.Fuzz(f, choose(f, openssl.Name)) }

func FuzzCryptoMB(f *testing.F) { enginetest.Fuzz(f, choose(f, openssl.NameCryptoMB)) }

func TestVersions(t *testing.T) {
	for name, want := range map[string]string{openssl.Name: "OpenSSL 3.", openssl.NameCryptoMB: "crypto_mb"} {
		if got := choose(t, name).Version(); !strings.Contains(got, want) {
			t.Errorf("the version of %s is %q, without %q", name, got, want)
		}
	}
}

func TestAutoTakesTheFastest(t *testing.T) {
	if got := choose(t, engine.Auto); got != choose(t, openssl.NameCryptoMB) {
		t.Errorf("got %s, want %s", got.Name(), openssl.NameCryptoMB)
	}
}
