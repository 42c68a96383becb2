package caddymodule

import (
	"context"
	"crypto"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/keys"
)

func TestServeEncryptedPasswords(t *testing.T) {
	sha256 := func() string { return encrypt(t, password, crypto.SHA256) }
	sha1 := func() string { return encrypt(t, password, crypto.SHA1) }
	same := sha1()
	tests := map[string]struct {
		mgf1              string
		password, confirm string
		accepted          bool
	}{
		"MGF1 with SHA-256":               {"both", sha256(), sha256(), true},
		"MGF1 with SHA-1":                 {"both", sha1(), sha1(), true},
		"one of each":                     {"both", sha256(), sha1(), true},
		"the same ciphertext twice":       {"both", same, same, true},
		"SHA-1 where SHA-256 is wanted":   {"sha256", sha1(), sha1(), false},
		"SHA-256 where SHA-256 is wanted": {"sha256", sha256(), sha256(), true},
		"SHA-256 where SHA-1 is wanted":   {"sha1", sha256(), sha256(), false},
		"not encrypted":                   {"both", password, password, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, map[string]any{"mgf1": test.mgf1, "plaintext": []string{"deny"}})
			x := g.serve(newRequest(with(map[string]any{"payloadEncrypted": true, "password": test.password, "confirmPassword": test.confirm})))
			if test.accepted {
				x.checkForwarded(t, normalisedBody)
				return
			}
			x.checkRefused(t, http.StatusUnprocessableEntity, codeValidationError)
			if n := strings.Count(x.answer.Body.String(), "password_undecryptable"); n != 2 {
				t.Errorf("password_undecryptable comes %d times: %s", n, x.answer.Body)
			}
		})
	}
}

// TestServeBusy fills the one slot with an operation that waits for the end of
// the test: the next ciphertext finds no place.
func TestServeBusy(t *testing.T) {
	g := newRig(t, map[string]any{"queue": map[string]any{"slots": 1, "wait": 0}})
	entered, leave := make(chan struct{}), make(chan struct{})
	leaveOnce := sync.OnceFunc(func() { close(leave) })
	defer leaveOnce()
	g.source.Provider = provider(func() ([]keys.Key, error) {
		key, err := keys.NewKey(slowKey{testKey(), entered, leave})
		return []keys.Key{key}, err
	})
	sealed := encrypt(t, password, crypto.SHA256)
	body := with(map[string]any{"payloadEncrypted": true, "password": sealed, "confirmPassword": sealed})

	first := make(chan *exchange, 1)
	go func() { first <- g.serve(newRequest(body)) }()
	select {
	case <-entered:
	case x := <-first:
		t.Fatalf("the first did not come to its key: %d %s", x.answer.Code, x.answer.Body)
	}
	x := g.serve(newRequest(body))
	x.checkRefused(t, http.StatusServiceUnavailable, codeServiceUnavailable)
	if after := x.answer.Header().Get("Retry-After"); after != "1" {
		t.Errorf("Retry-After is %q", after)
	}
	if g.logs.FilterLevelExact(zap.ErrorLevel).Len() > 0 {
		t.Errorf("a full queue is logged as a failure: %v", g.logs.All())
	}
	// Requests without ciphertexts do not queue.
	g.serve(newRequest(validBody)).checkForwarded(t, normalisedBody)
	leaveOnce()
	(<-first).checkForwarded(t, normalisedBody)
}

// slowKey says when an operation begins and waits until it may end.
type slowKey struct {
	crypto.Decrypter
	entered chan<- struct{}
	leave   <-chan struct{}
}

func (k slowKey) Decrypt(random io.Reader, ciphertext []byte, options crypto.DecrypterOpts) ([]byte, error) {
	select {
	case k.entered <- struct{}{}:
	case <-k.leave:
	}
	<-k.leave
	return k.Decrypter.Decrypt(random, ciphertext, options)
}

