package caddymodule

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/keys"
)

const appName = "customer_gate"

func init() {
	caddy.RegisterModule(new(App))
}

// App starts what the gates of a configuration need started, such as the
// making of a key pair. It has no options and need not be configured: a
// handler cannot tell a configuration that is merely validated from one that
// runs, but an app is started only when it runs.
type App struct {
	starters []keys.Starter
}

// CaddyModule returns the Caddy module information.
func (*App) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  appName,
		New: func() caddy.Module { return new(App) },
	}
}

// enlist has something started with the app. Handlers are provisioned one
// after the other, before any app starts.
func (a *App) enlist(s keys.Starter) { a.starters = append(a.starters, s) }

// Start starts everything that was enlisted.
func (a *App) Start() error {
	for _, s := range a.starters {
		if err := s.Start(); err != nil {
			return err
		}
	}
	return nil
}

// Stop does nothing: what was started has nothing to stop.
func (*App) Stop() error { return nil }

// Interface guards
var _ caddy.App = (*App)(nil)
