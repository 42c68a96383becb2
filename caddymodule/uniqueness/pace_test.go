package uniqueness

import (
	"testing"
	"time"
)

// TestPaceOutlivesAReload: a configuration that takes another's place goes on with
// what that one has seen.
func TestPaceOutlivesAReload(t *testing.T) {
	before := sharedPace("store")
	for range knownAfter {
		before.note(created, time.Second)
	}
	after := sharedPace("store")
	if got := after.sample(); got != time.Second {
		t.Errorf("after a reload it takes %s", got)
	}
	for range 2 {
		if _, err := paces.Delete("store"); err != nil {
			t.Fatal(err)
		}
	}
	if got := sharedPace("store").sample(); got != defaultPace {
		t.Errorf("after the end it takes %s", got)
	}
	if _, err := paces.Delete("store"); err != nil {
		t.Fatal(err)
	}
}
