// Package oaep opens the passwords that clients send encrypted (contract,
// section 2): RSA-OAEP with SHA-256 and the empty label, in strict Base64.
//
// It treats both common choices of MGF1 as correct, bounds how many private
// operations run at once, and makes every failure look and cost the same.
package oaep

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/customergate/customergate/caddymodule/keys"
)

// Options are the tunables of a Decrypter. The zero value works, without a
// queue.
type Options struct {
	// MGF1 says which variants of MGF1 are accepted. Default: both.
	MGF1 MGF1

	// MaxDecrypts is how many private operations run at once. Default, for 0:
	// as many as there are CPUs for the process.
	MaxDecrypts int

	// Wait is how long a call waits for its turn at most. While MaxDecrypts
	// operations run, one call for each millisecond of it, begun ones too, and
	// each of MaxDecrypts may wait. 0 means that none waits.
	Wait time.Duration

	// Observe is told of each private operation with the time it took, and of
	// each ciphertext refused without one. It may be called by several
	// goroutines at once. Default: none.
	Observe func(result Result, variant Variant, took time.Duration)
}

// A Result is how a private operation, or a ciphertext refused without one,
// ended. It tells an operator more than a client may learn.
type Result uint8

const (
	// ResultOK is an operation that gave a plaintext.
	ResultOK Result = iota
	// ResultFailed is an operation that gave none, or none that is text.
	ResultFailed
	// ResultMalformed is a ciphertext that no key can have made: not strict
	// Base64, not as long as the modulus, or not less than it.
	ResultMalformed
	// ResultError is an operation that the key could not perform, whatever the
	// ciphertext.
	ResultError
)

// String returns ok, failed, malformed or error.
func (r Result) String() string {
	return [...]string{ResultOK: "ok", ResultFailed: "failed", ResultMalformed: "malformed", ResultError: "error"}[r]
}

// A Decrypter opens ciphertexts. It is safe for concurrent use, and meant to
// be shared by all requests: its bounds hold for all calls together.
type Decrypter struct {
	mgf1        MGF1
	observe     func(Result, Variant, time.Duration)
	preferences *preferences
	limiter     *limiter
}

// New returns a Decrypter.
func New(o Options) *Decrypter {
	if o.MaxDecrypts == 0 {
		o.MaxDecrypts = runtime.GOMAXPROCS(0)
	}
	if o.Observe == nil {
		o.Observe = func(Result, Variant, time.Duration) {}
	}
	return &Decrypter{
		mgf1:        o.MGF1,
		observe:     o.Observe,
		preferences: newPreferences(),
		limiter:     newLimiter(o.MaxDecrypts, o.Wait),
	}
}

// Open returns one plaintext for each ciphertext, nil for one that cannot be
// opened; why it cannot, nobody is told. A plaintext is UTF-8 without control
// characters and may be empty. It belongs to the caller, who should clear it.
//
// The keys of the ring are tried in order, each with every accepted variant of
// MGF1. Tenant and platform, the devicePlatform of the client, only choose
// which variant comes first. Equal ciphertexts are opened once, different ones
// side by side if slots are free. The error is ErrBusy, the context's, or an
// ErrKeyFailed, and then there are no plaintexts: while a key cannot be used,
// nobody knows whether a ciphertext can be opened.
func (d *Decrypter) Open(ctx context.Context, tenant string, ring []keys.Key, platform string, ciphertexts ...[]byte) ([][]byte, error) {
	if err := checkRing(ring); err != nil {
		return nil, err
	}
	plaintexts := make([][]byte, len(ciphertexts))
	tasks := make([]task, 0, len(ciphertexts))
	for i, ciphertext := range ciphertexts {
		if firstEqual(ciphertexts, i) < i {
			continue
		}
		octets, ok := decode(ciphertext, ring)
		if !ok {
			d.observe(ResultMalformed, VariantNone, 0)
			continue
		}
		tasks = append(tasks, task{octets: octets, into: &plaintexts[i]})
	}
	if len(tasks) > 0 {
		c := &call{Decrypter: d, tenant: tenant, platform: platform, ring: ring, tasks: tasks}
		if err := c.run(ctx); err != nil {
			return nil, err
		}
	}
	for i := range ciphertexts {
		if first := firstEqual(ciphertexts, i); first < i {
			plaintexts[i] = bytes.Clone(plaintexts[first])
		}
	}
	return plaintexts, nil
}

