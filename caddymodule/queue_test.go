package caddymodule

import (
	"context"
	"crypto"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/customergate/customergate/caddymodule/keys"
)

// TestGatesShareAQueue: what keeps one gate busy keeps the other, unless their
// options differ.
func TestGatesShareAQueue(t *testing.T) {
	ctx, _ := newContext(t, nil)
	gateWith := func(queue string) *rig {
		config := `{"keys":{"provider":"file","path":"` + keyFile(t) + `"},"queue":` + queue + `}`
		gate, err := provisionIn(ctx, json.RawMessage(config))
		if err != nil {
			t.Fatal(err)
		}
		return &rig{Gate: gate}
	}
	busy, alike, other := gateWith(`{"slots":1,"wait":0}`), gateWith(`{"wait":0,"slots":1,"target":"25ms"}`), gateWith(`{"slots":2,"wait":0}`)
	entered, leave := make(chan struct{}), make(chan struct{})
	busy.source.Provider = provider(func() ([]keys.Key, error) {
		key, err := keys.NewKey(slowKey{testKey(), entered, leave})
		return []keys.Key{key}, err
	})
	sealed := encrypt(t, password, crypto.SHA256)
	body := with(map[string]any{"payloadEncrypted": true, "password": sealed, "confirmPassword": sealed})
	first := make(chan *exchange, 1)
	go func() { first <- busy.serve(newRequest(body)) }()
	<-entered
	alike.serve(newRequest(body)).checkRefused(t, http.StatusServiceUnavailable, codeServiceUnavailable)
	other.serve(newRequest(body)).checkForwarded(t, normalisedBody)
	close(leave)
	(<-first).checkForwarded(t, normalisedBody)
}

// TestFloodIsNotRead: who would be refused by a queue for the junk that came before
// is refused before the body is read, unless it may hold raw passwords.
func TestFloodIsNotRead(t *testing.T) {
	g := newRig(t, map[string]any{"queue": map[string]any{"slots": 1, "wait": "1m"}, "plaintext": []string{"192.0.2.0/24"}})
	junk := base64.StdEncoding.EncodeToString(make([]byte, 256))
	body := with(map[string]any{"payloadEncrypted": true, "password": junk, "confirmPassword": junk})
	for range 6 {
		g.serve(newRequest(body)).checkRefused(t, http.StatusUnprocessableEntity, codeValidationError)
	}
	entered, leave := make(chan struct{}), make(chan struct{})
	g.source.Provider = provider(func() ([]keys.Key, error) {
		key, err := keys.NewKey(slowKey{testKey(), entered, leave})
		return []keys.Key{key}, err
	})
	var waiting sync.WaitGroup
	from := func(address string) *http.Request {
		r := newRequest(body)
		r.RemoteAddr = address
		return r
	}
	waiting.Go(func() { g.serve(from("10.9.9.9:1")) })
	<-entered
	unread := func() bool {
		r := newRequest("")
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		ctx, cancel := context.WithCancel(r.Context())
		cancel() // who is admitted does not wait
		x := g.serve(r.WithContext(ctx))
		rest, _ := io.ReadAll(r.Body)
		return x.answer.Code == http.StatusServiceUnavailable && len(rest) == len(body)
	}
	for range 64 {
		waiting.Go(func() { g.serve(newRequest(body)) })
	}
	for !unread() {
		runtime.Gosched()
	}
	raw := newRequest(validBody)
	raw.RemoteAddr = "192.0.2.1:4567"
	g.serve(raw).checkForwarded(t, normalisedBody)
	close(leave)
	waiting.Wait()
	if unread() {
		t.Error("nobody waits any more, and the client is still turned away")
	}
}

// TestUntrustedProxyIsTold: once, and only where all clients wait as one.
func TestUntrustedProxyIsTold(t *testing.T) {
	sealed := encrypt(t, password, crypto.SHA256)
	body := with(map[string]any{"payloadEncrypted": true, "password": sealed, "confirmPassword": sealed})
	for name, c := range map[string]struct {
		peer, header string
		trusted      bool
		lines        int
	}{
		"none":                {"10.1.2.3:4567", "", false, 0},
		"X-Forwarded-For":     {"10.1.2.3:4567", "X-Forwarded-For", false, 1},
		"Forwarded":           {"[::1]:4567", "Forwarded", false, 1},
		"one that is trusted": {"@", "X-Forwarded-For", true, 0},
		"anybody may say so":  {"203.0.113.7:4567", "X-Forwarded-For", false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, nil)
			g.server = caddyhttp.Server{TrustedProxiesUnix: c.trusted, ClientIPHeaders: []string{"X-Forwarded-For"}}
			for range 2 {
				r := newRequest(body)
				r.RemoteAddr = c.peer
				if c.header != "" {
					r.Header.Set(c.header, "10.9.8.7")
				}
				g.serve(r).checkForwarded(t, normalisedBody)
			}
			if got := g.logs.FilterMessageSnippet("trusted_proxies").Len(); got != c.lines {
				t.Errorf("it is said %d times, want %d", got, c.lines)
			}
		})
	}
}
