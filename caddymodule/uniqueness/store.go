package uniqueness

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/claims"
)

// A sharedStore is one that the gates of a configuration share, with the pepper of
// the IDs in it.
type sharedStore struct {
	claims.Store              // says in the log that it fails
	bare         claims.Store // the same, which does not
	mark         *pepperMark
	pace         *pace // of the registrations in it, through all gates
	use          *storeUse
	config       string // in JSON
	kind         string // bolt, redis, postgres, or that of another author
	fails        atomic.Bool
}

// store returns the store of the option, with its pepper.
func (u *UniqueEmail) store(ctx caddy.Context, app App) (*sharedStore, error) {
	pepper, err := share(app, "pepper:"+u.PepperFile, func() (*pepper, error) { return newPepper(ctx, u.PepperFile) })
	if err != nil {
		return nil, err
	}
	config := string(u.StoreRaw) // which loading the store clears
	store, err := share(app, config, func() (*sharedStore, error) {
		store, err := u.load(ctx, config, pepper)
		if err == nil {
			app.AtEnd(store.letGo)
		}
		return store, err
	})
	if err != nil {
		return nil, err
	}
	if store.mark.pepper != pepper {
		return nil, errors.New("pepper: another gate has the same store and another pepper, so each would not know the addresses of the other")
	}
	return store, nil
}

func share[T any](app App, config string, load func() (*T, error)) (*T, error) {
	shared, err := app.Share(config, func() (any, error) { return load() })
	if err != nil {
		return nil, err
	}
	return shared.(*T), nil
}

// load does not load the store in the configuration's own context, because it
// has to stay open for longer: requests are still answered when the next
// configuration has taken over.
func (u *UniqueEmail) load(ctx caddy.Context, config string, pepper *pepper) (*sharedStore, error) {
	logger := ctx.Logger()
	ctx.Context = context.WithoutCancel(ctx.Context)
	ctx, closeStore := caddy.NewContext(ctx)
	module, err := ctx.LoadModule(u, "StoreRaw")
	if err != nil {
		closeStore()
		return nil, err
	}
	store, ok := module.(claims.Store)
	if !ok {
		closeStore()
		return nil, fmt.Errorf("module %T is not a claims store", module)
	}
	use := newStoreUse(func() {
		closeStore()
		_, _ = paces.Delete(config)
	})
	shared := &sharedStore{
		bare: store,
		mark: &pepperMark{pepper: pepper},
		pace: sharedPace(config),
		use:  use,

		config: config,
		kind:   module.(caddy.Module).CaddyModule().ID.Name(),
	}
	shared.Store = claims.Watch(store, logger, shared.works)
	return shared, nil
}

// works notes whether the store does.
func (s *sharedStore) works(it bool) {
	s.fails.Store(!it)
	up := 0.0
	if it {
		up = 1
	}
	storeUp.WithLabelValues(s.kind).Set(up)
}

// Start opens the store, if it has to be opened. The pepper has started before.
func (s *sharedStore) Start() error {
	if err := startStore(s.bare); err != nil {
		return err
	}
	s.works(true)
	return s.mark.start(s.Store)
}

func startStore(store claims.Store) error {
	if opened, ok := store.(claims.Starter); ok {
		return opened.Start()
	}
	return nil
}

// storeUse closes a store after its last use.
type storeUse struct {
	users atomic.Int64 // the configuration is one of them
	close func()
}

func newStoreUse(closeStore func()) *storeUse {
	u := &storeUse{close: closeStore}
	u.users.Store(1)
	return u
}

// begin reports false when the store is closed.
func (u *storeUse) begin() bool {
	for {
		users := u.users.Load()
		if users == 0 {
			return false
		}
		if u.users.CompareAndSwap(users, users+1) {
			return true
		}
	}
}

func (u *storeUse) end() {
	if u.users.Add(-1) == 0 {
		u.close()
	}
}

// reloadPause is how long a configuration that was replaced uses its stores on:
// a request may be on a connection of its server that has not come to the gate.
// A server that shuts down closes connections without a request after 5s.
const reloadPause = 6 * time.Second

// letGo ends the use of the configuration. Requests that use the store are waited
// for by nobody; the last one closes it.
func (s *sharedStore) letGo(replaced bool) {
	if replaced {
		time.AfterFunc(reloadPause, s.use.end)
	} else {
		s.use.end()
	}
}
