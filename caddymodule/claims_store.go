package caddymodule

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/claims"
)

// claimsStore is a store that the gates of a configuration share, with the
// pepper of the IDs in it.
type claimsStore struct {
	claims.Store
	watched claims.Store // the same, which says in the log that it fails
	pepper  *pepperCheck
	pace    *pace // of the registrations in it, through all gates
	use     *storeUse
}

// claimsStore returns the store of an option unique_email. It is not loaded in
// the configuration's own context, because it has to stay open for longer:
// requests are still answered when the next configuration has taken over.
func (a *App) claimsStore(ctx caddy.Context, u *UniqueEmail) (*claimsStore, error) {
	pepper, err := a.pepper(ctx, u.PepperFile)
	if err != nil {
		return nil, err
	}
	config := string(u.StoreRaw)
	shared, err := a.share(config, func() (any, error) {
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
		s := &claimsStore{
			Store:   store,
			watched: claims.Watch(store, ctx.Logger()),
			pepper:  &pepperCheck{pepper: pepper},
			pace:    sharedPace(config),
			use: newStoreUse(func() {
				closeStore()
				_, _ = paces.Delete(config)
			}),
		}
		a.stores = append(a.stores, s)
		return s, nil
	})
	if err != nil {
		return nil, err
	}
	store := shared.(*claimsStore)
	if store.pepper.pepper != pepper {
		return nil, errors.New("pepper: another gate has the same store and another pepper, so each would not know the addresses of the other")
	}
	return store, nil
}

// pepper returns the one from a file, or from Caddy's storage.
func (a *App) pepper(ctx caddy.Context, path string) (*pepper, error) {
	shared, err := a.share("pepper:"+path, func() (any, error) { return newPepper(ctx, path) })
	if err != nil {
		return nil, err
	}
	return shared.(*pepper), nil
}

// Start opens the store, if it has to be opened. The pepper has started before.
func (s *claimsStore) Start() error {
	if opened, ok := s.Store.(claims.Starter); ok {
		if err := opened.Start(); err != nil {
			return err
		}
	}
	return s.pepper.start(s.watched)
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

// closeStores lets go of the stores. Requests that use them are waited for by
// nobody; the last one closes the store.
func (a *App) closeStores(replaced bool) {
	for _, s := range a.stores {
		if replaced {
			time.AfterFunc(reloadPause, s.use.end)
		} else {
			s.use.end()
		}
	}
	a.stores = nil
}
