package caddymodule

import (
	"bytes"
	"crypto"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/customergate/customergate/caddymodule/keys"
)

// memory holds on to every piece of memory in which a test has seen a
// password.
type memory struct {
	mu     sync.Mutex
	pieces map[string][][]byte // by where it was seen
}

func (m *memory) keep(where string, piece []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.pieces == nil {
		m.pieces = make(map[string][][]byte)
	}
	m.pieces[where] = append(m.pieces[where], piece)
}

// checkWiped fails the test if anything is left of what was seen somewhere, if
// it was to be.
func (m *memory) checkWiped(t *testing.T, where string, want bool) {
	t.Helper()
	if got := len(m.pieces[where]) > 0; got != want {
		t.Errorf("%s: seen is %t, want %t", where, got, want)
	}
	for _, piece := range m.pieces[where] {
		if len(piece) == 0 || !bytes.Equal(piece, make([]byte, len(piece))) {
			t.Errorf("%s: %d bytes are left in memory", where, len(piece))
		}
	}
}

// Where passwords are seen.
const (
	inReceived = "the body as it came"
	inOpened   = "what the key opened"
)

// watchedKey keeps what it opens.
type watchedKey struct {
	crypto.Decrypter
	memory *memory
}

func (k watchedKey) Decrypt(random io.Reader, ciphertext []byte, options crypto.DecrypterOpts) ([]byte, error) {
	plaintext, err := k.Decrypter.Decrypt(random, ciphertext, options)
	if err == nil {
		k.memory.keep(inOpened, plaintext)
	}
	return plaintext, err
}

// watchedBody arrives at once and keeps where it was put.
type watchedBody struct {
	io.Reader
	memory *memory
}

func (b watchedBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if n > 0 {
		b.memory.keep(inReceived, p[:n])
	}
	return n, err
}

func (watchedBody) Close() error { return nil }

// TestServeLeavesNoPasswordInMemory: however a request ends, the passwords in
// it do not wait for the garbage collector.
func TestServeLeavesNoPasswordInMemory(t *testing.T) {
	sealed := func(changes map[string]any) string {
		changes["payloadEncrypted"] = true
		changes["password"], changes["confirmPassword"] = encrypt(t, password, crypto.SHA256), encrypt(t, password, crypto.SHA1)
		return with(changes)
	}
	panics := func(http.ResponseWriter, *http.Request) error { panic(http.ErrAbortHandler) }
	tests := map[string]struct {
		body              string
		next              func(http.ResponseWriter, *http.Request) error
		opened, forwarded bool
	}{
		"accepted":              {sealed(map[string]any{}), nil, true, true},
		"refused":               {sealed(map[string]any{"email": "nobody"}), nil, true, false},
		"next panics":           {sealed(map[string]any{}), panics, true, true},
		"raw, accepted":         {validBody, nil, false, true},
		"raw, refused":          {with(map[string]any{"email": "nobody"}), nil, false, false},
		"raw, next panics":      {validBody, panics, false, true},
		"raw, not whole":        {validBody[:len(validBody)-1], nil, false, false},
		"raw, a member doubled": {strings.Replace(validBody, "}", `,"password":""}`, 1), nil, false, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			seen, upstream := new(memory), io.Reader(nil)
			g := newRig(t, map[string]any{"queue": map[string]any{"slots": 1}})
			g.source.Provider = provider(func() ([]keys.Key, error) {
				key, err := keys.NewKey(watchedKey{testKey(), seen})
				return []keys.Key{key}, err
			})
			g.next = func(w http.ResponseWriter, r *http.Request) error {
				upstream = r.Body
				if test.next != nil {
					return test.next(w, r)
				}
				w.WriteHeader(http.StatusCreated)
				return nil
			}
			r := newRequest(test.body)
			r.Body = watchedBody{strings.NewReader(test.body), seen}
			if panicked := servePanicking(g, r); panicked != (test.next != nil) {
				t.Errorf("panicked is %t", panicked)
			}
			seen.checkWiped(t, inReceived, true)
			seen.checkWiped(t, inOpened, test.opened)
			if (upstream != nil) != test.forwarded {
				t.Fatalf("forwarded is %t", upstream != nil)
			}
			if test.forwarded {
				if text, err := io.ReadAll(upstream); len(text) > 0 || err == nil {
					t.Errorf("the body for the upstream still gives %q, %v", text, err)
				}
			}
		})
	}
}

// servePanicking tells whether the panic of the next handler came through.
func servePanicking(g *rig, r *http.Request) (panicked bool) {
	defer func() { panicked = recover() != nil }()
	g.serve(r)
	return false
}
