package oaep

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"maps"
	"strings"
	"testing"
)

const password = "Tr0ub4dor&3 für Åse"

func TestOpenAccepts(t *testing.T) {
	small := sealSmall(t)
	tests := map[string]struct {
		key        *rsa.PrivateKey
		ciphertext []byte
		want       string
	}{
		"MGF1 with SHA-256":                {key2048(), seal(t, key2048(), VariantSHA256, password), password},
		"MGF1 with SHA-1":                  {key2048(), seal(t, key2048(), VariantSHA1, password), password},
		"3072 bits":                        {key3072(), seal(t, key3072(), VariantSHA1, password), password},
		"2056 bits":                        {oddSized(), seal(t, oddSized(), VariantSHA256, password), password},
		"longest plaintext":                {key2048(), seal(t, key2048(), VariantSHA256, strings.Repeat("x", 190)), strings.Repeat("x", 190)},
		"empty plaintext":                  {key2048(), seal(t, key2048(), VariantSHA256, ""), ""},
		"replacement character":            {key2048(), seal(t, key2048(), VariantSHA256, "a\ufffdb"), "a\ufffdb"},
		"a small number, padded to length": {key2048(), small, password},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			plaintext := openOne(t, New(Options{}), ringOf(t, test.key), test.ciphertext)
			if plaintext == nil || string(plaintext) != test.want {
				t.Errorf("got %q (nil: %t), want %q", plaintext, plaintext == nil, test.want)
			}
		})
	}
}

// sealSmall seals until the ciphertext begins with a zero octet.
func sealSmall(t *testing.T) []byte {
	t.Helper()
	for {
		if sealed := seal(t, key2048(), VariantSHA256, password); sealed[0] == 'A' && sealed[1] < 'Q' && sealed[1] >= 'A' {
			return sealed
		}
	}
}

func TestOpenKeepsToTheMGF1Policy(t *testing.T) {
	tests := map[string]struct {
		policy     MGF1
		sent       Variant
		opened     bool
		operations int64
	}{
		"both, given SHA-256":        {MGF1Both, VariantSHA256, true, 1},
		"both, given SHA-1":          {MGF1Both, VariantSHA1, true, 1},
		"SHA-256 alone":              {MGF1SHA256, VariantSHA256, true, 1},
		"SHA-256 alone, given SHA-1": {MGF1SHA256, VariantSHA1, false, 1},
		"SHA-1 alone":                {MGF1SHA1, VariantSHA1, true, 1},
		"SHA-1 alone, given SHA-256": {MGF1SHA1, VariantSHA256, false, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			key := count(t, key2048())
			d := New(Options{MGF1: test.policy})
			plaintext := openOne(t, d, ringOf(t, key), seal(t, key2048(), test.sent, password))
			if opened := string(plaintext) == password; opened != test.opened {
				t.Errorf("opened is %t, want %t", opened, test.opened)
			}
			if n := key.operations.Load(); n != test.operations {
				t.Errorf("%d private operations, want %d", n, test.operations)
			}
		})
	}
}

// TestOpenWithAKeyThatDecryptsAsAWhole: one that does no private operation alone
// is asked for one variant after the other.
func TestOpenWithAKeyThatDecryptsAsAWhole(t *testing.T) {
	tests := map[string]struct {
		policy     MGF1
		ciphertext []byte
		opened     bool
		operations int64
		observed   map[string]int
	}{
		"SHA-256":             {MGF1Both, seal(t, key2048(), VariantSHA256, password), true, 1, map[string]int{"ok sha256": 1}},
		"SHA-1":               {MGF1Both, seal(t, key2048(), VariantSHA1, password), true, 2, map[string]int{"failed sha256": 1, "ok sha1": 1}},
		"junk":                {MGF1Both, junk(256), false, 2, map[string]int{"failed sha256": 1, "failed sha1": 1}},
		"not text":            {MGF1Both, seal(t, key2048(), VariantSHA256, "\x00"), false, 2, map[string]int{"failed sha256": 1, "failed sha1": 1}},
		"SHA-1 alone":         {MGF1SHA1, seal(t, key2048(), VariantSHA1, password), true, 1, map[string]int{"ok sha1": 1}},
		"junk, SHA-256 alone": {MGF1SHA256, junk(256), false, 1, map[string]int{"failed sha256": 1}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			key, seen := &whole{Decrypter: key2048()}, new(observations)
			plaintext := openOne(t, New(Options{MGF1: test.policy, Observe: seen.observe}), ringOf(t, key), test.ciphertext)
			if opened := string(plaintext) == password; opened != test.opened {
				t.Errorf("opened is %t, want %t", opened, test.opened)
			}
			if n := key.operations.Load(); n != test.operations {
				t.Errorf("%d private operations, want %d", n, test.operations)
			}
			if !maps.Equal(seen.seen, test.observed) {
				t.Errorf("observed %v, want %v", seen.seen, test.observed)
			}
		})
	}
}

