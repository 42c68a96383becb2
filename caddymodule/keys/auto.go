package keys

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"sync"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"
)

func init() {
	caddy.RegisterModule(new(Auto))
}

// storageTimeout bounds the wait for Caddy's storage. A lock that a crashed
// gateway left behind in the default storage is taken over after ten seconds.
const storageTimeout = 30 * time.Second

// Auto makes an RSA key of 2048 bits for each tenant and keeps it in Caddy's
// configured storage, as `customer_gate/keys/<tenant>.pem`. It is made once,
// under the storage's lock: gateways that share a storage share the keys.
//
// The key of the default tenant is made when the configuration starts, never
// by `caddy validate`. Whoever can read the storage can read the keys, as it
// is with the keys of Caddy's certificates.
type Auto struct {
	ctx     caddy.Context
	storage certmagic.Storage
	logger  *zap.Logger

	neverMake bool

	mu    sync.Mutex
	rings map[string]*ring
}

// A ring is the keys of one tenant, there or being fetched. ready is closed
// when keys and err can be read.
type ring struct {
	ready chan struct{}
	keys  []Key
	err   error
}

// CaddyModule returns the Caddy module information.
func (*Auto) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.handlers.customer_gate.keys.auto",
		New: func() caddy.Module { return new(Auto) },
	}
}

// Provision prepares the module. It touches no storage, because `caddy
// validate` provisions as well.
func (a *Auto) Provision(ctx caddy.Context) error {
	a.ctx = ctx
	a.storage = ctx.Storage()
	a.logger = ctx.Logger()
	a.rings = make(map[string]*ring)
	return nil
}

// NeverMake has Keys fail where it would make a key. Call it before Keys, in
// tools that only look.
func (a *Auto) NeverMake() { a.neverMake = true }

// Start sees to it that the default tenant has a key.
func (a *Auto) Start() error {
	_, err := a.Keys(DefaultTenant)
	return err
}

// Keys returns the key of the tenant and makes it when there is none, so the
// caller must know the tenant to be real. Callers that come meanwhile wait and
// share the outcome; after a failure the next call tries again.
func (a *Auto) Keys(tenant string) ([]Key, error) {
	a.mu.Lock()
	r, fetched := a.rings[tenant]
	if !fetched {
		r = &ring{ready: make(chan struct{})}
		a.rings[tenant] = r
	}
	a.mu.Unlock()

	if !fetched {
		a.fetch(tenant, r)
	}
	<-r.ready
	return r.keys, r.err
}

func (a *Auto) fetch(tenant string, r *ring) {
	r.err = errors.New("fetching the key was cut short") // unless what follows returns
	defer func() {
		if r.err != nil {
			a.mu.Lock()
			delete(a.rings, tenant)
			a.mu.Unlock()
		}
		close(r.ready)
	}()
	key, err := a.loadOrCreate(tenant)
	if err != nil {
		r.err = fmt.Errorf("key in Caddy's storage: %w", err)
		return
	}
	r.keys, r.err = []Key{key}, nil
}

// tenantName is a DNS label, which is what a tenant's name is (contract,
// section 1), so it can neither leave the folder nor depend on a file system's
// idea of upper and lower case.
var tenantName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

func (a *Auto) loadOrCreate(tenant string) (Key, error) {
	if !tenantName.MatchString(tenant) {
		return Key{}, errors.New("the name of the tenant is not a DNS label in lower case")
	}
	ctx, cancel := context.WithTimeout(a.ctx, storageTimeout)
	defer cancel()
	path := "customer_gate/keys/" + tenant + ".pem"
	key, err := a.load(ctx, path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !a.neverMake:
		return a.create(ctx, path)
	case err != nil:
		return Key{}, err
	}
	a.logger.Info("using an RSA key for encrypted passwords", keyFields(key, path)...)
	return key, nil
}

func keyFields(key Key, path string) []zap.Field {
	return []zap.Field{zap.String("kid", key.ID), zap.Int("bits", key.PublicKey().N.BitLen()), zap.String("storage_key", path)}
}

func (a *Auto) load(ctx context.Context, path string) (Key, error) {
	data, err := a.storage.Load(ctx, path)
	if err != nil {
		return Key{}, err
	}
	defer clear(data)
	private, err := ParsePrivate(data)
	if err != nil {
		return Key{}, fmt.Errorf("%s: %w", path, err)
	}
	return NewKey(private)
}

// create makes and stores a key unless another gateway has done so by the time
// that the lock is had.
func (a *Auto) create(ctx context.Context, path string) (Key, error) {
	if err := a.storage.Lock(ctx, path); err != nil {
		return Key{}, fmt.Errorf("waiting for the lock: %w", err)
	}
	defer a.unlock(ctx, path)
	key, err := a.load(ctx, path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := a.generate(ctx, path); err != nil {
		return Key{}, err
	}
	// The locks of some storages are not perfect. What can be read back is
	// what the other gateways use.
	key, err = a.load(ctx, path)
	if err != nil {
		return Key{}, fmt.Errorf("reading it back: %w", err)
	}
	a.logger.Info("created an RSA key for encrypted passwords", keyFields(key, path)...)
	return key, nil
}

func (a *Auto) generate(ctx context.Context, path string) error {
	private, err := Generate(DefaultBits)
	if err != nil {
		return err
	}
	data, err := PrivatePEM(private)
	if err != nil {
		return err
	}
	defer clear(data)
	if err := a.storage.Store(ctx, path, data); err != nil {
		return fmt.Errorf("storing it: %w", err)
	}
	return nil
}

func (a *Auto) unlock(ctx context.Context, path string) {
	// The lock is given back even if the configuration was unloaded meanwhile.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storageTimeout)
	defer cancel()
	if err := a.storage.Unlock(ctx, path); err != nil {
		a.logger.Warn("could not give back the lock of a key", zap.String("storage_key", path), zap.Error(err))
	}
}

// UnmarshalCaddyfile sets up the module from Caddyfile tokens. Syntax:
//
//	keys auto
func (a *Auto) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the module's name
	if d.NextArg() {
		return d.ArgErr()
	}
	return refuseBlock(d)
}

// Interface guards
var (
	_ Provider              = (*Auto)(nil)
	_ Starter               = (*Auto)(nil)
	_ caddy.Module          = (*Auto)(nil)
	_ caddy.Provisioner     = (*Auto)(nil)
	_ caddyfile.Unmarshaler = (*Auto)(nil)
)
