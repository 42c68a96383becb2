package caddymodule

import "context"

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
