// Package enginetest is what every engine must do, as tests.
package enginetest

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/customergate/customergate/caddymodule/engine"
)

// Run tries an engine with all that the package knows.
func Run(t *testing.T, e *engine.Engine) {
	keys := readyAll(t, e)
	t.Run("Corners", func(t *testing.T) { testCorners(t, keys) })
	t.Run("Batches", func(t *testing.T) { testBatches(t, e, keys) })
	t.Run("OutOfRange", func(t *testing.T) { testOutOfRange(t, keys) })
	t.Run("AtOnce", func(t *testing.T) { testAtOnce(t, e, keys) })
	t.Run("KeysRefused", func(t *testing.T) { testKeysRefused(t, e) })
}

// readyAll readies the keys, each of which the engine itself has to serve.
func readyAll(t testing.TB, e *engine.Engine) map[string]*engine.Key {
	t.Helper()
	keys := make(map[string]*engine.Key)
	for name, private := range Keys() {
		key, err := e.Ready(private)
		if err == nil {
			err = key.Trouble()
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		keys[name] = key
	}
	return keys
}

func testCorners(t *testing.T, keys map[string]*engine.Key) {
	for name, key := range keys {
		for corner, ciphertext := range corners(key.PrivateKey) {
			result, err := key.DecryptRaw(ciphertext)
			if err != nil || !right(key.PrivateKey, ciphertext, result) {
				t.Errorf("%s, %s: the wrong result (%v)", name, corner, err)
			}
		}
	}
}

// testBatches gives batches of all lengths that matter, of mixed keys, some of
// them with what is out of range in between.
func testBatches(t *testing.T, e *engine.Engine, keys map[string]*engine.Key) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same ciphertexts each time
	for _, length := range []int{0, 1, 2, 3, 4, 8, 9, 11, 17} {
		for name, mix := range map[string]func() *engine.Key{
			"one key":     func() *engine.Key { return keys["2048"] },
			"two of them": func() *engine.Key { return keys[[]string{"2048", "2048, p less than q"}[random.IntN(2)]] },
			"several sizes": func() *engine.Key {
				return keys[[]string{"2048", "2056", "3072", "2048-exponent-3", "3072, p less than q"}[random.IntN(5)]]
			},
		} {
			batch := make([]*engine.Operation, length)
			for i := range batch {
				batch[i] = operation(mix(), random)
				if random.IntN(6) == 0 {
					batch[i].Ciphertext = batch[i].Key.N.Bytes()
				}
			}
			e.Do(batch)
			for i, op := range batch {
				if err := judge(op); err != nil {
					t.Errorf("%d operations of %s, number %d: %v", length, name, i, err)
				}
			}
		}
	}
}

// operation has a ciphertext of its own, and leftovers where the result goes.
func operation(key *engine.Key, random *rand.Rand) *engine.Operation {
	bound := new(big.Int).Sub(key.N, big.NewInt(1))
	octets := make([]byte, key.Size()+8)
	for i := range octets {
		octets[i] = byte(random.Uint32())
	}
	number := new(big.Int).SetBytes(octets)
	return &engine.Operation{
		Key:        key,
		Ciphertext: number.Mod(number, bound).FillBytes(make([]byte, key.Size())),
		Result:     bytes.Repeat([]byte{0xa5}, key.Size()),
	}
}

// judge tells what is wrong with an operation that has been done.
func judge(op *engine.Operation) error {
	if new(big.Int).SetBytes(op.Ciphertext).Cmp(op.Key.N) >= 0 {
		if !errors.Is(op.Err, engine.ErrCiphertext) || !isZero(op.Result) {
			return errors.New("out of range, but not refused as that, or with a result")
		}
		return nil
	}
	if op.Err == nil && !right(op.Key.PrivateKey, op.Ciphertext, op.Result) {
		return errors.New("the wrong result")
	}
	return op.Err
}

func isZero(octets []byte) bool { return bytes.Equal(octets, make([]byte, len(octets))) }

func testOutOfRange(t *testing.T, keys map[string]*engine.Key) {
	for _, name := range []string{"2048", "2056"} {
		key := keys[name]
		for what, ciphertext := range map[string][]byte{
			"n":         key.N.Bytes(),
			"n+1":       new(big.Int).Add(key.N, big.NewInt(1)).Bytes(),
			"the most":  bytes.Repeat([]byte{0xff}, key.Size()),
			"too short": make([]byte, key.Size()-1),
			"too long":  make([]byte, key.Size()+1),
			"nothing":   nil,
		} {
			if result, err := key.DecryptRaw(ciphertext); !errors.Is(err, engine.ErrCiphertext) || result != nil {
				t.Errorf("%s bits, %s: the error is %v, want ErrCiphertext", name, what, err)
			}
		}
	}
}

// testAtOnce has batches of the same keys under way on several goroutines.
func testAtOnce(t *testing.T, e *engine.Engine, keys map[string]*engine.Key) {
	mix := []*engine.Key{keys["2048"], keys["2048, p less than q"], keys["3072"]}
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			random := rand.New(rand.NewPCG(3, uint64(worker))) //nolint:gosec // the same ciphertexts each time
			for range 5 {
				batch := make([]*engine.Operation, random.IntN(10))
				for i := range batch {
					batch[i] = operation(mix[random.IntN(len(mix))], random)
				}
				e.Do(batch)
				for _, op := range batch {
					if err := judge(op); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	group.Wait()
}

func testKeysRefused(t *testing.T, e *engine.Engine) {
	sound := Keys()["2048"]
	for name, private := range map[string]*rsa.PrivateKey{
		"three primes":          {PublicKey: sound.PublicKey, D: sound.D, Primes: append(slices.Clone(sound.Primes), big.NewInt(3))},
		"no primes":             {PublicKey: sound.PublicKey, D: sound.D},
		"primes of another key": {PublicKey: sound.PublicKey, D: sound.D, Primes: Keys()["3072"].Primes},
		"another exponent":      {PublicKey: rsa.PublicKey{N: sound.N, E: 3}, D: sound.D, Primes: sound.Primes},
	} {
		if key, err := e.Ready(private); err == nil || key != nil {
			t.Errorf("%s: it was taken", name)
		}
	}
}

// Fuzz compares an engine with arithmetic of another kind: a batch of as many
// operations as there are octets in keys, each of which chooses a key.
func Fuzz(f *testing.F, e *engine.Engine) {
	names := slices.Sorted(maps.Keys(Keys()))
	keys := readyAll(f, e)
	for i, name := range names {
		f.Add([]byte{byte(i)}, corners(Keys()[name])["n-1"])
	}
	f.Add([]byte{0, 0, 0}, []byte{3})
	f.Fuzz(func(t *testing.T, chosen, ciphertext []byte) {
		batch := make([]*engine.Operation, min(len(chosen), 9))
		for i := range batch {
			key := keys[names[int(chosen[i])%len(names)]]
			batch[i] = &engine.Operation{Key: key, Ciphertext: fit(ciphertext, key.Size(), i), Result: make([]byte, key.Size())}
		}
		e.Do(batch)
		for i, op := range batch {
			if err := judge(op); err != nil {
				t.Errorf("operation %d: %v", i, err)
			}
		}
	})
}

// fit makes a ciphertext as long as a modulus, and another one for each
// operation of a batch.
func fit(ciphertext []byte, size, number int) []byte {
	octets := make([]byte, size)
	copy(octets[max(0, size-len(ciphertext)):], ciphertext)
	octets[size-1] += byte(number)
	return octets
}
