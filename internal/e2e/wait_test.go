package e2e

import (
	"testing"
	"time"
)

// patience bounds every wait of the tests; nothing that works takes as long, on
// a machine that does much else.
const patience = 2 * time.Minute

// waitUntil polls for what shows outside this process only.
func waitUntil(t testing.TB, what string, is func() bool) {
	t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.Now().Add(patience); !is(); <-ticker.C {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}
