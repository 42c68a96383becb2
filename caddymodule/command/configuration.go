package command

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/caddyserver/caddy/v2"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule"
	"github.com/customergate/customergate/caddymodule/internal/routes"
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

// options are those of a gate, in JSON.
type options map[string]any

// configuration is one of which nothing is at work but its storage: it serves
// nobody, logs nothing and makes no keys.
type configuration struct {
	name    string
	adapter string
	ctx     caddy.Context
	close   func()
	gates   []options
}

// open loads the configuration; without one it is Caddy's default with a gate that
// has no options. The caller closes it. By the time it is loaded, Caddy's log is
// silent.
func (f gateFlags) open() (*configuration, error) {
	if _, err := silentContext(nil); err != nil {
		return nil, err
	}
	c := &configuration{name: f.config, adapter: f.adapter, gates: []options{{}}}
	var storage json.RawMessage
	if f.config != "" {
		var err error
		if storage, err = c.load(f.adapter); err != nil {
			return nil, err
		}
	}
	ctx, err := silentContext(storage)
	if err != nil {
		return nil, err
	}
	c.ctx, c.close = caddy.NewContext(ctx)
	return c, nil
}

// load finds the gates of the configuration, and its storage.
func (c *configuration) load(adapter string) (storage json.RawMessage, err error) {
	text, _, _, err := caddycmd.LoadConfig(c.name, adapter)
	if err != nil {
		return nil, err
	}
	var top struct {
		Storage json.RawMessage `json:"storage"`
	}
	var tree any
	if err := errors.Join(json.Unmarshal(text, &top), json.Unmarshal(text, &tree)); err != nil {
		return nil, err
	}
	c.gates = nil
	for _, gate := range routes.Gates(tree) {
		c.gates = append(c.gates, gate)
	}
	if len(c.gates) == 0 {
		return nil, fmt.Errorf("%s has no customer_gate", c.name)
	}
	return top.Storage, nil
}

// silentContext has a storage, and neither an admin endpoint nor a log. To turn
// that to another writer would be logged.
func silentContext(storage json.RawMessage) (caddy.Context, error) {
	off := false
	return caddy.ProvisionContext(&caddy.Config{
		Admin:      &caddy.AdminConfig{Disabled: true, Config: &caddy.ConfigSettings{Persist: &off}},
		Logging:    &caddy.Logging{Logs: map[string]*caddy.CustomLog{"default": {BaseLog: caddy.BaseLog{Level: "panic"}}}},
		StorageRaw: storage,
	})
}

// choose returns the options of the gate with a number, counted from 1, which may
// be 0 where there is only one.
func (c *configuration) choose(number int) (options, error) {
	if number < 0 || number > len(c.gates) || number == 0 && len(c.gates) > 1 {
		return nil, fmt.Errorf("%s has %d customer_gate handlers; choose one with --gate, from 1 to %d", c.name, len(c.gates), len(c.gates))
	}
	return c.gates[max(number-1, 0)], nil
}

// ready readies a gate to look at.
func (c *configuration) ready(gate options) (*caddymodule.Offline, error) {
	text, err := json.Marshal(gate)
	if err != nil {
		return nil, err
	}
	return caddymodule.NewOffline(c.ctx, text)
}
