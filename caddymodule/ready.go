package caddymodule

import (
	"context"
	"slices"

	"github.com/customergate/customergate/caddymodule/keys"
)

// Unready says why requests of the configuration's gates would be answered 503, in
// words that hold no secret; "" if they would not. Gates that monitor, and stores that
// are done without while they are down, keep nobody waiting.
func (a *App) Unready(ctx context.Context) string {
	if !a.hasStarted() {
		return "starting"
	}
	for _, g := range a.enforcing {
		switch {
		case !g.source.hasKeys():
			return "no private key at hand"
		case !g.unique.Ready(ctx):
			return "the claims store does not answer"
		}
	}
	return ""
}

// hasKeys reports whether any tenant that is known has keys: one of many without is no
// reason to turn all others away.
func (s *keySource) hasKeys() bool {
	tenants := []string{keys.DefaultTenant}
	if s.template.Text != "" {
		lister, ok := s.provider.(keys.Lister)
		if !ok {
			return true // nobody can tell
		}
		tenants = lister.Tenants()
	}
	return slices.ContainsFunc(tenants, func(tenant string) bool {
		_, err := s.provider.Keys(tenant)
		return err == nil
	})
}