func TestOpenObservesEveryOperation(t *testing.T) {
	seen := new(observations)
	d := New(Options{Observe: seen.observe})
	ring := ringOf(t, other(), key2048())
	openOne(t, d, ring, sealBelow(t, key2048(), other().N))
	openOne(t, d, ringOf(t, key2048()), seal(t, key2048(), VariantSHA1, password))
	if want := map[string]int{"failed none": 1, "ok sha256": 1, "ok sha1": 1}; !maps.Equal(seen.seen, want) {
		t.Errorf("observed %v, want %v", seen.seen, want)
	}
}

func TestOpenTriesEveryKey(t *testing.T) {
	newest, older, large := count(t, key2048()), count(t, other()), count(t, key3072())
	ring := ringOf(t, newest, older, large)
	tests := map[string]struct {
		ciphertext           []byte
		opened               bool
		newest, older, large int64
	}{
		"sealed for the newest": {sealBelow(t, key2048(), other().N), true, 1, 0, 0},
		"sealed for the older":  {sealBelow(t, other(), key2048().N), true, 1, 1, 0},
		"sealed for the large":  {seal(t, key3072(), VariantSHA256, password), true, 0, 0, 1},
		"junk":                  {junk(256), false, 1, 1, 0},
		"large junk":            {junk(384), false, 0, 0, 1},
		"between the sizes":     {junk(320), false, 0, 0, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, key := range []*counted{newest, older, large} {
				key.operations.Store(0)
			}
			plaintext := openOne(t, New(Options{}), ring, test.ciphertext)
			if opened := string(plaintext) == password; opened != test.opened {
				t.Errorf("opened is %t, want %t", opened, test.opened)
			}
			if n := newest.operations.Load(); n != test.newest {
				t.Errorf("newest key: %d private operations, want %d", n, test.newest)
			}
			if n := older.operations.Load(); n != test.older {
				t.Errorf("older key: %d private operations, want %d", n, test.older)
			}
			if n := large.operations.Load(); n != test.large {
				t.Errorf("large key: %d private operations, want %d", n, test.large)
			}
		})
	}
}

func TestOpenWithoutKeys(t *testing.T) {
	if _, err := New(Options{}).Open(t.Context(), nil, Sender{}, junk(256)); !errors.Is(err, ErrKeyFailed) {
		t.Errorf("got %v, want %v", err, ErrKeyFailed)
	}
}

func TestOpenEqualCiphertextsOnce(t *testing.T) {
	sealed := seal(t, key2048(), VariantSHA256, password)
	tests := map[string]struct {
		ciphertexts [][]byte
		operations  int64
		want        []string // "" for one that is not opened
	}{
		"equal":              {[][]byte{sealed, bytes.Clone(sealed)}, 1, []string{password, password}},
		"equal junk":         {[][]byte{junk(256), junk(256)}, 1, []string{"", ""}},
		"equal and another":  {[][]byte{sealed, junk(256), sealed}, 2, []string{password, "", password}},
		"equal and no form":  {[][]byte{[]byte("x"), []byte("x")}, 0, []string{"", ""}},
		"one of no form":     {[][]byte{[]byte("x"), sealed}, 1, []string{"", password}},
		"no ciphertext":      {nil, 0, []string{}},
		"none after another": {[][]byte{sealed, {}}, 1, []string{password, ""}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			key := count(t, key2048())
			d := New(Options{Queue: slots(1, 0)})
			plaintexts, err := d.Open(t.Context(), ringOf(t, key), Sender{}, test.ciphertexts...)
			if err != nil {
				t.Fatal(err)
			}
			if n := key.operations.Load(); n != test.operations {
				t.Errorf("%d private operations, want %d", n, test.operations)
			}
			if len(plaintexts) != len(test.want) {
				t.Fatalf("%d plaintexts, want %d", len(plaintexts), len(test.want))
			}
			for i, want := range test.want {
				if string(plaintexts[i]) != want || (plaintexts[i] == nil) != (want == "") {
					t.Errorf("plaintext %d is %q", i, plaintexts[i])
				}
				clear(plaintexts[i]) // must not reach into the others
			}
		})
	}
}

func TestOpenAcceptsANilPlaintextAsEmpty(t *testing.T) {
	remote := stub{key2048(), func([]byte) ([]byte, error) { return nil, nil }}
	if plaintext := openOne(t, New(Options{}), ringOf(t, remote), junk(256)); plaintext == nil || len(plaintext) != 0 {
		t.Errorf("got %q, want an empty plaintext that is not nil", plaintext)
	}
}

func TestOpenClearsPlaintextsItRefuses(t *testing.T) {
	refused := []byte("secret\x00")
	remote := stub{key2048(), func([]byte) ([]byte, error) { return refused, nil }}
	openOne(t, New(Options{}), ringOf(t, remote), junk(256))
	if !bytes.Equal(refused, make([]byte, len(refused))) {
		t.Error("a refused plaintext was left in memory")
	}
}
