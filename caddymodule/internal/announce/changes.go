package announce

import (
	"github.com/customergate/customergate/caddymodule/admin"
	"github.com/customergate/customergate/caddymodule/keys"
)

// The names of events.
const (
	keyRotated    = "customer_gate_key_rotated"
	keyRetired    = "customer_gate_key_retired"
	keyFailed     = "customer_gate_key_failed"
	keyWorks      = "customer_gate_key_works"
	storeDown     = "customer_gate_store_down"
	storeUp       = "customer_gate_store_up"
	overloadBegun = "customer_gate_overload_begun"
	overloadEnded = "customer_gate_overload_ended"
)

type event struct {
	name string
	data map[string]any
}

// changes are the events between two looks.
func changes(before, now admin.Status) []event {
	events := keyChanges(before.Keys, now.Keys)
	events = append(events, checkChanges(before, now)...)
	events = append(events, storeChanges(before.Stores, now.Stores)...)
	if before.Overloaded != now.Overloaded {
		name := map[bool]string{true: overloadBegun, false: overloadEnded}[now.Overloaded]
		events = append(events, event{name, map[string]any{"waiting": now.Waiting}})
	}
	return events
}

// named is a key of a tenant.
type named struct{ tenant, kid string }

// keyChanges tells which keys clients are given now in the place of others, and which do
// not decrypt any more.
func keyChanges(before, now []admin.KeyStatus) []event {
	var events []event
	there, inUse := map[named]bool{}, map[string]string{}
	for _, k := range before {
		if k.State == keys.InUse.String() {
			inUse[k.Tenant] = k.KeyID
		}
	}
	for _, k := range now {
		there[named{k.Tenant, k.KeyID}] = true
		if last, known := inUse[k.Tenant]; known && k.State == keys.InUse.String() && last != k.KeyID {
			events = append(events, event{keyRotated, map[string]any{"tenant": k.Tenant, "kid": k.KeyID, "previous": last}})
		}
	}
	for _, k := range before {
		if !there[named{k.Tenant, k.KeyID}] {
			events = append(events, event{keyRetired, map[string]any{"tenant": k.Tenant, "kid": k.KeyID}})
		}
	}
	return events
}

// checkChanges tells of keys that the self check finds broken, and mended.
func checkChanges(before, now admin.Status) []event {
	broken := func(s admin.Status) map[string]string {
		tenants := map[string]string{}
		for _, check := range s.Checks {
			if check.Tenant != "" && check.Why != "" {
				tenants[check.Tenant] = check.Why
			}
		}
		return tenants
	}
	was, is := broken(before), broken(now)
	var events []event
	for tenant, why := range is {
		if _, known := was[tenant]; !known {
			events = append(events, event{keyFailed, map[string]any{"tenant": tenant, "why": why}})
		}
	}
	for tenant := range was {
		if _, still := is[tenant]; !still {
			events = append(events, event{keyWorks, map[string]any{"tenant": tenant}})
		}
	}
	return events
}

func storeChanges(before, now []admin.StoreStatus) []event {
	var events []event
	for i, store := range now {
		if i < len(before) && before[i].Up != store.Up {
			name := map[bool]string{true: storeUp, false: storeDown}[store.Up]
			events = append(events, event{name, map[string]any{"store": store.Store}})
		}
	}
	return events
}
