package caddymodule

import (
	"errors"
	"fmt"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/keys"
)

const appName = "customer_gate"

func init() {
	caddy.RegisterModule(new(App))
}

// App is what the handlers of a configuration share. It starts what they need
// started, such as the making of a key pair. It has no options and need not be
// configured: a handler cannot tell a configuration that is merely validated
// from one that runs, but an app is started only when it runs.
type App struct {
	providers  map[string]keys.Provider // by their configuration
	starters   []keys.Starter
	gates      []*keySource
	publishers []*Publisher
}

// gateApp returns the configuration's app.
func gateApp(ctx caddy.Context) (*App, error) {
	app, err := ctx.App(appName)
	if err != nil {
		return nil, err
	}
	return app.(*App), nil
}

// CaddyModule returns the Caddy module information.
func (*App) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  appName,
		New: func() caddy.Module { return new(App) },
	}
}

// provider returns the key provider with a configuration. The first handler
// that asks loads it; the others share it, and so its keys and its work.
// Handlers are provisioned one after the other, before any app starts.
func (a *App) provider(config string, load func() (any, error)) (keys.Provider, error) {
	if shared, ok := a.providers[config]; ok {
		return shared, nil
	}
	module, err := load()
	if err != nil {
		return nil, err
	}
	provider, ok := module.(keys.Provider)
	if !ok {
		return nil, fmt.Errorf("module %T is not a key provider", module)
	}
	if a.providers == nil {
		a.providers = make(map[string]keys.Provider)
	}
	a.providers[config] = provider
	if starter, ok := provider.(keys.Starter); ok {
		a.starters = append(a.starters, starter)
	}
	return provider, nil
}

// gateSource returns the one source that all gates have, for a handler that
// does not name its own.
func (a *App) gateSource() (*keySource, error) {
	if len(a.gates) == 0 {
		return nil, errors.New("the configuration has no customer_gate whose keys to publish; give customer_gate_keys its own `tenant` and `keys`")
	}
	first := a.gates[0]
	for _, other := range a.gates[1:] {
		if other.template != first.template || other.keys != first.keys {
			return nil, errors.New("the gates of the configuration have different keys; " +
				"give each customer_gate_keys the `tenant` and the `keys` of the gate that it belongs to")
		}
	}
	return first, nil
}

// Start starts the providers.
func (a *App) Start() error {
	for _, publisher := range a.publishers {
		if _, err := publisher.resolve(); err != nil {
			return err
		}
	}
	for _, s := range a.starters {
		if err := s.Start(); err != nil {
			return err
		}
	}
	return nil
}

// Stop does nothing: providers stop with the context that they were given.
func (*App) Stop() error { return nil }

// Interface guards
var _ caddy.App = (*App)(nil)
