// Package announce tells others, as events of Caddy, what changes about the gates of a
// running configuration: their keys, stores and queues. It looks at how they do every
// now and then, so no request ever waits for who listens.
package announce

import (
	"context"
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyevents"

	"github.com/customergate/customergate/caddymodule/admin"
)

// interval is how long a change may go unnoticed.
const interval = time.Second

// Start watches until the configuration ends, and has Caddy emit what changes.
func Start(ctx caddy.Context, status func() admin.Status) error {
	events, err := ctx.App("events")
	if err != nil {
		return fmt.Errorf("loading the events app: %w", err)
	}
	go watch(ctx, status, func(name string, data map[string]any) {
		events.(*caddyevents.App).Emit(ctx, name, data)
	})
	return nil
}

// watch compares how the gates do with how they did a second ago, until the context is
// done, and has each change emitted.
func watch(ctx context.Context, status func() admin.Status, emit func(name string, data map[string]any)) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	before := status()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := status()
		for _, e := range changes(before, now) {
			emit(e.name, e.data)
		}
		before = now
	}
}