// TestTroubleWithKeysIsToldOnce, and once that it is over.
func TestTroubleWithKeysIsToldOnce(t *testing.T) {
	g := newRig(t, nil)
	works, sealed := g.source.Provider, encrypt(t, password, crypto.SHA256)
	body := with(map[string]any{"payloadEncrypted": true, "password": sealed, "confirmPassword": sealed})
	for range 2 {
		g.source.Provider = provider(func() ([]keys.Key, error) { return nil, errors.New("storage is away") })
		for range 3 {
			g.serve(newRequest(body)).checkRefused(t, http.StatusServiceUnavailable, codeServiceUnavailable)
		}
		g.serve(newRequest(validBody)).checkForwarded(t, normalisedBody) // which says nothing of keys
		g.source.Provider = works
		for range 2 {
			g.serve(newRequest(body)).checkForwarded(t, normalisedBody)
		}
	}
	for message, n := range map[string]int{"no private key at hand": 2, "there is a private key at hand again": 2} {
		if got := g.logs.FilterMessageSnippet(message).Len(); got != n {
			t.Errorf("%q is logged %d times, want %d", message, got, n)
		}
	}
}

func TestServeWithoutKeys(t *testing.T) {
	g := newRig(t, nil)
	away := errors.New("storage is away")
	g.source.Provider = provider(func() ([]keys.Key, error) { return nil, away })
	sealed := encrypt(t, password, crypto.SHA256)
	x := g.serve(newRequest(with(map[string]any{"payloadEncrypted": true, "password": sealed, "confirmPassword": sealed})))
	x.checkRefused(t, http.StatusServiceUnavailable, codeServiceUnavailable)
	if x.answer.Header().Get("Retry-After") == "" {
		t.Error("there is no Retry-After")
	}
	if strings.Contains(x.answer.Body.String(), "storage") {
		t.Errorf("the client learns why: %s", x.answer.Body)
	}
	if g.logs.FilterMessageSnippet("no private key").FilterField(zap.Error(away)).Len() != 1 {
		t.Error("the operator does not learn why")
	}
	g.serve(newRequest(validBody)).checkForwarded(t, normalisedBody)
}

// TestServeWithAKeyThatFails: an outage of a key is the gate's own, whatever
// the ciphertext, and only the operator learns of it.
func TestServeWithAKeyThatFails(t *testing.T) {
	const canary = "c4n4ry"
	handle := func(decrypt func() ([]byte, error)) provider {
		return func() ([]keys.Key, error) {
			key, err := keys.NewKey(failingKey{testKey(), decrypt})
			return []keys.Key{key}, err
		}
	}
	providers := map[string]provider{
		"an error":           handle(func() ([]byte, error) { return nil, errors.New(canary) }),
		"a panic":            handle(func() ([]byte, error) { panic(canary) }),
		"a key made by hand": func() ([]keys.Key, error) { return []keys.Key{{Decrypter: testKey()}}, nil },
	}
	ciphertexts := map[string]string{
		"that is good": encrypt(t, password, crypto.SHA256),
		"that is bad":  base64.StdEncoding.EncodeToString(make([]byte, 256)),
	}
	for name, provider := range providers {
		for quality, sealed := range ciphertexts {
			t.Run(name+" for a ciphertext "+quality, func(t *testing.T) {
				g := newRig(t, nil)
				g.source.Provider = provider
				x := g.serve(newRequest(with(map[string]any{"payloadEncrypted": true, "password": sealed, "confirmPassword": sealed})))
				x.checkRefused(t, http.StatusServiceUnavailable, codeServiceUnavailable)
				failures := g.logs.FilterMessageSnippet("a private key failed").All()
				if len(failures) != 1 || failures[0].Level != zap.ErrorLevel {
					t.Fatalf("logged %v", g.logs.All())
				}
				if text := string(marshal(failures[0].ContextMap())) + x.answer.Body.String(); strings.Contains(text, canary) {
					t.Errorf("what the key said is repeated: %s", text)
				}
			})
		}
	}
}

// failingKey has a public half, but no private one that works.
type failingKey struct {
	crypto.Decrypter
	decrypt func() ([]byte, error)
}

func (k failingKey) Decrypt(io.Reader, []byte, crypto.DecrypterOpts) ([]byte, error) {
	return k.decrypt()
}

// TestServeCancelled: a client that has gone away is not decrypted for, and is
// not taken for an outage.
func TestServeCancelled(t *testing.T) {
	g := newRig(t, nil)
	sealed := encrypt(t, password, crypto.SHA256)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := newRequest(with(map[string]any{"payloadEncrypted": true, "password": sealed, "confirmPassword": sealed}))
	g.serve(r.WithContext(ctx)).checkRefused(t, statusClientGone, codeClientGone)
}
