// Package selfcheck has a gateway try by itself what customers are going to: it encrypts
// a random text with the published key, has it opened the way requests are, and asks the
// store of claims for something. A wrong key, a dead HSM or a full disk is found before
// a customer finds it.
package selfcheck

import (
	"context"
	"crypto"
	"errors"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/internal/oaep"
	"github.com/customergate/customergate/caddymodule/internal/trouble"
	"github.com/customergate/customergate/caddymodule/keys"
)

// Options is what is checked.
type Options struct {
	// Interval is the time between two checks.
	Interval time.Duration

	// Tenants are those whose keys are checked; nil where there are none.
	Tenants func() []string

	// Published are the keys that clients of a tenant may be given to encrypt with. One
	// has to be opened.
	Published func(tenant string) ([]keys.Key, error)

	// MGF1 is the hash that the text is encrypted with.
	MGF1 crypto.Hash

	// Open opens a ciphertext of a tenant where nobody waits for that, and is an
	// oaep.ErrBusy where somebody does.
	Open func(ctx context.Context, tenant string, ciphertext []byte) ([]byte, error)

	// Store has the store of claims do something; nil without one.
	Store func(ctx context.Context) error

	// Logger is told of trouble, and when it is over.
	Logger *zap.Logger
}

// A Result is that of the last check that was made.
type Result struct {
	Tenant string    `json:"tenant,omitempty"` // whose key was checked; none for the store
	At     time.Time `json:"at"`
	Why    string    `json:"why,omitempty"` // it fails; empty where it does not
}

// A Checker checks again and again.
type Checker struct {
	options Options
	keys    *trouble.ByName
	store   *trouble.Log

	mu      sync.Mutex
	results []Result // the store's first, then those of tenants by name

	unanswered map[string]<-chan error // tries of keys that have not ended in time, by tenant
}

// Start checks at once, and then at each interval until the context is done.
func Start(ctx context.Context, o Options) *Checker {
	c := &Checker{
		options:    o,
		unanswered: make(map[string]<-chan error),
		keys: trouble.NewByName(o.Logger, "tenant",
			"the self check fails: a password that is encrypted with the published key cannot be opened", "the self check opens passwords again"),
		store: trouble.New(o.Logger,
			"the self check fails: the claims store does not take a claim", "the self check makes claims again"),
	}
	go c.run(ctx)
	return c
}

func (c *Checker) run(ctx context.Context) {
	ticker := time.NewTicker(c.options.Interval)
	defer ticker.Stop()
	for {
		c.check(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Results are those of the last check of each.
func (c *Checker) Results() []Result {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.results)
}

// limit is how long one check may take.
const limit = 10 * time.Second

func (c *Checker) check(ctx context.Context) {
	if c.options.Store != nil {
		c.checkStore(ctx)
	}
	if c.options.Tenants == nil {
		return
	}
	tenants := c.options.Tenants()
	allWork := len(tenants) > 0 // or nothing is known
	for _, tenant := range tenants {
		if ctx.Err() != nil {
			return
		}
		allWork = c.checkKey(ctx, tenant) && allWork
	}
	c.forgetOthers(tenants)
	if allWork {
		succeeded(keyCheck)
	}
}

// forgetOthers drops the results of tenants that are gone.
func (c *Checker) forgetOthers(tenants []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.results = slices.DeleteFunc(c.results, func(r Result) bool {
		gone := r.Tenant != "" && !slices.Contains(tenants, r.Tenant)
		if gone && r.Why != "" {
			c.keys.Works(r.Tenant) // there is nothing any more that fails
		}
		return gone
	})
}

func (c *Checker) checkStore(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := c.options.Store(ctx)
	if errors.Is(ctx.Err(), context.Canceled) {
		return // the configuration has ended
	}
	if err != nil {
		count(storeCheck, failed)
		c.store.Failed("", err)
		c.note(Result{At: time.Now(), Why: "the store does not take a claim"})
		return
	}
	count(storeCheck, ok)
	succeeded(storeCheck)
	c.store.Works()
	c.note(Result{At: time.Now()})
}

// checkKey reports whether the key works, as far as it is known: whoever has to wait
// behind customers has learnt nothing.
func (c *Checker) checkKey(ctx context.Context, tenant string) bool {
	switch err := c.tryInTime(ctx, tenant); {
	case ctx.Err() != nil: // the configuration has ended
		return false
	case errors.Is(err, oaep.ErrBusy):
		count(keyCheck, skipped)
		return false
	case err != nil:
		count(keyCheck, failed)
		c.keys.Failed(tenant, "", err)
		c.note(Result{Tenant: tenant, At: time.Now(), Why: "what is encrypted with the published key cannot be opened"})
		return false
	}
	count(keyCheck, ok)
	c.keys.Works(tenant)
	c.note(Result{Tenant: tenant, At: time.Now()})
	return true
}

func (c *Checker) note(r Result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, found := slices.BinarySearchFunc(c.results, r.Tenant, func(known Result, tenant string) int {
		switch {
		case known.Tenant < tenant:
			return -1
		case known.Tenant > tenant:
			return 1
		}
		return 0
	})
	if found {
		c.results[at] = r
		return
	}
	c.results = slices.Insert(c.results, at, r)
}

var (
	errNoAnswer = errors.New("the private key does not answer")
	errPanicked = errors.New("the keys have panicked")
)

// lateness is how long a try may take to notice that its time is over.
const lateness = time.Second

// tryInTime is tryKey for keys that know no context and may never answer. While one has
// not answered, it is not tried again: whatever hangs is to hang once.
func (c *Checker) tryInTime(ctx context.Context, tenant string) error {
	answer := c.unanswered[tenant]
	if answer == nil {
		answer = c.try(ctx, tenant)
	}
	ctx, cancel := context.WithTimeout(ctx, limit+lateness)
	defer cancel()
	select {
	case err := <-answer:
		delete(c.unanswered, tenant)
		return err
	case <-ctx.Done():
		c.unanswered[tenant] = answer
		return errNoAnswer
	}
}

// try is tryKey, and says later what came of it.
func (c *Checker) try(ctx context.Context, tenant string) <-chan error {
	answer := make(chan error, 1)
	go func() {
		err := errPanicked // whose value could hold anything
		defer func() {
			_ = recover()
			answer <- err
		}()
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		err = c.options.tryKey(ctx, tenant)
	}()
	return answer
}
