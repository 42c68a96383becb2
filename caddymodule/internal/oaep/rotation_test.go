package oaep

import (
	"crypto"
	"crypto/rsa"
	"maps"
	"math/big"
	"sync"
	"testing"

	"github.com/customergate/customergate/caddymodule/keys"
)

// manyKeys are more keys than are tried, the newest first.
var manyKeys = sync.OnceValue(func() []*rsa.PrivateKey {
	all := []*rsa.PrivateKey{key2048(), other()}
	for len(all) <= keys.MaxKeys {
		all = append(all, mustGenerate(2048))
	}
	return all
})

// A countedRing counts the private operations of all its keys together.
type countedRing struct {
	keys    []keys.Key
	counted []*counted
}

func countRing(t *testing.T, private ...*rsa.PrivateKey) *countedRing {
	t.Helper()
	r := new(countedRing)
	decrypters := make([]crypto.Decrypter, len(private))
	for i, key := range private {
		r.counted = append(r.counted, count(t, key))
		decrypters[i] = r.counted[i]
	}
	r.keys = ringOf(t, decrypters...)
	return r
}

// operations returns how many there were since it was last asked.
func (r *countedRing) operations() int64 {
	var sum int64
	for _, c := range r.counted {
		sum += c.operations.Swap(0)
	}
	return sum
}

// sealForAny seals until the ciphertext could be one of every key, so that none
// is passed over.
func sealForAny(t *testing.T, key *rsa.PrivateKey, variant Variant, ring *countedRing) []byte {
	t.Helper()
	for {
		sealed := seal(t, key, variant, password)
		if suitsAll(sealed, ring.keys) {
			return sealed
		}
	}
}

func suitsAll(ciphertext []byte, ring []keys.Key) bool {
	_, suited := decode(ciphertext, ring)
	return len(suited) == len(ring)
}

// TestOpenDuringARotation walks through the life of two keys: whoever uses the
// newest costs one operation all the time, whatever its variant of MGF1, and
// whoever has not heard of it yet costs two.
func TestOpenDuringARotation(t *testing.T) {
	old, renewed := key2048(), other()
	before, during, after := countRing(t, old), countRing(t, renewed, old), countRing(t, renewed)
	d := New(Options{})
	steps := []struct {
		name   string
		ring   *countedRing
		sealed *rsa.PrivateKey
		want   int64
	}{
		{"one key", before, old, 1},
		{"the old key retires", during, old, 2},
		{"the new key", during, renewed, 1},
		{"the old key again", during, old, 2},
		{"the old key is gone", after, renewed, 1},
	}
	for _, step := range steps {
		for _, variant := range MGF1Both.variants() {
			ciphertext := sealForAny(t, step.sealed, variant, during)
			if plaintext := openOne(t, d, step.ring.keys, ciphertext); string(plaintext) != password {
				t.Fatalf("%s, %s: not opened", step.name, variant)
			}
			if got := step.ring.operations(); got != step.want {
				t.Errorf("%s, %s: %d private operations, want %d", step.name, variant, got, step.want)
			}
		}
	}
}

// TestOpenBoundsTheCostOfJunk: however many keys a tenant has.
func TestOpenBoundsTheCostOfJunk(t *testing.T) {
	ring := countRing(t, manyKeys()...)
	beyond := manyKeys()[keys.MaxKeys]
	first, second := twoDistinct()[0], twoDistinct()[1]
	of := func(key *rsa.PrivateKey) []byte { return sealForAny(t, key, VariantSHA1, ring) }
	tests := map[string]struct {
		ciphertexts [][]byte
		keyID       string
		want        int64
	}{
		"junk":                                     {[][]byte{first}, "", keys.MaxKeys},
		"junk twice":                               {[][]byte{first, first}, "", keys.MaxKeys},
		"two of junk":                              {[][]byte{first, second}, "", 2 * keys.MaxKeys},
		"sealed for a key beyond":                  {[][]byte{of(beyond)}, "", keys.MaxKeys},
		"junk for a named key":                     {[][]byte{first}, ring.keys[1].ID, 1},
		"two of junk for a named key":              {[][]byte{first, second}, ring.keys[3].ID, 2},
		"sealed for another than the named":        {[][]byte{of(manyKeys()[0])}, ring.keys[1].ID, 1},
		"for a key that nobody has":                {[][]byte{first, second}, "nobody", 0},
		"for a key beyond, named":                  {[][]byte{of(beyond)}, ring.keys[keys.MaxKeys].ID, 0},
		"for a key in use, named in the wrong way": {[][]byte{of(manyKeys()[0])}, " " + ring.keys[0].ID, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			plaintexts, err := New(Options{}).Open(t.Context(), ring.keys, Sender{KeyID: test.keyID}, test.ciphertexts...)
			if err != nil {
				t.Fatal(err)
			}
			for _, plaintext := range plaintexts {
				if plaintext != nil {
					t.Error("it was opened")
				}
			}
			if got := ring.operations(); got != test.want {
				t.Errorf("%d private operations, want %d", got, test.want)
			}
		})
	}
}

