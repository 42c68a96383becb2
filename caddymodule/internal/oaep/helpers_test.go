package oaep

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"io"
	"math/big"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/engine"
	"github.com/customergate/customergate/caddymodule/engine/openssl"
	"github.com/customergate/customergate/caddymodule/internal/queue"
	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/internal/cryptomb"
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

// slots is a queue for operations in Go.
func slots(n int, wait time.Duration) *Queue {
	e, _ := engine.Choose(engine.Go)
	return NewQueue(e, queue.Options{Slots: n, Wait: wait, Target: wait, Places: 1 << 20})
}

// client is one of many.
func client(i int) netip.Addr { return netip.AddrFrom4([4]byte{198, 18, byte(i >> 8), byte(i)}) }

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

// counted counts the private operations of a key that does them alone.
type counted struct {
	keys.RawDecrypter
	operations atomic.Int64
}

func count(t testing.TB, private *rsa.PrivateKey) *counted {
	t.Helper()
	e, err := engine.Choose(engine.Go)
	if err != nil {
		t.Fatal(err)
	}
	key, err := e.Ready(private)
	if err != nil {
		t.Fatal(err)
	}
	return &counted{RawDecrypter: key}
}

func (c *counted) DecryptRaw(ciphertext []byte) ([]byte, error) {
	c.operations.Add(1)
	return c.RawDecrypter.DecryptRaw(ciphertext)
}

func (c *counted) Decrypt(random io.Reader, ciphertext []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	c.operations.Add(1)
	return c.RawDecrypter.Decrypt(random, ciphertext, opts)
}

// A whole is a key that does no private operation alone, such as an HSM's, and
// counts those that it does.
type whole struct {
	crypto.Decrypter
	operations atomic.Int64
}

func (w *whole) Decrypt(random io.Reader, ciphertext []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	w.operations.Add(1)
	return w.Decrypter.Decrypt(random, ciphertext, opts)
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

func (o *observations) observe(seen Observation) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.seen == nil {
		o.seen = make(map[string]int)
	}
	o.seen[seen.Result.String()+" "+seen.Variant.String()]++
}

// failed is how many operations gave no plaintext, whatever was decoded.
func (o *observations) failed() int {
	return o.seen["failed none"] + o.seen["failed sha256"] + o.seen["failed sha1"]
}

// engines are all that there are.
func engines(t testing.TB) map[string]*engine.Engine {
	t.Helper()
	all := make(map[string]*engine.Engine)
	for _, name := range []string{engine.Go, openssl.Name, openssl.NameCryptoMB} {
		if name == openssl.NameCryptoMB && !cryptomb.CPU() {
			continue
		}
		e, err := engine.Choose(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = e
	}
	return all
}

// openOne opens one ciphertext without a queue and fails the test if it could
// not even be tried.
func openOne(t testing.TB, d *Decrypter, ring []keys.Key, ciphertext []byte) []byte {
	t.Helper()
	plaintexts, err := d.Open(t.Context(), ring, Sender{}, ciphertext)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	if len(plaintexts) != 1 {
		t.Fatalf("Open returned %d plaintexts for one ciphertext", len(plaintexts))
	}
	return plaintexts[0]
}
