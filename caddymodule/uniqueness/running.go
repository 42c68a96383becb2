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
