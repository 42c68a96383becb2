package autokeys

import (
	"context"
	"crypto/rsa"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

// memory is a storage that a test can look into and make misbehave.
type memory struct {
	certmagic.Storage // nothing else is to be used

	mu     sync.Mutex
	values map[string][]byte
	locks  map[string]chan struct{}

	onList, onLoad, onLock, onStore, onStored, onDelete, onUnlock hook
}

// A hook is what else happens when something is done with a storage. With an
// error, it is not done, but onStored comes too late for that.
type hook struct {
	atomic.Pointer[func() error]
}

func (h *hook) set(f func() error) { h.Store(&f) }

func (h *hook) call() error {
	if f := h.Load(); f != nil && *f != nil {
		return (*f)()
	}
	return nil
}

func newMemory() *memory {
	return &memory{values: make(map[string][]byte), locks: make(map[string]chan struct{})}
}

func (m *memory) List(_ context.Context, folder string, _ bool) ([]string, error) {
	if err := m.onList.call(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []string
	for name := range m.values { // in no order
		if path.Dir(name) == folder {
			found = append(found, name)
		}
	}
	return found, nil
}

func (m *memory) Load(_ context.Context, name string) ([]byte, error) {
	if err := m.onLoad.call(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.values[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return slices.Clone(value), nil
}

func (m *memory) Store(_ context.Context, name string, value []byte) error {
	if err := m.onStore.call(); err != nil {
		return err
	}
	m.mu.Lock()
	m.values[name] = slices.Clone(value)
	m.mu.Unlock()
	return m.onStored.call()
}

func (m *memory) Delete(_ context.Context, name string) error {
	if err := m.onDelete.call(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.values, name)
	return nil
}

func (m *memory) lock(name string) chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.locks[name] == nil {
		m.locks[name] = make(chan struct{}, 1)
	}
	return m.locks[name]
}

func (m *memory) Lock(ctx context.Context, name string) error {
	if err := m.onLock.call(); err != nil {
		return err
	}
	select {
	case m.lock(name) <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (m *memory) Unlock(ctx context.Context, name string) error {
	if err := m.onUnlock.call(); err != nil {
		return err
	}
	<-m.lock(name)
	return ctx.Err()
}

// locked reports whether anyone has a lock.
func (m *memory) locked() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, lock := range m.locks {
		if len(lock) > 0 {
			return true
		}
	}
	return false
}

// names are those of the values, sorted.
func (m *memory) names() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.values))
}

// put stores a key of a tenant as a gateway would, and returns it.
func (m *memory) put(t testing.TB, tenant string, private *rsa.PrivateKey, notBefore time.Time) storedKey {
	t.Helper()
	key := keytest.Must[keys.Key](t)(keys.NewKey(private))
	stored := newStoredKey(wholeSecond(notBefore), key.ID)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[keysPath+tenant+"/"+stored.name] = keytest.Must[[]byte](t)(keys.PrivatePEM(private))
	return stored
}

// spares is how many keys there are for tests that need several and do not care
// which: two more than are ever stored at once.
const spares = keytest.Keys - 2

// takeSpares hands out the spares in turn, in place of Generate.
func takeSpares() func(int) (*rsa.PrivateKey, error) {
	var n atomic.Int64
	return func(int) (*rsa.PrivateKey, error) {
		return keytest.Key(2 + int(n.Add(1)-1)%spares), nil
	}
}

// A gateway is a Provider with its log. Its clock may be wrong.
type gateway struct {
	*Provider
	logs   *observer.ObservedLogs
	unload context.CancelFunc
}

// newGateway sets up the module on a storage.
func newGateway(t testing.TB, config Provider, storage certmagic.Storage, generate func(int) (*rsa.PrivateKey, error)) gateway {
	t.Helper()
	if err := config.check(); err != nil {
		t.Fatal(err)
	}
	core, logs := observer.New(zap.InfoLevel)
	ctx, unload := context.WithCancel(t.Context())
	config.prepare(ctx, storage, zap.New(core))
	config.generate = generate
	return gateway{&config, logs, unload}
}

func (g gateway) start(t testing.TB) {
	t.Helper()
	if err := g.Start(); err != nil {
		t.Fatal(err)
	}
}

// ring returns the keys of a tenant.
func (g gateway) ring(t testing.TB, tenant string) []keys.Key {
	t.Helper()
	return keytest.Must[[]keys.Key](t)(g.Keys(tenant))
}

// logged returns the lines of the log that begin so.
func (g gateway) logged(begin string) []observer.LoggedEntry {
	return g.logs.Filter(func(e observer.LoggedEntry) bool { return strings.HasPrefix(e.Message, begin) }).All()
}

// rotating is a configuration.
func rotating(every, overlap time.Duration) Provider {
	return Provider{Rotate: new(caddy.Duration(every)), OverlapTime: new(caddy.Duration(overlap))}
}

func has(ring []keys.Key, id string) bool {
	return slices.ContainsFunc(ring, func(k keys.Key) bool { return k.ID == id })
}
