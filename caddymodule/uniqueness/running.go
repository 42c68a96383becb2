package uniqueness

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"

	"github.com/customergate/customergate/caddymodule/claims"
)

// errNoAdministrator says that a store knows no more than requests need.
var errNoAdministrator = errors.New("the claims store can neither be searched nor counted")

// With has something done with the claims in the store of a Keeper at work, which
// stays open meanwhile.
func (k *Keeper) With(ctx context.Context, do func(*Claims) error) error {
	visit := k.Enter()
	defer visit.Leave()
	if err := visit.Await(ctx); err != nil {
		return err
	}
	store, ok := k.store.bare.(claims.Administrator)
	if !ok {
		return errNoAdministrator
	}
	if err := k.store.mark.look(ctx, store); err != nil {
		return err
	}
	return do(k.ClaimsAt(store))
}

// StoreStatus is of which kind the store is, and whether its last operation has worked.
func (k *Keeper) StoreStatus() (kind string, up bool) { return k.store.kind, !k.store.fails.Load() }

// Probe has the store take a claim that is nobody's, and give it back.
func (k *Keeper) Probe(ctx context.Context) error {
	visit := k.Enter()
	defer visit.Leave()
	if err := visit.Await(ctx); err != nil {
		return err
	}
	c := &claim{store: k.store, id: claims.ID{Kind: claims.Failures}, token: claims.NewToken()}
	k.store.mark.pepper.sum(c.id.Sum[:0], "self check", string(c.token[:]))
	if _, err := k.reserve(ctx, c, k.lease); err != nil {
		return err
	}
	return c.release(ctx)
}

// SameStore reports whether two Keepers have one store.
func (k *Keeper) SameStore(other *Keeper) bool { return k.store == other.store }

// HasStore reports whether the store of a Keeper is that of a configuration in JSON.
func (k *Keeper) HasStore(config json.RawMessage) bool {
	var own, asked any
	return json.Unmarshal([]byte(k.store.config), &own) == nil && json.Unmarshal(config, &asked) == nil && reflect.DeepEqual(own, asked)
}

// ClaimsAt are the claims in the Keeper's store, through somebody who has it open.
func (k *Keeper) ClaimsAt(store claims.Administrator) *Claims {
	return &Claims{Administrator: store, pepper: k.store.mark.pepper}
}

// StoreConfig is the configuration of the Keeper's store, in JSON.
func (k *Keeper) StoreConfig() json.RawMessage { return json.RawMessage(k.store.config) }
