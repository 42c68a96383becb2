package e2e

import (
	"testing"
	"time"
)

// patience bounds every wait of the tests; nothing that works takes as long, on
// a machine that does much else.
const patience = 2 * time.Minute

// waitUntil polls for what shows outside this process only: often at first, and ever
// more rarely, as each look at a gateway takes what all tests share.
func waitUntil(t testing.TB, what string, is func() bool) {
	t.Helper()
	const soonest, latest = 10 * time.Millisecond, 250 * time.Millisecond
	for start := time.Now(); !is(); {
		waited := time.Since(start)
		if waited > patience {
			t.Fatalf("waited in vain until %s", what)
		}
		time.Sleep(min(max(soonest, waited/8), latest))
	}
}