func TestOpenWithANamedKey(t *testing.T) {
	ring := countRing(t, manyKeys()...)
	for i, key := range manyKeys()[:keys.MaxKeys] {
		d, seen := New(Options{}), new(observations)
		d.observe = seen.observe
		from := Sender{KeyID: ring.keys[i].ID}
		for step := range 3 {
			plaintexts, err := d.Open(t.Context(), ring.keys, from, seal(t, key, VariantSHA1, password))
			if err != nil || string(plaintexts[0]) != password {
				t.Fatalf("key %d: not opened (%v)", i, err)
			}
			if got := ring.operations(); got != 1 {
				t.Errorf("key %d, step %d: %d private operations, want 1", i, step, got)
			}
		}
		if want := map[string]int{"ok sha1": 3}; !maps.Equal(seen.seen, want) {
			t.Errorf("key %d: observed %v, want %v", i, seen.seen, want)
		}
	}
}

// TestOpenObservesWhatNeedsNoKey: each distinct ciphertext once.
func TestOpenObservesWhatNeedsNoKey(t *testing.T) {
	ring := ringOf(t, key2048(), key3072())
	small, large, malformed := junk(256), junk(384), []byte("x")
	tests := map[string]struct {
		keyID       string
		ciphertexts [][]byte
		want        map[string]int
	}{
		"an unknown key":                 {"nobody", [][]byte{small, large, small}, map[string]int{"unknown_key none": 2}},
		"an unknown key, malformed":      {"nobody", [][]byte{malformed}, map[string]int{"unknown_key none": 1}},
		"no key named, malformed":        {"", [][]byte{malformed, malformed}, map[string]int{"malformed none": 1}},
		"a key of another size is named": {ring[0].ID, [][]byte{large}, map[string]int{"malformed none": 1}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			seen := new(observations)
			d := New(Options{Observe: seen.observe})
			if _, err := d.Open(t.Context(), ring, Sender{KeyID: test.keyID}, test.ciphertexts...); err != nil {
				t.Fatal(err)
			}
			if !maps.Equal(seen.seen, test.want) {
				t.Errorf("observed %v, want %v", seen.seen, test.want)
			}
		})
	}
}

// TestOpenPassesOverKeysThatCannotHaveMadeIt: adding the modulus to a
// ciphertext gives another text for the same number, which must not open, as it
// would have answers of its own under a reuse limit.
func TestOpenPassesOverKeysThatCannotHaveMadeIt(t *testing.T) {
	small, large := key2048(), other()
	if small.N.Cmp(large.N) > 0 {
		small, large = large, small
	}
	room := new(big.Int).Sub(large.N, small.N)
	number := new(big.Int)
	for number.Sign() == 0 || number.Cmp(room) >= 0 {
		number = numberOf(t, seal(t, small, VariantSHA256, password))
	}
	octets := new(big.Int).Add(number, small.N).FillBytes(make([]byte, 256))
	for _, ring := range []*countedRing{countRing(t, small, large), countRing(t, large, small)} {
		if openOne(t, New(Options{}), ring.keys, toBase64(octets)) != nil {
			t.Error("it was opened")
		}
		if got := ring.operations(); got != 1 {
			t.Errorf("%d private operations, want 1, of the larger key", got)
		}
	}
}
