package autokeys

import (
	"context"
	"crypto/rsa"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/internal/trouble"
	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keys/internal/loads"
	"github.com/customergate/customergate/caddymodule/keys/internal/ring"
)

// A tenant is one of the Provider with its keys.
type tenant struct {
	auto   *Provider
	folder keyFolder
	logger *zap.Logger

	ring atomic.Pointer[ring.Ring] // nil until the keys have been read

	mu      sync.Mutex
	attempt *attempt // to be ready, while it is under way

	// What follows is for whoever looks at the storage: the attempt to be
	// ready, and lookAfter when that has succeeded.
	stored  []storedKey         // all in the storage
	loaded  map[string]keys.Key // by their names, those that decrypt
	spare   *rsa.PrivateKey     // made, and not stored yet
	using   string              // the ID of the key that was last said to be in use
	foreign []string            // files that only seem to be keys
	stalled string              // the key that was last said to come too late
	trouble *trouble.Log
}

// An attempt is one that several callers wait for. err can be read when done is
// closed.
type attempt struct {
	done chan struct{}
	err  error
}

func newTenant(a *Provider, name string, storage certmagic.Storage) *tenant {
	logger := a.logger.With(zap.String("tenant", name))
	return &tenant{
		auto:   a,
		folder: keyFolder{storage: storage, path: keysPath + name},
		logger: logger,
		trouble: trouble.New(logger, "failed to look after the RSA keys for encrypted passwords; those read before stay in force",
			"looking after the RSA keys for encrypted passwords works again"),
	}
}

// storageTimeout bounds the wait for Caddy's storage. A lock that a crashed
// gateway left behind in the default storage is taken over after ten seconds.
const storageTimeout = 30 * time.Second

func (t *tenant) context() (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.auto.ctx, storageTimeout)
}

var (
	errCutShort = errors.New("fetching the keys was cut short")
	errPanicked = errors.New("the storage has panicked")
)

// ready sees to it that the tenant has a key. Callers that come meanwhile share
// the outcome.
func (t *tenant) ready() error {
	t.mu.Lock()
	running := t.attempt
	if running == nil && t.ring.Load() == nil {
		t.attempt = &attempt{done: make(chan struct{}), err: errCutShort} // unless what follows returns
		t.mu.Unlock()
		return t.try(t.attempt)
	}
	t.mu.Unlock()
	if running == nil {
		return nil
	}
	<-running.done
	return running.err
}

func (t *tenant) try(own *attempt) error {
	defer func() {
		loads.Count(providerName, own.err == nil)
		t.mu.Lock()
		t.attempt = nil
		t.mu.Unlock()
		close(own.done)
	}()
	own.err = t.fetchOrMake()
	return own.err
}

func (t *tenant) fetchOrMake() error {
	err := t.fetch()
	if errors.Is(err, errNoKey) && !t.auto.neverMake {
		return t.tend()
	}
	return err
}

// lookAfter looks at the storage again and again, until the configuration is
// unloaded.
func (t *tenant) lookAfter(offset, interval time.Duration) {
	timer := time.NewTimer(offset)
	defer timer.Stop()
	for {
		select {
		case <-t.auto.ctx.Done():
			return
		case <-timer.C:
			t.look()
			timer.Reset(interval)
		}
	}
}

// look learns of the keys that other gateways have made, and makes and deletes
// keys when it is time to.
func (t *tenant) look() {
	err := errPanicked // unless what follows returns
	defer func() {
		_ = recover() // what a storage panics with could hold anything
		if err != nil {
			t.plan() // time has gone by all the same
		}
		t.report(err)
	}()
	err = t.fetchAndTend()
}

func (t *tenant) fetchAndTend() error {
	if err := t.fetch(); err != nil {
		return err
	}
	return t.tend()
}

// report tells the operator of a failed look, once as long as it stays the same.
func (t *tenant) report(err error) {
	if err != nil && t.auto.ctx.Err() != nil {
		return // it was the unloading that ended the look
	}
	loads.Count(providerName, err == nil)
	if err != nil {
		t.trouble.Failed(doing(err), err)
	} else {
		t.trouble.Works()
	}
}

func doing(err error) string {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.doing
	}
	return err.Error()
}
