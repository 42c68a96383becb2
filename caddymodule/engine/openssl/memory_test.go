//go:build cgo && linux

package openssl

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/customergate/customergate/caddymodule/engine"
	"github.com/customergate/customergate/caddymodule/engine/enginetest"
	"github.com/customergate/customergate/internal/cryptomb"
)

// TestKeysAreFreed loads so many keys that the memory of the process would show
// it if C kept them, or their contexts. cryptomb has all that openssl has. The
// memory is measured without the race detector, for which `make test` runs it once
// more.
func TestKeysAreFreed(t *testing.T) {
	cryptomb.SkipWithoutIFMA(t)
	library, err := openCryptoMB()
	if err != nil {
		t.Fatal(err)
	}
	const count, bound = 5000, 6 << 20 // a key has 1.8 KiB for crypto_mb, and more for OpenSSL
	loadAndDrop(t, library, count/2)
	before := resident(t)
	loadAndDrop(t, library, count)
	if grown := resident(t) - before; grown > bound && !raceDetector {
		t.Errorf("%d keys have left %d KiB", count, grown>>10)
	}
}

func loadAndDrop(t *testing.T, library engine.Library, count int) {
	t.Helper()
	var left atomic.Int64
	for range count {
		handle, err := library.Load(enginetest.Keys()["2048"])
		if err != nil {
			t.Fatal(err)
		}
		k := handle.(*key)
		k.contexts.give(k.contexts.take(k.pkey))
		left.Add(1)
		runtime.AddCleanup(k, func(left *atomic.Int64) { left.Add(-1) }, &left)
	}
	for range 1000 {
		if runtime.GC(); left.Load() == 0 {
			return
		}
	}
	t.Fatalf("%d of %d keys are never freed", left.Load(), count)
}

// resident is how much memory the process has, in bytes.
func resident(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var size, pages int
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// TestCryptoMBConfirms spoils what crypto_mb has of a key: the faults that this
// gives are found, whoever confirms the results.
func TestCryptoMBConfirms(t *testing.T) {
	cryptomb.SkipWithoutIFMA(t)
	e, err := engine.Choose(NameCryptoMB)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"2048", "2048-exponent-3", "4096"} {
		ready, err := e.Ready(enginetest.Keys()[name])
		if err != nil {
			t.Fatal(err)
		}
		ready.Handle.(*key).multi.dp[0] ^= 2
		for length, want := range map[int]error{2: nil, 3: engine.ErrUnconfirmed, 8: engine.ErrUnconfirmed} {
			batch := make([]*engine.Operation, length)
			for i := range batch {
				batch[i] = &engine.Operation{Key: ready, Ciphertext: bytes.Repeat([]byte{byte(i + 1)}, ready.Size()), Result: make([]byte, ready.Size())}
			}
			e.Do(batch)
			for i, op := range batch {
				if !errors.Is(op.Err, want) {
					t.Errorf("%s, number %d of %d: got %v, want %v", name, i, length, op.Err, want)
				}
			}
		}
	}
}

// TestCallsLeaveNothingBehind: the memory of a call is used again.
func TestCallsLeaveNothingBehind(t *testing.T) {
	e, err := engine.Choose(Name)
	if err != nil {
		t.Fatal(err)
	}
	ready, err := e.Ready(enginetest.Keys()["2048"])
	if err != nil {
		t.Fatal(err)
	}
	op := &engine.Operation{Key: ready, Ciphertext: bytes.Repeat([]byte{1}, 256), Result: make([]byte, 256)}
	c := begin([]*engine.Operation{op})
	copy(octets(&c.operations[0].result), "a secret")
	c.end([]*engine.Operation{op})
	if o := &c.operations[0]; o.context != nil || !bytes.Equal(octets(&o.result), make([]byte, len(o.result))) {
		t.Error("a call keeps what it has done")
	}
}
