package caddymodule

import (
	"cmp"
	"slices"
	"time"

	"github.com/customergate/customergate/caddymodule/admin"
	"github.com/customergate/customergate/caddymodule/internal/build"
	"github.com/customergate/customergate/caddymodule/internal/selfcheck"
	"github.com/customergate/customergate/caddymodule/keysource"
	"github.com/customergate/customergate/caddymodule/waiting"
)

// processStart is since when uses of keys have been noted.
var processStart = time.Now()

// Status tells how the gates of the configuration do.
func (a *App) Status() admin.Status {
	s := admin.Status{
		Versions: build.Get(), Gates: []admin.GateStatus{}, Waiting: waiting.Length(),
		Keys: a.keyStatus(time.Now()), Stores: []admin.StoreStatus{}, Checks: []selfcheck.Result{},
	}
	for _, g := range a.all {
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

// keyStatus is that of each key that some gate has, once.
func (a *App) keyStatus(now time.Time) []admin.KeyStatus {
	status := []admin.KeyStatus{}
	var told []*keysource.Source
	for _, source := range a.gates {
		if slices.ContainsFunc(told, func(s *keysource.Source) bool { return s.Config == source.Config }) {
			continue
		}
		told = append(told, source)
		for _, tenant := range source.Tenants() {
			ring := source.RingOf(tenant).Keys
			for i := range ring {
				status = append(status, admin.NewKeyStatus(tenant, ring, i, processStart, now))
			}
		}
	}
	return status
}
