// Package announce tells others, as events of Caddy, what changes about the gates of a
// running configuration: their keys, stores and queues. It looks at how they do every
// now and then, so no request ever waits for who listens.
package announce

import (
	"context"
	"time"

	"github.com/customergate/customergate/caddymodule/admin"
)

// interval is how long a change may go unnoticed.
const interval = time.Second

// Watch compares how the gates do with how they did a second ago, until the context is
// done, and has each change emitted.
func Watch(ctx context.Context, status func() admin.Status, emit func(name string, data map[string]any)) {
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
