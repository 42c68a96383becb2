package oaep

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/engine"
	"github.com/customergate/customergate/caddymodule/internal/queue"
	"github.com/customergate/customergate/caddymodule/keys"
)

// A rawStub is a key whose private operations alone the test controls. It
// decrypts as a whole as the key that it stands for does.
type rawStub struct {
	*whole
	decryptRaw func(ciphertext []byte) ([]byte, error)
}

func (s rawStub) DecryptRaw(ciphertext []byte) ([]byte, error) { return s.decryptRaw(ciphertext) }

// TestOpenUsesNoResultThatIsNotConfirmed: the key is asked as a whole then.
func TestOpenUsesNoResultThatIsNotConfirmed(t *testing.T) {
	sound := count(t, key2048())
	results := map[string]func(ciphertext []byte) ([]byte, error){
		"a bit is wrong": func(ciphertext []byte) ([]byte, error) {
			em, err := sound.DecryptRaw(ciphertext)
			em[100] ^= 1
			return em, err
		},
		"too short":           func([]byte) ([]byte, error) { return make([]byte, 255), nil },
		"nothing":             func([]byte) ([]byte, error) { return nil, nil },
		"more than modulus":   func([]byte) ([]byte, error) { return bytes.Repeat([]byte{0xff}, 256), nil },
		"said to be so":       func([]byte) ([]byte, error) { return nil, engine.ErrUnconfirmed },
		"another's plaintext": func([]byte) ([]byte, error) { return sound.DecryptRaw(make([]byte, 256)) },
	}
	for name, decryptRaw := range results {
		t.Run(name, func(t *testing.T) {
			key, seen := rawStub{&whole{Decrypter: key2048()}, decryptRaw}, new(observations)
			d := New(Options{Observe: seen.observe})
			if openOne(t, d, ringOf(t, key), seal(t, key2048(), VariantSHA1, password)) == nil {
				t.Error("not opened")
			}
			if openOne(t, d, ringOf(t, key), junk(256)) != nil {
				t.Error("junk was opened")
			}
			if n := key.operations.Load(); n != 4 {
				t.Errorf("%d operations as a whole, want two for each ciphertext", n)
			}
			if want := map[string]int{"fault none": 2, "failed sha256": 2, "ok sha1": 1, "failed sha1": 1}; !maps.Equal(seen.seen, want) {
				t.Errorf("observed %v, want %v", seen.seen, want)
			}
		})
	}
}

// TestOpenDoesNotBlameTheClientForARawKey: as for a key that decrypts as a whole.
func TestOpenDoesNotBlameTheClientForARawKey(t *testing.T) {
	const canary = "c4n4ry"
	for name, decryptRaw := range map[string]func([]byte) ([]byte, error){
		"an error":            func([]byte) ([]byte, error) { return nil, errors.New(canary) },
		"an error and octets": func([]byte) ([]byte, error) { return make([]byte, 256), errors.New(canary) },
		"a panic":             func([]byte) ([]byte, error) { panic(canary) },
	} {
		t.Run(name, func(t *testing.T) {
			seen := new(observations)
			ring := ringOf(t, rawStub{&whole{Decrypter: key2048()}, decryptRaw}, key2048())
			d := New(Options{Queue: slots(1, 0), Observe: seen.observe})
			for range 2 { // the slot must come back
				plaintexts, err := d.Open(t.Context(), ring, Sender{}, seal(t, key2048(), VariantSHA256, password))
				if !errors.Is(err, ErrKeyFailed) || plaintexts != nil || strings.Contains(err.Error(), canary) {
					t.Errorf("got %d plaintexts and %v, want ErrKeyFailed alone", len(plaintexts), err)
				}
			}
			if want := map[string]int{"error none": 2}; !maps.Equal(seen.seen, want) {
				t.Errorf("observed %v, want %v", seen.seen, want)
			}
		})
	}
}

// A library is an engine's of the tests. It does what Go does, in batches.
type library struct {
	batches [][]*engine.Operation
	fail    bool
}

func (*library) Version() string { return "batches 1" }

func (*library) Batch() int { return 8 }

func (*library) Load(private *rsa.PrivateKey) (any, error) {
	e, _ := engine.Choose(engine.Go)
	return e.Ready(private)
}

func (l *library) Run(batch []*engine.Operation) {
	if l.fail {
		panic("c4n4ry")
	}
	l.batches = append(l.batches, slices.Clone(batch))
	for _, op := range batch {
		result, err := op.Key.Handle.(*engine.Key).DecryptRaw(op.Ciphertext)
		if err != nil {
			panic(err)
		}
		copy(op.Result, result)
	}
}

var batches = new(library)

func init() {
	engine.Register("batches", -1, func() (engine.Library, error) { return batches, nil })
}

func batchEngine(t *testing.T, ring []keys.Key) *engine.Engine {
	t.Helper()
	e, err := engine.Choose("batches")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range ring {
		key.Raw(e, func(err error) { t.Error(err) }) // which tries it
	}
	batches.batches = nil
	return e
}

// TestOpenGivesAnEngineWhatItCanTogether: all that the first key can open, then
// what is left with the second one.
func TestOpenGivesAnEngineWhatItCanTogether(t *testing.T) {
	ring := ringOf(t, key2048(), other())
	first, second := sealBelow(t, key2048(), other().N), sealBelow(t, other(), key2048().N)
	d := New(Options{Queue: NewQueue(batchEngine(t, ring), queue.Options{Slots: 1})})
	plaintexts, err := d.Open(t.Context(), ring, Sender{}, first, junk(256), second, first)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{password, "", password, password} {
		if string(plaintexts[i]) != want {
			t.Errorf("plaintext %d is %q, want %q", i, plaintexts[i], want)
		}
	}
	var lengths []int
	for _, batch := range batches.batches {
		lengths = append(lengths, len(batch))
		for _, op := range batch {
			if !bytes.Equal(op.Result, make([]byte, 256)) {
				t.Error("a result was left in memory")
			}
		}
	}
	if want := []int{3, 2}; !slices.Equal(lengths, want) {
		t.Errorf("batches of %v operations, want %v", lengths, want)
	}
}

func TestOpenSurvivesAnEngineThatPanics(t *testing.T) {
	ring := ringOf(t, key2048())
	d := New(Options{Queue: NewQueue(batchEngine(t, ring), queue.Options{})})
	batches.fail = true
	t.Cleanup(func() { batches.fail = false })
	if _, err := d.Open(t.Context(), ring, Sender{}, twoDistinct()...); !errors.Is(err, ErrKeyFailed) || strings.Contains(err.Error(), "c4n4ry") {
		t.Errorf("got %v, want ErrKeyFailed alone", err)
	}
}

// TestOpenReportsAKeyThatNoEngineServes: it is opened as a whole.
func TestOpenReportsAKeyThatNoEngineServes(t *testing.T) {
	threePrimes, err := rsa.GenerateMultiPrimeKey(rand.Reader, 3, 2048) //nolint:staticcheck // no provider of the project's makes or reads one
	if err != nil {
		t.Fatal(err)
	}
	var reported []error
	d := New(Options{Report: func(err error) { reported = append(reported, err) }})
	ring := ringOf(t, threePrimes)
	for range 2 {
		if openOne(t, d, ring, seal(t, threePrimes, VariantSHA1, password)) == nil {
			t.Error("not opened")
		}
	}
	if len(reported) != 1 {
		t.Errorf("reported %v, want one trouble", reported)
	}
}
