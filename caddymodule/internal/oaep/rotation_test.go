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
		r.counted = append(r.counted, count(key))
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
	for _, key := range ring {
		if _, ok := decode(ciphertext, []keys.Key{key}); !ok {
			return false
		}
	}
	return true
}

// TestOpenDuringARotation walks through the life of two keys: whoever uses the
// newest costs one operation all the time, for each tenant and platform, and
// whoever has not heard of it yet costs two.
func TestOpenDuringARotation(t *testing.T) {
	old, renewed := key2048(), other()
	before, during, after := countRing(t, old), countRing(t, renewed, old), countRing(t, renewed)
	d := New(Options{})
	steps := []struct {
		name     string
		ring     *countedRing
		sealed   *rsa.PrivateKey
		tenant   string
		platform string
		variant  Variant
		want     int64
	}{
		{"Android is not known yet", before, old, "acme", "ANDROID", VariantSHA1, 2},
		{"Android is known", before, old, "acme", "ANDROID", VariantSHA1, 1},
		{"the web has its own variant", before, old, "acme", "WEB", VariantSHA256, 1},
		{"another tenant has its own", before, old, "globex", "ANDROID", VariantSHA256, 1},
		{"the old key retires", during, old, "acme", "ANDROID", VariantSHA1, 2},
		{"the new key", during, renewed, "acme", "ANDROID", VariantSHA1, 1},
		{"the old key again", during, old, "acme", "ANDROID", VariantSHA1, 2},
		{"the new key again", during, renewed, "acme", "ANDROID", VariantSHA1, 1},
		{"the new key from the web", during, renewed, "acme", "WEB", VariantSHA256, 1},
		{"the new key at the other tenant", during, renewed, "globex", "ANDROID", VariantSHA256, 1},
		{"both are new", during, renewed, "acme", "WEB", VariantSHA1, 3},
		{"the old key is gone", after, renewed, "acme", "ANDROID", VariantSHA1, 1},
	}
	for _, step := range steps {
		ciphertext := sealForAny(t, step.sealed, step.variant, during)
		plaintexts, err := d.Open(t.Context(), step.ring.keys, Sender{Tenant: step.tenant, Platform: step.platform}, ciphertext)
		if err != nil || string(plaintexts[0]) != password {
			t.Fatalf("%s: not opened (%v)", step.name, err)
		}
		if got := step.ring.operations(); got != step.want {
			t.Errorf("%s: %d private operations, want %d", step.name, got, step.want)
		}
	}
}

// TestOpenBoundsTheCostOfJunk: however many keys a tenant has and whatever is
// preferred.
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
		"junk":                                     {[][]byte{first}, "", 2 * keys.MaxKeys},
		"junk twice":                               {[][]byte{first, first}, "", 2 * keys.MaxKeys},
		"two of junk":                              {[][]byte{first, second}, "", 4 * keys.MaxKeys},
		"sealed for a key beyond":                  {[][]byte{of(beyond)}, "", 2 * keys.MaxKeys},
		"junk for a named key":                     {[][]byte{first}, ring.keys[1].ID, 2},
		"two of junk for a named key":              {[][]byte{first, second}, ring.keys[3].ID, 4},
		"sealed for another than the named":        {[][]byte{of(manyKeys()[0])}, ring.keys[1].ID, 2},
		"for a key that nobody has":                {[][]byte{first, second}, "nobody", 0},
		"for a key beyond, named":                  {[][]byte{of(beyond)}, ring.keys[keys.MaxKeys].ID, 0},
		"for a key in use, named in the wrong way": {[][]byte{of(manyKeys()[0])}, " " + ring.keys[0].ID, 0},
	}
	for name, test := range tests {
		for _, preferred := range []Variant{VariantNone, VariantSHA256, VariantSHA1} {
			t.Run(name+", preferred "+preferred.String(), func(t *testing.T) {
				d := New(Options{})
				d.preferences.set("acme", "WEB", preferred)
				from := Sender{Tenant: "acme", Platform: "WEB", KeyID: test.keyID}
				plaintexts, err := d.Open(t.Context(), ring.keys, from, test.ciphertexts...)
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
				if got := d.preferences.of("acme", "WEB"); got != preferred {
					t.Errorf("%s is preferred now", got)
				}
			})
		}
	}
}

func TestOpenWithANamedKey(t *testing.T) {
	ring := countRing(t, manyKeys()...)
	for i, key := range manyKeys()[:keys.MaxKeys] {
		d, seen := New(Options{}), new(observations)
		d.observe = seen.observe
		from := Sender{Tenant: "acme", Platform: "ANDROID", KeyID: ring.keys[i].ID}
		for step, want := range []int64{2, 1, 1} { // it learns the variant all the same
			plaintexts, err := d.Open(t.Context(), ring.keys, from, seal(t, key, VariantSHA1, password))
			if err != nil || string(plaintexts[0]) != password {
				t.Fatalf("key %d: not opened (%v)", i, err)
			}
			if got := ring.operations(); got != want {
				t.Errorf("key %d, step %d: %d private operations, want %d", i, step, got, want)
			}
		}
		if want := map[string]int{"failed sha256": 1, "ok sha1": 3}; !maps.Equal(seen.seen, want) {
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
			if _, err := d.Open(t.Context(), ring, Sender{Tenant: "acme", KeyID: test.keyID}, test.ciphertexts...); err != nil {
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
		if openOne(t, New(Options{}), ring.keys, "WEB", toBase64(octets)) != nil {
			t.Error("it was opened")
		}
		if got := ring.operations(); got != 2 {
			t.Errorf("%d private operations, want 2, of the larger key", got)
		}
	}
}
