package caddymodule

import (
	"errors"
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/claims"
)

// registry is a UniqueEmail at work.
type registry struct {
	app     *App
	store   claims.Store // says in the log that it fails
	bare    claims.Store // the same, which does not, for the command line
	use     *storeUse    // keeps the store open
	lease   time.Duration
	pepper  *pepper
	check   *pepperCheck
	open    bool // let registrations through while the store is down
	success answerRule
	taken   answerRule
	neutral *neutrality // nil for an answer that tells
	config  string      // of the store

	abandoned chan struct{} // holds one for each reservation that is being given up
}

// provision readies the store without opening it.
func (u *UniqueEmail) provision(ctx caddy.Context) (*registry, error) {
	if u == nil {
		return nil, nil
	}
	if u.StoreRaw == nil {
		return nil, errors.New("unique_email: the store is missing; name bolt, redis or postgres")
	}
	config := string(u.StoreRaw) // which loading the store clears
	app, err := gateApp(ctx)
	if err != nil {
		return nil, err
	}
	store, err := app.claimsStore(ctx, u)
	if err != nil {
		return nil, fmt.Errorf("unique_email: %w", err)
	}
	return &registry{
		app:     app,
		store:   store.watched,
		bare:    store.Store,
		use:     store.use,
		lease:   u.lease(),
		pepper:  store.pepper.pepper,
		check:   store.pepper,
		open:    failurePolicies[u.OnFailure],
		success: u.Success.orElse(defaultSuccess),
		taken:   u.Taken.orElse(defaultTaken),
		neutral: u.Neutral.ready(store.pace),
		config:  config,

		abandoned: make(chan struct{}, maxAbandoned),
	}, nil
}

// enter keeps the store open until leave, also when the configuration is
// replaced meanwhile. It is nil where there is no store.
func (r *registry) enter() (leave func()) {
	if r == nil || !r.use.begin() {
		return func() {}
	}
	return r.use.end
}

// goesOnWithout tells whether a registration goes on after an error of the store.
// Another pepper is no failure that passes: nothing would ever be claimed.
func (r *registry) goesOnWithout(err error) bool {
	return err != nil && r.open && !errors.Is(err, errOtherPepper)
}
