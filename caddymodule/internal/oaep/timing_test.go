//go:build timing

package oaep

import (
	"crypto/rand"
	"math"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/internal/queue"
	"github.com/customergate/customergate/caddymodule/keys"
)

// samples is how often each class of failure is timed.
const samples = 1200

// greatestZ is how many standard deviations a class may differ from the others.
// Chance alone exceeds it in one of 370 comparisons; what exceeds it again and
// again is no chance.
const greatestZ = 3

// failures are encoded messages of the classes that nobody may tell apart.
var failures = map[string]func() []byte{
	"nobody's":                     func() []byte { return random(256) },
	"the first octet is not 0":     func() []byte { return encoded(1, VariantSHA256, block(password)) },
	"it is not 0, with SHA-1":      func() []byte { return encoded(1, VariantSHA1, block(password)) },
	"another label":                func() []byte { return encoded(0, VariantSHA256, spoilt(0)) },
	"another label, with SHA-1":    func() []byte { return encoded(0, VariantSHA1, spoilt(31)) },
	"no end of the padding":        func() []byte { return encoded(0, VariantSHA256, block("")[:222]) },
	"an octet in the padding":      func() []byte { return encoded(0, VariantSHA1, spoilt(33)) },
	"an octet in a padding of two": func() []byte { return encoded(0, VariantSHA256, spoiltLong()) },
}

// TestFailuresTakeTheSameTime compares the time that each class of failure takes
// with that of all others, by the rank sum of Mann and Whitney, which does not
// mind what else the machine does now and then: for each engine as requests are
// opened, and for the decoding alone, where a hundredth of that would show. It is
// for `make timing`: chance may have it fail.
func TestFailuresTakeTheSameTime(t *testing.T) {
	t.Run("decoding", func(t *testing.T) { compare(t, 1, timeDecoding) })
	for name, e := range engines(t) {
		d, ring := New(Options{Queue: NewQueue(e, queue.Options{})}), ringOf(t, key2048())
		t.Run(name, func(t *testing.T) {
			// As many as crypto_mb wants at least, if the engine takes several.
			compare(t, min(e.Batch(), 3), func(t *testing.T, ems [][]byte) time.Duration { return timeOpening(t, d, ring, ems) })
		})
	}
}

func timeDecoding(t *testing.T, ems [][]byte) time.Duration {
	start := time.Now()
	message, _ := decodeEM(ems[0], MGF1Both)
	took := time.Since(start)
	if message != nil {
		t.Fatal("it was decoded")
	}
	return took
}

func timeOpening(t *testing.T, d *Decrypter, ring []keys.Key, ems [][]byte) time.Duration {
	ciphertexts := make([][]byte, len(ems))
	for i, em := range ems {
		octets, _ := encryptEM(em)
		ciphertexts[i] = toBase64(octets)
	}
	start := time.Now()
	plaintexts, err := d.Open(t.Context(), ring, Sender{}, ciphertexts...)
	took := time.Since(start)
	if err != nil || plaintexts[0] != nil {
		t.Fatalf("it was opened, or could not be tried (%v)", err)
	}
	return took
}

// compare measures all samples in an order at random. They are there before it
// begins, as making them leaves the caches otherwise for each class.
func compare(t *testing.T, each int, measure func(*testing.T, [][]byte) time.Duration) {
	t.Helper()
	order := schedule()
	ems := make([][][]byte, len(order))
	for i, class := range order {
		for range each {
			ems[i] = append(ems[i], belowModulus(failures[class]))
		}
	}
	times := make(map[string][]float64)
	for i, class := range order {
		times[class] = append(times[class], float64(measure(t, ems[i])))
	}
	for class := range failures {
		z := rankZ(times, class)
		t.Logf("%-28s z = %+.2f, median %v", class, z, time.Duration(median(times[class])))
		if math.Abs(z) >= greatestZ {
			t.Errorf("%s: it takes another time than the others", class)
		}
	}
}

// schedule is the order of all samples, at random.
func schedule() []string {
	var order []string
	for class := range failures {
		order = append(order, slices.Repeat([]string{class}, samples)...)
	}
	mathrand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	return order
}

// belowModulus asks for an encoded message that is less than the modulus.
func belowModulus(class func() []byte) []byte {
	for {
		em := class()
		if _, ok := encryptEM(em); ok {
			return em
		}
	}
}

// encoded is an encoded message under a seed of its own.
func encoded(first byte, variant Variant, db []byte) []byte {
	em := append(append([]byte{first}, random(hashLen)...), db...)
	em = append(em, make([]byte, 256-len(em))...)
	seed, masked := em[1:1+hashLen], em[1+hashLen:]
	mask(masked, variant, seed)
	mask(seed, variant, masked)
	return em
}

// spoilt is a data block with one octet that is wrong.
func spoilt(at int) []byte {
	db := block(password)
	db[at] ^= 2
	return db
}

func spoiltLong() []byte {
	db := block(strings.Repeat("x", 188))
	db[33] = 2
	return db
}

func random(length int) []byte {
	octets := make([]byte, length)
	rand.Read(octets)
	return octets
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// rankZ is by how many standard deviations the rank sum of a class is off.
func rankZ(times map[string][]float64, class string) float64 {
	type sample struct {
		took float64
		own  bool
	}
	var all []sample
	for name, values := range times {
		for _, took := range values {
			all = append(all, sample{took, name == class})
		}
	}
	slices.SortFunc(all, func(a, b sample) int { return int(math.Copysign(1, a.took-b.took)) })
	var sum float64
	for rank, s := range all {
		if s.own {
			sum += float64(rank + 1)
		}
	}
	own, n := float64(len(times[class])), float64(len(all))
	return (sum - own*(n+1)/2) / math.Sqrt(own*(n-own)*(n+1)/12)
}
