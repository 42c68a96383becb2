package caddymodule

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/keys"
)

// Offline is a configuration of which nothing is at work but its storage, for
// the command `caddy customer-gate`, whose flags its errors speak of. It serves
// nobody, logs nothing and makes no keys.
type Offline struct {
	name  string
	ctx   caddy.Context
	close func()
	gates []map[string]any // their JSON, servers in the order of their names
}

// OpenOffline takes a configuration in JSON, and for errors its name. Where there
// is none, it is Caddy's default with a gate that has no options. By the time it
// is loaded, Caddy's log is silent. The caller closes it.
func OpenOffline(name string, load func() ([]byte, error)) (*Offline, error) {
	if _, err := offlineContext(nil); err != nil {
		return nil, err
	}
	config, err := load()
	if err != nil {
		return nil, err
	}
	var storage struct {
		Raw json.RawMessage `json:"storage"`
	}
	gates := []map[string]any{{}}
	if config != nil {
		var tree any
		if err := errors.Join(json.Unmarshal(config, &storage), json.Unmarshal(config, &tree)); err != nil {
			return nil, err
		}
		if gates = findGates(tree); len(gates) == 0 {
			return nil, fmt.Errorf("%s has no customer_gate", name)
		}
	}
	ctx, err := offlineContext(storage.Raw)
	if err != nil {
		return nil, err
	}
	ctx, cancel := caddy.NewContext(ctx)
	return &Offline{name: name, ctx: ctx, close: cancel, gates: gates}, nil
}

// Close cleans up all that was opened.
func (o *Offline) Close() { o.close() }

// offlineContext has a storage, and neither an admin endpoint nor a log. To turn
// that to another writer would be logged.
func offlineContext(storage json.RawMessage) (caddy.Context, error) {
	off := false
	return caddy.ProvisionContext(&caddy.Config{
		Admin:      &caddy.AdminConfig{Disabled: true, Config: &caddy.ConfigSettings{Persist: &off}},
		Logging:    &caddy.Logging{Logs: map[string]*caddy.CustomLog{"default": {BaseLog: caddy.BaseLog{Level: "panic"}}}},
		StorageRaw: storage,
	})
}

// findGates looks for customer_gate handlers in a JSON configuration, wherever
// routes and subroutes have put them.
func findGates(tree any) []map[string]any {
	var gates []map[string]any
	switch node := tree.(type) {
	case map[string]any:
		if node["handler"] == "customer_gate" {
			return []map[string]any{node}
		}
		for _, name := range slices.Sorted(maps.Keys(node)) {
			gates = append(gates, findGates(node[name])...)
		}
	case []any:
		for _, child := range node {
			gates = append(gates, findGates(child)...)
		}
	}
	return gates
}

// choose returns the JSON of the gate with a number, counted from 1, which may
// be 0 where there is only one.
func (o *Offline) choose(number int) (map[string]any, error) {
	if number < 0 || number > len(o.gates) || number == 0 && len(o.gates) > 1 {
		return nil, fmt.Errorf("%s has %d customer_gate handlers; choose one with --gate, from 1 to %d", o.name, len(o.gates), len(o.gates))
	}
	return o.gates[max(number-1, 0)], nil
}

// provision readies a gate to look at: it makes no keys and watches none.
func (o *Offline) provision(gate map[string]any) (*Gate, error) {
	options := maps.Clone(gate)
	delete(options, "handler")
	text, err := json.Marshal(options)
	if err != nil {
		return nil, err
	}
	module, err := o.ctx.LoadModuleByID("http.handlers.customer_gate", text)
	if err != nil {
		return nil, err
	}
	loaded := module.(*Gate)
	if maker, ok := loaded.source.provider.(keys.Maker); ok {
		maker.NeverMake()
	}
	return loaded, nil
}
