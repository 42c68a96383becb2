// Package keytest is what the tests of keys and of their providers have in
// common.
package keytest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/caddyserver/caddy/v2"
	_ "github.com/caddyserver/caddy/v2/modules/filestorage" // of the contexts
	"github.com/prometheus/client_golang/prometheus"

	"github.com/customergate/customergate/caddymodule/keys/internal/loads"
)

// Keys is how many keys there are.
const Keys = 8

// made are the keys, each made when it is first asked for.
var made = func() (made [Keys]func() *rsa.PrivateKey) {
	for i := range made {
		made[i] = sync.OnceValue(func() *rsa.PrivateKey {
			key, err := rsa.GenerateKey(rand.Reader, 2048)
			if err != nil {
				panic(err)
			}
			return key
		})
	}
	return made
}()

// Key returns the key of a number, from 0 to Keys-1.
func Key(number int) *rsa.PrivateKey { return made[number]() }

// MakeKeys makes all the keys now, as the clock of a bubble is of no use for it.
func MakeKeys() {
	for _, key := range made {
		key()
	}
}

// Number returns the number of the key with this public half, or -1.
func Number(public *rsa.PublicKey) int {
	return slices.IndexFunc(made[:], func(key func() *rsa.PrivateKey) bool { return public.Equal(&key().PublicKey) })
}

// Must returns a function that returns a value unless there is an error.
func Must[T any](t testing.TB) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// CheckRefusal fails the test unless err is there, says all that it should
// and repeats nothing of the input.
func CheckRefusal(t *testing.T, err error, input string, says ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("it was accepted")
	}
	for _, part := range says {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error is %q, it should say %q", err, part)
		}
	}
	if strings.Contains(err.Error(), "x509:") || strings.Contains(err.Error(), "crypto/") || strings.Contains(err.Error(), "GODEBUG") {
		t.Errorf("the error %q is not of our own words", err)
	}
	const run = 16
	for i := 0; i+run <= len(input); i++ {
		if strings.Contains(err.Error(), input[i:i+run]) {
			t.Fatalf("the error %q quotes the input", err)
		}
	}
}

// Context returns a context as modules get it, with a storage in dir.
func Context(t testing.TB, dir string) caddy.Context {
	t.Helper()
	ctx, err := caddy.ProvisionContext(&caddy.Config{
		StorageRaw: Must[[]byte](t)(json.Marshal(map[string]string{"module": "file_system", "root": dir})),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := caddy.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

// Load sets up a provider as Caddy does.
func Load[M any](t testing.TB, ctx caddy.Context, name string, config any) (M, error) {
	t.Helper()
	module, err := ctx.LoadModuleByID("http.handlers.customer_gate.keys."+name, Must[[]byte](t)(json.Marshal(config)))
	loaded, _ := module.(M)
	return loaded, err
}

// Loads is how many readings of a provider have had a result so far.
func Loads(t testing.TB, provider, result string) int {
	t.Helper()
	registry := prometheus.NewRegistry()
	if err := loads.Register(registry, provider); err != nil {
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil || len(families) != 1 {
		t.Fatalf("%d families, %v", len(families), err)
	}
	for _, metric := range families[0].GetMetric() {
		if l := metric.GetLabel(); l[0].GetValue() == provider && l[1].GetValue() == result {
			return int(metric.GetCounter().GetValue())
		}
	}
	t.Fatalf("there are no %s readings of %s", result, provider)
	return 0
}
