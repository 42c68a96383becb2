package boltstore

import (
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

// startClock returns a clock that starts at the wall clock's time and goes on
// without it: to set the clock of a running system neither ends nor prolongs a
// lease.
func startClock() func() instant {
	start := time.Now()
	return func() instant {
		return instant(start.UnixNano()).after(time.Since(start)) // measured by the monotonic clock
	}
}

// shorten bounds the harm of a clock that was set back while the file was
// closed: no reservation goes on for longer than its lease from now.
func shorten(entries map[key]entry, now instant) {
	for k, e := range entries {
		if latest := now.after(e.lease); e.state == claims.Pending && e.until > latest {
			e.until = latest
			entries[k] = e
		}
	}
}
