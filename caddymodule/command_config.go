package caddymodule

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/caddyserver/caddy/v2"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule/keys"
)

// gateFlags say which gates of which configuration a command is about.
type gateFlags struct {
	config  string
	adapter string
	gate    int
}

func (f *gateFlags) addTo(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.config, "config", "", "Caddy configuration whose gate to use")
	cmd.Flags().StringVar(&f.adapter, "adapter", "", "name of the configuration's adapter; Caddyfiles need none")
	cmd.Flags().IntVar(&f.gate, "gate", 0, "which gate of a configuration that has several, counted from 1")
}

// offlineConfig is a configuration of which nothing is at work but its storage.
type offlineConfig struct {
	name  string
	ctx   caddy.Context
	close func()
	gates []map[string]any // their JSON, servers in the order of their names
}

// open loads the configuration; without one it is Caddy's default one with a
// gate that has no options. The caller closes it.
func (f gateFlags) open() (*offlineConfig, error) {
	var config caddy.Config
	gates := []map[string]any{{}}
	if f.config != "" {
		text, _, _, err := caddycmd.LoadConfig(f.config, f.adapter)
		if err != nil {
			return nil, err
		}
		var tree any
		if err := errors.Join(json.Unmarshal(text, &config), json.Unmarshal(text, &tree)); err != nil {
			return nil, err
		}
		if gates = findGates(tree); len(gates) == 0 {
			return nil, fmt.Errorf("%s has no customer_gate", f.config)
		}
	}
	ctx, err := offlineContext(config.StorageRaw)
	if err != nil {
		return nil, err
	}
	ctx, cancel := caddy.NewContext(ctx)
	return &offlineConfig{name: f.config, ctx: ctx, close: cancel, gates: gates}, nil
}

// offlineContext has a storage, and neither logs nor an admin endpoint.
func offlineContext(storage json.RawMessage) (caddy.Context, error) {
	off := false
	return caddy.ProvisionContext(&caddy.Config{
		Admin:      &caddy.AdminConfig{Disabled: true, Config: &caddy.ConfigSettings{Persist: &off}},
		Logging:    &caddy.Logging{Logs: map[string]*caddy.CustomLog{"default": {BaseLog: caddy.BaseLog{WriterRaw: json.RawMessage(`{"output":"discard"}`)}}}},
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

// choose returns the JSON of the gate with a number, which may be 0 where there
// is only one.
func (c *offlineConfig) choose(number int) (map[string]any, error) {
	if number < 0 || number > len(c.gates) || number == 0 && len(c.gates) > 1 {
		return nil, fmt.Errorf("%s has %d customer_gate handlers; choose one with --gate, from 1 to %d", c.name, len(c.gates), len(c.gates))
	}
	return c.gates[max(number-1, 0)], nil
}

// provision readies a gate to look at: it makes no keys and watches none.
func (c *offlineConfig) provision(gate map[string]any) (*Gate, error) {
	options := maps.Clone(gate)
	delete(options, "handler")
	text, err := json.Marshal(options)
	if err != nil {
		return nil, err
	}
	module, err := c.ctx.LoadModuleByID("http.handlers.customer_gate", text)
	if err != nil {
		return nil, err
	}
	loaded := module.(*Gate)
	if maker, ok := loaded.source.provider.(keys.Maker); ok {
		maker.NeverMake()
	}
	return loaded, nil
}
