package caddymodule

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/customergate/customergate/caddymodule/keys"
)

// KeyList is what gates have their keys from.
type KeyList struct {
	Gates   []int // their numbers
	Tenants []TenantKeys

	source *keySource
}

// TenantKeys are all keys of a tenant in the order in which they are tried. Of
// more than [keys.MaxKeys], the rest is not tried.
type TenantKeys struct {
	Name   string
	Keys   []keys.Key
	Err    error // why the gate could not use them
	ToMake bool  // there are none before the configuration starts
}

// Keys lists the keys of the gate with a number, or for 0 those of all gates,
// those that gates share only once. Where a key provider cannot name its
// tenants, only the default one is listed.
func (o *Offline) Keys(number int) ([]KeyList, error) {
	chosen := o.gates
	if number != 0 {
		gate, err := o.choose(number)
		if err != nil {
			return nil, err
		}
		chosen = []map[string]any{gate}
	}
	var lists []KeyList
	for i, options := range chosen {
		gate, err := o.provision(options)
		if err != nil {
			return nil, err
		}
		if gate.served().credentials {
			lists = addGate(lists, i+1, gate.source)
		}
	}
	if len(lists) == 0 {
		return nil, fmt.Errorf("%s has no gate with keys: edit_profile needs none", o.name)
	}
	return lists, nil
}

// addGate adds what a gate has its keys from, unless another one lists the same.
func addGate(lists []KeyList, number int, source *keySource) []KeyList {
	for i, other := range lists {
		if other.source.keys == source.keys && (other.source.template == "") == (source.template == "") {
			lists[i].Gates = append(lists[i].Gates, number)
			return lists
		}
	}
	return append(lists, KeyList{Gates: []int{number}, Tenants: source.list(), source: source})
}

// list returns the keys of all tenants, as far as they are known.
func (s *keySource) list() []TenantKeys {
	tenants := []string{keys.DefaultTenant}
	if lister, ok := s.provider.(keys.Lister); ok && s.template != "" {
		tenants = lister.Tenants()
	}
	list := make([]TenantKeys, len(tenants))
	for i, tenant := range tenants {
		list[i] = s.listed(tenant)
	}
	return list
}

func (s *keySource) listed(tenant string) TenantKeys {
	ring, err := s.provider.Keys(tenant)
	if _, makes := s.provider.(keys.Maker); makes && errors.Is(err, fs.ErrNotExist) {
		return TenantKeys{Name: tenant, ToMake: true}
	}
	if err == nil && len(ring) == 0 {
		err = errors.New("the provider has no key")
	}
	for _, key := range ring {
		if key.PublicKey() == nil {
			return TenantKeys{Name: tenant, Err: fmt.Errorf("the key with the kid %q was not made with keys.NewKey", key.ID)}
		}
	}
	return TenantKeys{Name: tenant, Keys: ring, Err: err}
}
