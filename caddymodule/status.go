package caddymodule

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/customergate/customergate/caddymodule/admin"
	"github.com/customergate/customergate/caddymodule/internal/build"
	"github.com/customergate/customergate/caddymodule/internal/selfcheck"
	"github.com/customergate/customergate/caddymodule/waiting"
)

// processStart is since when uses of keys have been noted.
var processStart = time.Now()

// Status tells how the gates of the configuration do.
func (a *App) Status() admin.Status {
	s := admin.Status{
		Versions: build.Get(), Gates: []admin.GateStatus{}, Waiting: waiting.Length(), Overloaded: waiting.Overloaded(),
		Keys: admin.KeysOf(a.sources, processStart, time.Now()), Stores: []admin.StoreStatus{}, Checks: []selfcheck.Result{},
	}
	for _, g := range a.gates {
		s.Gates = append(s.Gates, admin.GateStatus{Endpoint: g.endpointLabel, Mode: g.mode(), Engine: g.engineText})
		if g.checker != nil {
			s.Checks = append(s.Checks, g.checker.Results()...)
		}
	}
	slices.SortStableFunc(s.Checks, func(a, b selfcheck.Result) int {
		return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), b.At.Compare(a.At))
	})
	for _, k := range a.Keepers() {
		kind, up := k.StoreStatus()
		s.Stores = append(s.Stores, admin.StoreStatus{Store: kind, Up: up})
	}
	return s
}

// Unready says why requests of the configuration's gates would be answered 503, in
// words that hold no secret; "" if they would not. Gates that monitor, and stores that
// are done without while they are down, keep nobody waiting.
func (a *App) Unready(ctx context.Context) string {
	if !a.hasStarted() {
		return "starting"
	}
	for _, g := range a.enforcing {
		switch {
		case !g.source.HasKeys():
			return "no private key at hand"
		case !g.unique.Ready(ctx):
			return "the claims store does not answer"
		}
	}
	return ""
}
