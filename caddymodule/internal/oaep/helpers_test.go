package oaep

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"io"
	"math/big"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/keys"
)

// The keys of the tests, each made when it is first asked for.
var (
	key2048  = sync.OnceValue(func() *rsa.PrivateKey { return mustGenerate(2048) })
	other    = sync.OnceValue(func() *rsa.PrivateKey { return mustGenerate(2048) })
	key3072  = sync.OnceValue(func() *rsa.PrivateKey { return mustGenerate(3072) })
	oddSized = sync.OnceValue(func() *rsa.PrivateKey { return mustGenerate(2056) }) // its Base64 has a padding of another length
)

func mustGenerate(bits int) *rsa.PrivateKey {
	key, err := keys.Generate(bits)
	if err != nil {
		panic(err)
	}
	return key
}

// ringOf makes a ring of anything that decrypts.
func ringOf(t testing.TB, decrypters ...crypto.Decrypter) []keys.Key {
	t.Helper()
	ring := make([]keys.Key, 0, len(decrypters))
	for _, d := range decrypters {
		key, err := keys.NewKey(d)
		if err != nil {
			t.Fatal(err)
		}
		ring = append(ring, key)
	}
	return ring
}

// seal encrypts as a client with the given variant does.
func seal(t testing.TB, key crypto.Decrypter, variant Variant, plaintext string) []byte {
	t.Helper()
	sealed, err := rsa.EncryptOAEPWithOptions(rand.Reader, key.Public().(*rsa.PublicKey), []byte(plaintext), options[variant])
	if err != nil {
		t.Fatal(err)
	}
	return toBase64(sealed)
}

func toBase64(octets []byte) []byte {
	return base64.StdEncoding.AppendEncode(nil, octets)
}

// numberOf is what a ciphertext stands for.
func numberOf(t *testing.T, ciphertext []byte) *big.Int {
	t.Helper()
	octets := make([]byte, encoding.DecodedLen(len(ciphertext)))
	n, err := encoding.Decode(octets, ciphertext)
	if err != nil {
		t.Fatal(err)
	}
	return new(big.Int).SetBytes(octets[:n])
}

// junk is a ciphertext of the right form that nobody can open.
func junk(size int) []byte {
	octets := make([]byte, size)
	for i := range octets {
		octets[i] = byte(i)
	}
	return toBase64(octets)
}

// counted counts the private operations of a key.
type counted struct {
	crypto.Decrypter
	operations atomic.Int64
}

func count(key crypto.Decrypter) *counted { return &counted{Decrypter: key} }

func (c *counted) Decrypt(random io.Reader, ciphertext []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	c.operations.Add(1)
	return c.Decrypter.Decrypt(random, ciphertext, opts)
}

// stub stands in for a key whose operations the test controls.
type stub struct {
	crypto.Decrypter
	decrypt func(ciphertext []byte) ([]byte, error)
}

func (s stub) Decrypt(_ io.Reader, ciphertext []byte, _ crypto.DecrypterOpts) ([]byte, error) {
	return s.decrypt(ciphertext)
}

// observations collects what a Decrypter reports.
type observations struct {
	mu   sync.Mutex
	seen map[string]int
}

func (o *observations) observe(result Result, variant Variant, _ time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.seen == nil {
		o.seen = make(map[string]int)
	}
	o.seen[result.String()+" "+variant.String()]++
}

// openOne opens one ciphertext without a queue and fails the test if it could
// not even be tried.
func openOne(t testing.TB, d *Decrypter, ring []keys.Key, platform string, ciphertext []byte) []byte {
	t.Helper()
	plaintexts, err := d.Open(t.Context(), ring, Sender{Tenant: keys.DefaultTenant, Platform: platform}, ciphertext)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	if len(plaintexts) != 1 {
		t.Fatalf("Open returned %d plaintexts for one ciphertext", len(plaintexts))
	}
	return plaintexts[0]
}
