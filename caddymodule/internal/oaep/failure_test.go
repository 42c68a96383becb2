package oaep

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/keys"
)

// TestOpenDoesNotBlameTheClientForAKey: a key that cannot be used says nothing
// about a ciphertext, whether anybody could open it or not.
func TestOpenDoesNotBlameTheClientForAKey(t *testing.T) {
	const canary = "c4n4ry"
	failures := map[string]func([]byte) ([]byte, error){
		"an error":                 func([]byte) ([]byte, error) { return nil, errors.New(canary) },
		"an error and a plaintext": func([]byte) ([]byte, error) { return []byte(canary), errors.New(canary) },
		"an error of crypto/rsa":   func([]byte) ([]byte, error) { return nil, fmt.Errorf("%s: %w", canary, rsa.ErrVerification) },
		"a panic":                  func([]byte) ([]byte, error) { panic(canary) },
		"a panic with an error":    func([]byte) ([]byte, error) { panic(errors.New(canary)) },
		"a panic with nil":         func([]byte) ([]byte, error) { panic(nil) },
	}
	for name, decrypt := range failures {
		t.Run(name, func(t *testing.T) {
			broken := &whole{Decrypter: stub{key2048(), decrypt}}
			ring, seen := ringOf(t, broken, key2048()), new(observations)
			d := New(Options{Queue: slots(1, 0), Observe: seen.observe})
			for range 3 { // the slot must come back
				plaintexts, err := d.Open(t.Context(), ring, Sender{},
					junk(256), seal(t, key2048(), VariantSHA256, password))
				if !errors.Is(err, ErrKeyFailed) || plaintexts != nil {
					t.Fatalf("got %d plaintexts and %v, want ErrKeyFailed alone", len(plaintexts), err)
				}
				if !strings.Contains(err.Error(), ring[0].ID) {
					t.Errorf("%q does not name the key", err)
				}
				if strings.Contains(err.Error(), canary) {
					t.Errorf("%q repeats what the key said", err)
				}
			}
			if n := broken.operations.Load(); n != 6 {
				t.Errorf("%d private operations for 6 ciphertexts, want one each", n)
			}
			if want := map[string]int{"error sha256": 6}; !maps.Equal(seen.seen, want) {
				t.Errorf("observed %v, want %v", seen.seen, want)
			}
		})
	}
}

func TestOpenTakesAWrappedDecryptionErrorForABadCiphertext(t *testing.T) {
	remote := stub{key2048(), func([]byte) ([]byte, error) { return nil, fmt.Errorf("vault: %w", rsa.ErrDecryption) }}
	if plaintext := openOne(t, New(Options{}), ringOf(t, remote), junk(256)); plaintext != nil {
		t.Error("it was opened")
	}
}

// TestOpenClearsPlaintextsBesideAFailure: what was opened before a key failed
// is nobody's.
func TestOpenClearsPlaintextsBesideAFailure(t *testing.T) {
	opened := []byte(password)
	outcomes := []func() ([]byte, error){
		func() ([]byte, error) { return opened, nil },
		func() ([]byte, error) { return nil, errors.New("away") },
	}
	remote := stub{key2048(), func([]byte) ([]byte, error) {
		next := outcomes[0]
		outcomes = outcomes[1:]
		return next()
	}}
	_, err := New(Options{Queue: slots(1, 0)}).Open(t.Context(), ringOf(t, remote), Sender{}, twoDistinct()...)
	if !errors.Is(err, ErrKeyFailed) {
		t.Errorf("got %v, want ErrKeyFailed", err)
	}
	if !bytes.Equal(opened, make([]byte, len(opened))) {
		t.Error("a plaintext was left in memory")
	}
}

// TestOpenRefusesKeysMadeByHand: only keys.NewKey sets the public half.
func TestOpenRefusesKeysMadeByHand(t *testing.T) {
	whole := ringOf(t, key2048())[0]
	for name, ring := range map[string][]keys.Key{
		"a decrypter": {{ID: "mine", Decrypter: crypto.Decrypter(key2048())}},
		"nothing":     {{}},
		"the second":  {whole, {Decrypter: key2048()}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, ciphertext := range [][]byte{junk(256), seal(t, key2048(), VariantSHA256, password), []byte("x")} {
				if _, err := New(Options{}).Open(t.Context(), ring, Sender{}, ciphertext); !errors.Is(err, ErrKeyFailed) {
					t.Errorf("got %v, want ErrKeyFailed", err)
				}
			}
		})
	}
}
