package oaep

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/customergate/customergate/caddymodule/internal/reuse"
	"github.com/customergate/customergate/caddymodule/keys"
)

// A call is the work of one Open.
type call struct {
	*Decrypter
	tenant, platform string
	ring             []keys.Key
	words            reuse.Words // of the request
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

// open tries variants and keys until one succeeds. A ciphertext that cannot be
// opened has tried all, and so has one that was opened too often: it costs the
// same.
func (c *call) open(octets []byte) ([]byte, error) {
	for _, variant := range c.mgf1.order(c.preferences.of(c.tenant, c.platform)) {
		for _, key := range c.ring {
			if !fits(octets, key) {
				continue
			}
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

// attempt is one private operation under the reuse limit, observed.
func (c *call) attempt(key keys.Key, variant Variant, octets []byte) ([]byte, error) {
	start := time.Now()
	plaintext, err := attempt(key, variant, octets)
	end := time.Now()
	result := ResultOK
	switch {
	case err != nil:
		result = ResultError
	case plaintext == nil:
		result = ResultFailed
	case !c.reuse.Take(octets, c.words, end):
		result = ResultReused
		clear(plaintext)
		plaintext = nil
	}
	c.observe(result, variant, end.Sub(start))
	return plaintext, err
}
