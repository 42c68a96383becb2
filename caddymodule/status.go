package caddymodule

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/caddyserver/caddy/v2/modules/caddyevents"

	"github.com/customergate/customergate/caddymodule/admin"
	"github.com/customergate/customergate/caddymodule/internal/announce"
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
		Versions: build.Get(), Gates: []admin.GateStatus{}, Waiting: waiting.Length(), Overloaded: waiting.Overloaded(),
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

// announce has what changes about the gates emitted as events of Caddy.
func (a *App) announce() error {
	if len(a.all) == 0 {
		return nil
	}
	events, err := a.ctx.App("events")
	if err != nil {
		return fmt.Errorf("loading the events app: %w", err)
	}
	go announce.Watch(a.ctx, a.Status, func(name string, data map[string]any) {
		events.(*caddyevents.App).Emit(a.ctx, name, data)
	})
	return nil
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
