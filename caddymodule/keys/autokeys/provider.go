// Package autokeys is the provider of keys that the gateway makes and rotates: a
// guest module of Caddy.
package autokeys

import (
	"context"
	"crypto/rsa"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keys/internal/loads"
)

func init() {
	caddy.RegisterModule(new(Provider))
}

// Provider makes RSA keys, keeps them in Caddy's configured storage and, if asked
// to, replaces them from time to time. Gateways that share a storage share the
// keys: one of them makes a key, under the storage's lock, and the others find
// it. They should have the same options, and clocks that differ by less than a
// quarter of `rotate`, and by less than 10m.
//
// The first key of a tenant is made when the configuration starts, never by
// `caddy validate`, and is in use at once. A later one is stored a while before
// it comes into use: every gateway can decrypt with it before a client is given
// it. The key that it replaces still decrypts for the time of `overlap`, and is
// then deleted from the storage.
//
// Each key is a value of its own in the storage, PKCS #8 in PEM, named
// `customer_gate/keys/<tenant>/<time>-<kid>.pem`, where the time is when the
// key comes into use, in UTC, such as `20260102T030405Z`. A file ending in
// `.pem` with any other name is left alone with a warning. Whoever can read the
// storage can read the keys, as it is with the keys of Caddy's certificates. To
// be rid of a key, delete it there; it no longer decrypts after the next look.
// The last one of a tenant stays in force until the next start of a
// configuration, which makes a new one.
//
// The storage is looked at each minute, more often where `rotate` is short.
// While it cannot be read, or holds a key that cannot be used, the keys that
// were read before stay in force; a configuration does not start without a key
// for each tenant.
type Provider struct {
	// How large new keys are, in bits: 2048, 3072 or 4096. Keys that are there
	// stay as they are. Default: 2048.
	Bits *int `json:"bits,omitempty"`

	// How long a key is in use until another one takes its place: at least
	// 10s, at most 3650d. Default: for ever.
	Rotate *caddy.Duration `json:"rotate,omitempty"`

	// How long a key still decrypts after another one has taken its place: not
	// longer than `rotate`, at most 3650d. Give clients that keep the public
	// key the time to fetch the next one; with 0, those that come late are
	// refused. Default: 24h, or the time of `rotate` where that is shorter.
	OverlapTime *caddy.Duration `json:"overlap,omitempty"`

	// The tenants that have keys, by their names: 1 to 63 characters of a-z,
	// 0-9 and `-`. Nobody else does: a client cannot have keys made for
	// tenants that it has made up. Default: one tenant, named `default`.
	TenantNames []string `json:"tenants,omitempty"`

	ctx       context.Context // ends when the configuration is unloaded
	logger    *zap.Logger
	rotation  rotation
	bits      int
	tenants   map[string]*tenant
	neverMake bool

	now      func() time.Time
	generate func(bits int) (*rsa.PrivateKey, error)
}

// CaddyModule returns the Caddy module information.
func (*Provider) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.handlers.customer_gate.keys.auto",
		New: func() caddy.Module { return new(Provider) },
	}
}

// Provision checks the configuration and prepares it. It touches no storage,
// because `caddy validate` provisions as well.
func (a *Provider) Provision(ctx caddy.Context) error {
	if err := a.check(); err != nil {
		return err
	}
	if err := loads.Register(ctx.GetMetricsRegistry(), providerName); err != nil {
		return err
	}
	a.prepare(ctx, ctx.Storage(), ctx.Logger())
	return nil
}

// providerName is the label of the provider in metrics.
const providerName = "auto"

func (a *Provider) prepare(ctx context.Context, storage certmagic.Storage, logger *zap.Logger) {
	a.ctx, a.logger = ctx, logger
	a.now, a.generate = time.Now, keys.Generate
	a.bits = keys.DefaultBits
	if a.Bits != nil {
		a.bits = *a.Bits
	}
	a.rotation = rotation{every: a.rotate(), overlap: a.Overlap()}
	names := a.TenantNames
	if names == nil {
		names = []string{keys.DefaultTenant}
	}
	a.tenants = make(map[string]*tenant, len(names))
	for _, name := range names {
		a.tenants[name] = newTenant(a, name, storage)
	}
}

// NeverMake has Keys fail where it would make a key. Call it before Keys, in
// tools that only look.
func (a *Provider) NeverMake() { a.neverMake = true }

// Start sees to it that each tenant has a key, and then looks after the keys
// until the configuration is unloaded.
func (a *Provider) Start() error {
	names := a.Tenants()
	for _, name := range names {
		if err := a.tenants[name].ready(); err != nil {
			return err
		}
	}
	interval := a.rotation.interval()
	for i, name := range names {
		// Tenants do not wait for each other, nor do all look at once.
		offset := interval * time.Duration(i) / time.Duration(len(names))
		go a.tenants[name].lookAfter(offset, interval)
	}
	return nil
}

// Keys returns the keys of a tenant, from memory. Only where Start has not come
// that far yet are they fetched, or the first one made. Callers that come
// meanwhile wait and share the outcome; after a failure the next call tries
// again.
func (a *Provider) Keys(tenant string) ([]keys.Key, error) {
	t, known := a.tenants[tenant]
	if !known {
		return nil, keys.ErrUnknownTenant
	}
	r := t.ring.Load()
	if r == nil {
		if err := t.ready(); err != nil {
			return nil, fmt.Errorf("keys in Caddy's storage: %w", err)
		}
		r = t.ring.Load()
	}
	return r.At(a.now()), nil
}

// Tenants returns the names of the configured tenants, in the order of the
// alphabet.
func (a *Provider) Tenants() []string { return slices.Sorted(maps.Keys(a.tenants)) }

// Overlap returns how long a key still decrypts after another one has taken its
// place.
func (a *Provider) Overlap() time.Duration {
	switch {
	case a.OverlapTime != nil:
		return time.Duration(*a.OverlapTime)
	case a.Rotate != nil:
		return min(defaultOverlap, a.rotate())
	}
	return defaultOverlap
}

// rotate is 0 for never.
func (a *Provider) rotate() time.Duration {
	if a.Rotate == nil {
		return 0
	}
	return time.Duration(*a.Rotate)
}

// Interface guards
var (
	_ keys.Provider     = (*Provider)(nil)
	_ keys.Starter      = (*Provider)(nil)
	_ keys.Lister       = (*Provider)(nil)
	_ keys.Planner      = (*Provider)(nil)
	_ keys.Maker        = (*Provider)(nil)
	_ caddy.Module      = (*Provider)(nil)
	_ caddy.Provisioner = (*Provider)(nil)
)
