package command

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/customergate/customergate/caddymodule"
	"github.com/customergate/customergate/caddymodule/keys"
)

// keyList is what gates have their keys from.
type keyList struct {
	gates   []int // their numbers
	tenants []tenantKeys

	first *caddymodule.Offline
}

// tenantKeys are all keys of a tenant in the order in which they are tried. Of
// more than [keys.MaxKeys], the rest is not tried.
type tenantKeys struct {
	name   string
	keys   []keys.Key
	err    error // why the gate could not use them
	toMake bool  // there are none before the configuration starts
}

// keys lists the keys of the gate with a number, or for 0 those of all gates,
// those that gates share only once. Where a key provider cannot name its
// tenants, only the default one is listed.
func (c *configuration) keys(number int) ([]keyList, error) {
	chosen := c.gates
	if number != 0 {
		gate, err := c.choose(number)
		if err != nil {
			return nil, err
		}
		chosen = []options{gate}
	}
	var lists []keyList
	for i, options := range chosen {
		gate, err := c.ready(options)
		if err != nil {
			return nil, err
		}
		if gate.HasKeys() {
			lists = addGate(lists, i+1, gate)
		}
	}
	if len(lists) == 0 {
		return nil, fmt.Errorf("%s has no gate with keys: edit_profile needs none", c.name)
	}
	return lists, nil
}

// addGate adds what a gate has its keys from, unless another one lists the same.
func addGate(lists []keyList, number int, gate *caddymodule.Offline) []keyList {
	for i, list := range lists {
		if list.first.SharesKeys(gate) {
			lists[i].gates = append(lists[i].gates, number)
			return lists
		}
	}
	return append(lists, keyList{gates: []int{number}, tenants: listTenants(gate), first: gate})
}

// listTenants returns the keys of all tenants, as far as they are known.
func listTenants(gate *caddymodule.Offline) []tenantKeys {
	tenants := []string{keys.DefaultTenant}
	if lister, ok := gate.Provider().(keys.Lister); ok && gate.TellsTenants() {
		tenants = lister.Tenants()
	}
	list := make([]tenantKeys, len(tenants))
	for i, tenant := range tenants {
		list[i] = listTenant(gate.Provider(), tenant)
	}
	return list
}

func listTenant(provider keys.Provider, tenant string) tenantKeys {
	ring, err := provider.Keys(tenant)
	if _, makes := provider.(keys.Maker); makes && errors.Is(err, fs.ErrNotExist) {
		return tenantKeys{name: tenant, toMake: true}
	}
	if err == nil && len(ring) == 0 {
		err = errors.New("the provider has no key")
	}
	for _, key := range ring {
		if key.PublicKey() == nil {
			return tenantKeys{name: tenant, err: fmt.Errorf("the key with the kid %q was not made with keys.NewKey", key.ID)}
		}
	}
	return tenantKeys{name: tenant, keys: ring, err: err}
}
