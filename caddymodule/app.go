package caddymodule

import (
	"context"
	"errors"
	"slices"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/contract"
	"github.com/customergate/customergate/caddymodule/internal/announce"
	"github.com/customergate/customergate/caddymodule/internal/routes"
	"github.com/customergate/customergate/caddymodule/keysource"
	"github.com/customergate/customergate/caddymodule/uniqueness"
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
	shared         map[string]any // what handlers have once for all of them, by its configuration
	starters       []starter
	ends           []func(replaced bool)
	sources        []*keysource.Source  // of the gates' keys
	keepers        []*uniqueness.Keeper // of the gates with unique_email
	gates          []*Gate
	enforcing      []*Gate // those that do not only monitor
	publishers     []*Publisher
	contracts      []contract.Gate
	publishesGates bool // handlers that have no keys of their own give out those of the gates

	ctx      caddy.Context   // of the configuration
	unloaded <-chan struct{} // closed with the configuration
	started  chan struct{}   // closed when Start has ended
	startErr error           // why it failed; to be read after started
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
		New: func() caddy.Module { return &App{started: make(chan struct{})} },
	}
}

// Provision notes how long the configuration lasts.
func (a *App) Provision(ctx caddy.Context) error {
	a.ctx, a.unloaded = ctx, ctx.Done()
	return nil
}

// starter is what has work to do when a configuration really starts.
type starter interface {
	Start() error
}

// Share returns what has a configuration, and has it started with the app. The
// first handler that asks loads it; the others share it, and so its state and
// its work. Handlers are provisioned one after the other, before any app starts.
func (a *App) Share(config string, load func() (any, error)) (any, error) {
	if shared, ok := a.shared[config]; ok {
		return shared, nil
	}
	loaded, err := load()
	if err != nil {
		return nil, err
	}
	if a.shared == nil {
		a.shared = make(map[string]any)
	}
	a.shared[config] = loaded
	if s, ok := loaded.(starter); ok {
		a.starters = append(a.starters, s)
	}
	return loaded, nil
}

// Keepers returns one for each store of claims that the gates of the configuration
// have.
func (a *App) Keepers() []*uniqueness.Keeper {
	var keepers []*uniqueness.Keeper
	for _, k := range a.keepers {
		if !slices.ContainsFunc(keepers, k.SameStore) {
			keepers = append(keepers, k)
		}
	}
	return keepers
}

// Contracts are what clients may notice of the configuration's gates.
func (a *App) Contracts() []contract.Gate { return a.contracts }

// checkPublished refuses gates between whose keys a handler that publishes them
// could not choose.
func (a *App) checkPublished() error {
	if !a.publishesGates || len(a.sources) == 0 {
		return nil
	}
	_, err := a.gateSource()
	return err
}

// gateSource returns the one source that all gates have, for a handler that
// does not name its own.
func (a *App) gateSource() (*keysource.Source, error) {
	if len(a.sources) == 0 {
		return nil, errNoGate
	}
	first := a.sources[0]
	for _, other := range a.sources[1:] {
		if other.Template.Text != first.Template.Text || other.Config != first.Config {
			return nil, errors.New("the gates of the configuration have different keys; " +
				"give each customer_gate_keys the `tenant` and the `keys` of the gate that it belongs to")
		}
	}
	return first, nil
}

var errNoGate = errors.New("the configuration has no customer_gate whose keys to publish; give customer_gate_keys its own `tenant` and `keys`")

// Start starts what the handlers share.
func (a *App) Start() error {
	defer close(a.started)
	a.startErr = a.start()
	return a.startErr
}

func (a *App) start() error {
	a.warnOfUnmatched()
	for _, s := range a.starters {
		if err := s.Start(); err != nil {
			return err
		}
	}
	if len(a.gates) == 0 {
		return nil
	}
	return announce.Start(a.ctx, a.Status)
}

// warnOfUnmatched tells the operator of gates that stand before a whole site,
// whose pages they answer 405, and its forms 400.
func (a *App) warnOfUnmatched() {
	for _, site := range routes.Unmatched(a.ctx) {
		a.ctx.Logger().Warn("a customer_gate without a matcher refuses every request of its site that is none of its endpoint, so no page gets through; "+
			"give it one, such as `@registration customer_gate_path register-customer`",
			zap.String("server", site.Server), zap.Strings("hosts", site.Hosts))
	}
}

var errNotStarted = errors.New("the configuration was unloaded before it had started")

// Await returns when everything has started: servers may take requests before.
func (a *App) Await(ctx context.Context) error {
	select {
	case <-a.started:
		return a.startErr
	default:
	}
	select {
	case <-a.started:
		return a.startErr
	case <-a.unloaded:
		return errNotStarted
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Stop does nothing: providers stop with the context that they were given, and
// stores with their last request.
func (*App) Stop() error { return nil }

// AtEnd has something done at the end of the configuration, which another one
// may have replaced.
func (a *App) AtEnd(do func(replaced bool)) { a.ends = append(a.ends, do) }

// Cleanup is the end of the configuration.
func (a *App) Cleanup() error {
	replaced := a.hasStarted() && !caddy.Exiting()
	for _, do := range a.ends {
		do(replaced)
	}
	a.ends = nil
	return nil
}

func (a *App) hasStarted() bool {
	select {
	case <-a.started:
		return a.startErr == nil
	default:
		return false
	}
}

// Interface guards
var (
	_ caddy.App          = (*App)(nil)
	_ caddy.Provisioner  = (*App)(nil)
	_ caddy.CleanerUpper = (*App)(nil)
)