// checkRing refuses a ring without keys, and keys without a public half, which
// whoever makes a keys.Key by hand has no way to give it.
func checkRing(ring []keys.Key) error {
	if len(ring) == 0 {
		return fmt.Errorf("%w: the provider has none", ErrKeyFailed)
	}
	for _, key := range ring {
		if key.PublicKey() == nil {
			return fmt.Errorf("%w: kid %q was not made with keys.NewKey", ErrKeyFailed, key.ID)
		}
	}
	return nil
}

// firstEqual returns the index of the first ciphertext that equals the i-th.
// Strict Base64 has one spelling, so equal text is equal ciphertext.
func firstEqual(ciphertexts [][]byte, i int) int {
	return slices.IndexFunc(ciphertexts, func(c []byte) bool { return bytes.Equal(c, ciphertexts[i]) })
}

// A call is the work of one Open.
type call struct {
	*Decrypter
	tenant, platform string
	ring             []keys.Key
	tasks            []task
	taken            atomic.Int32 // how many tasks have been begun
}

// A task is a ciphertext to open and where its plaintext belongs.
type task struct {
	octets []byte
	into   *[]byte
	err    error // an ErrKeyFailed
}

// run waits for one slot and works through the tasks, with the help of one
// more goroutine for each further slot that is free right away.
func (c *call) run(ctx context.Context) error {
	if err := c.limiter.acquire(ctx); err != nil {
		return err
	}
	var helpers sync.WaitGroup
	for range len(c.tasks) - 1 {
		if !c.limiter.tryAcquire() {
			break
		}
		helpers.Go(c.work)
	}
	c.work()
	helpers.Wait()
	return c.outcome()
}

// work opens one task after the other until none is left or a key has failed,
// then gives its slot back.
func (c *call) work() {
	defer c.limiter.release()
	for {
		i := int(c.taken.Add(1)) - 1
		if i >= len(c.tasks) {
			return
		}
		t := &c.tasks[i]
		if *t.into, t.err = c.open(t.octets); t.err != nil {
			return
		}
	}
}

// outcome returns the first failure of a key. What was opened beside it is
// cleared.
func (c *call) outcome() error {
	failed := slices.IndexFunc(c.tasks, func(t task) bool { return t.err != nil })
	if failed < 0 {
		return nil
	}
	for _, t := range c.tasks {
		clear(*t.into)
	}
	return c.tasks[failed].err
}

// open tries keys and variants until one succeeds. A ciphertext that cannot be
// opened has tried all.
func (c *call) open(octets []byte) ([]byte, error) {
	order := c.mgf1.order(c.preferences.of(c.tenant, c.platform))
	for _, key := range c.ring {
		if !fits(octets, key) {
			continue
		}
		for _, variant := range order {
			plaintext, err := c.attempt(key, variant, octets)
			if err != nil {
				return nil, err
			}
			if plaintext != nil {
				c.preferences.set(c.tenant, c.platform, variant)
				return plaintext, nil
			}
		}
	}
	return nil, nil
}

func (c *call) attempt(key keys.Key, variant Variant, octets []byte) ([]byte, error) {
	start := time.Now()
	plaintext, err := attempt(key, variant, octets)
	result := ResultFailed
	switch {
	case err != nil:
		result = ResultError
	case plaintext != nil:
		result = ResultOK
	}
	c.observe(result, variant, time.Since(start))
	return plaintext, err
}
