package caddymodule

import (
	"context"
	"crypto"
	"errors"

	"github.com/customergate/customergate/caddymodule/internal/keyuse"
	"github.com/customergate/customergate/caddymodule/internal/oaep"
	"github.com/customergate/customergate/caddymodule/internal/selfcheck"
	"github.com/customergate/customergate/caddymodule/keys"
)

// selfChecker is started with the configuration.
type selfChecker struct{ gate *Gate }

// Start begins to check a gate that has something to check.
func (s selfChecker) Start() error {
	g := s.gate
	o := selfcheck.Options{Interval: selfcheck.Interval(g.SelfCheck), MGF1: crypto.SHA256, Logger: g.logger}
	if g.MGF1 == "sha1" {
		o.MGF1 = crypto.SHA1
	}
	if g.decrypter != nil {
		// Its operations are nobody's, so they are neither counted nor limited.
		opener := oaep.New(oaep.Options{Queue: g.turns, MGF1: mgf1Policies[g.MGF1]})
		o.Tenants, o.Published = g.source.Tenants, g.published
		o.Open = func(ctx context.Context, tenant string, ciphertext []byte) ([]byte, error) {
			plaintexts, err := opener.Open(ctx, g.source.RingOf(tenant).Keys, oaep.Sender{Spare: true}, ciphertext)
			if err != nil {
				return nil, err
			}
			return plaintexts[0], nil
		}
	}
	if g.unique != nil && g.mode() == modeEnforce { // one that monitors reserves nothing
		o.Store = g.unique.Probe
	}
	if o.Interval > 0 && (o.Tenants != nil || o.Store != nil) {
		g.checker = selfcheck.Start(g.app.ctx, o)
	}
	return nil
}

// published are the keys that clients of a tenant are given to encrypt with, by those
// handlers that have keys for it; the gate's own where nobody publishes any.
func (g *Gate) published(tenant string) ([]keys.Key, error) {
	own := g.source.RingOf(tenant)
	for _, key := range own.Keys {
		keyuse.Seen(key)
	}
	if own.Err != nil {
		return nil, own.Err
	}
	var published []keys.Key
	for _, p := range g.app.publishers {
		source, err := p.resolve()
		if err != nil {
			return nil, err
		}
		if ring := source.RingOf(tenant); len(ring.Keys) > 0 {
			published = append(published, ring.Keys[0])
		}
	}
	if len(published) == 0 && len(own.Keys) > 0 {
		published = own.Keys[:1]
	}
	if len(published) == 0 {
		return nil, errors.New("the tenant has no key")
	}
	return published, nil
}
