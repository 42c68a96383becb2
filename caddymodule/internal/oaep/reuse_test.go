package oaep

import (
	"bytes"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/customergate/customergate/caddymodule/internal/reuse"
)

var thrice = reuse.Limit{Count: 3, Window: time.Hour}

// TestOpenBeyondTheReuseLimit: it costs what junk costs, at every place in the
// order of attempts.
func TestOpenBeyondTheReuseLimit(t *testing.T) {
	ring := countRing(t, key2048(), other())
	for name, sealed := range map[string][]byte{
		"first key, SHA-256":  sealForAny(t, key2048(), VariantSHA256, ring),
		"first key, SHA-1":    sealForAny(t, key2048(), VariantSHA1, ring),
		"second key, SHA-256": sealForAny(t, other(), VariantSHA256, ring),
		"second key, SHA-1":   sealForAny(t, other(), VariantSHA1, ring),
	} {
		t.Run(name, func(t *testing.T) {
			for range thrice.Count {
				if openOne(t, New(Options{Reuse: thrice}), ring.keys, sealed) == nil {
					t.Fatal("it is refused within the limit")
				}
			}
			seen := new(observations)
			d := New(Options{Reuse: thrice, Observe: seen.observe}) // another one, as after a reload
			ring.operations()
			if openOne(t, d, ring.keys, sealed) != nil {
				t.Error("it was opened beyond the limit")
			}
			if got := ring.operations(); got != 2 {
				t.Errorf("%d private operations, want 2 as for junk", got)
			}
			if seen.seen["reused sha256"]+seen.seen["reused sha1"] != 1 || seen.failed() != 1 || len(seen.seen) != 2 {
				t.Errorf("observed %v, want one reused and one failed", seen.seen)
			}
			if openOne(t, d, ring.keys, seal(t, key2048(), VariantSHA256, password)) == nil {
				t.Error("another ciphertext is refused")
			}
			if openOne(t, New(Options{}), ring.keys, sealed) == nil {
				t.Error("it is refused without a limit")
			}
		})
	}
}

func TestOpenTakesOneAnswerForEachDistinctCiphertext(t *testing.T) {
	ring, d := ringOf(t, key2048()), New(Options{Reuse: thrice})
	first, second := seal(t, key2048(), VariantSHA256, password), seal(t, key2048(), VariantSHA1, password)
	steps := []struct {
		name        string
		ciphertexts [][]byte
		want        []bool
	}{
		{"the same twice is one", [][]byte{first, first}, []bool{true, true}},
		{"two are one each", [][]byte{first, second}, []bool{true, true}},
		{"the last answer about the first", [][]byte{first, first, second}, []bool{true, true, true}},
		{"the second has one left", [][]byte{first, second}, []bool{false, true}},
		{"neither has", [][]byte{second, first}, []bool{false, false}},
	}
	for _, step := range steps {
		plaintexts, err := d.Open(t.Context(), ring, Sender{}, step.ciphertexts...)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range step.want {
			if got := plaintexts[i] != nil; got != want {
				t.Errorf("%s: ciphertext %d opened is %t, want %t", step.name, i, got, want)
			}
		}
	}
}

// TestOpenTakesNoAnswerForJunk: what does not open is not counted, and cannot
// fill the memory of what does.
func TestOpenTakesNoAnswerForJunk(t *testing.T) {
	unreadable := seal(t, key2048(), VariantSHA256, "line\nfeed")
	d, seen := New(Options{Reuse: reuse.Limit{Count: 1, Window: time.Hour}}), new(observations)
	d.observe = seen.observe
	for range 3 {
		openOne(t, d, ringOf(t, key2048()), junk(256))
		openOne(t, d, ringOf(t, key2048()), unreadable)
	}
	if got := seen.failed(); got != 6 || seen.seen["reused sha256"] > 0 {
		t.Errorf("observed %v, want six that failed", seen.seen)
	}
}

func TestOpenAgainWhenTheWindowIsOver(t *testing.T) {
	ring, sealed := ringOf(t, key2048()), seal(t, key2048(), VariantSHA256, password)
	synctest.Test(t, func(t *testing.T) {
		d := New(Options{Reuse: thrice})
		for range 2 {
			for i := range thrice.Count + 1 {
				if got, want := openOne(t, d, ring, sealed) != nil, i < thrice.Count; got != want {
					t.Errorf("time %d: opened is %t, want %t", i+1, got, want)
				}
			}
			time.Sleep(thrice.Window)
		}
	})
}

func TestOpenAtOnceUnderTheReuseLimit(t *testing.T) {
	const callers = 1000
	sealed := seal(t, key2048(), VariantSHA256, password)
	// The key is slow in no way, so that the limit alone is what is tried.
	ring := ringOf(t, stub{key2048(), func([]byte) ([]byte, error) { return []byte(password), nil }})
	d := New(Options{Reuse: reuse.Limit{Count: 20, Window: time.Hour}, Queue: slots(0, time.Minute)})
	var answers atomic.Int32
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			plaintexts, err := d.Open(t.Context(), ring, Sender{Client: client(i)}, sealed, sealed)
			if err != nil {
				t.Error(err)
			} else if plaintexts[0] != nil {
				answers.Add(1)
			}
		})
	}
	wg.Wait()
	if got := answers.Load(); got != 20 {
		t.Errorf("%d answers to %d at once, want 20", got, callers)
	}
}

func TestOpenClearsWhatIsBeyondTheReuseLimit(t *testing.T) {
	var given [][]byte
	ring := ringOf(t, stub{key2048(), func([]byte) ([]byte, error) {
		given = append(given, []byte(password))
		return given[len(given)-1], nil
	}})
	ciphertext, d := seal(t, key2048(), VariantSHA256, password), New(Options{Reuse: reuse.Limit{Count: 1, Window: time.Hour}})
	openOne(t, d, ring, ciphertext)
	if openOne(t, d, ring, ciphertext) != nil {
		t.Error("it was opened")
	}
	if len(given) != 3 {
		t.Fatalf("%d private operations, want 1 and 2", len(given))
	}
	for _, plaintext := range given[1:] {
		if !bytes.Equal(plaintext, make([]byte, len(password))) {
			t.Error("a plaintext was left in memory")
		}
	}
}

// TestOpenBeyondTheReuseLimitWithAKeyThatFails: it ends as junk does then.
func TestOpenBeyondTheReuseLimitWithAKeyThatFails(t *testing.T) {
	broken := stub{other(), func([]byte) ([]byte, error) { return nil, errors.New("away") }}
	ring := ringOf(t, key2048(), broken)
	d := New(Options{Reuse: reuse.Limit{Count: 1, Window: time.Hour}})
	sealed := sealBelow(t, key2048(), other().N)
	if openOne(t, d, ring, sealed) == nil {
		t.Fatal("not opened")
	}
	for name, ciphertext := range map[string][]byte{"beyond the limit": sealed, "junk": junk(256)} {
		if _, err := d.Open(t.Context(), ring, Sender{}, ciphertext); !errors.Is(err, ErrKeyFailed) {
			t.Errorf("%s: got %v, want ErrKeyFailed", name, err)
		}
	}
}
