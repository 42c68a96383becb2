package uniqueness

import (
	"testing"
	"time"
)

// TestNeutralPaceOutlivesAReload: a configuration that takes another's place
// goes on with what that one has seen, until it has seen something itself.
func TestNeutralPaceOutlivesAReload(t *testing.T) {
	before := sharedPace("store")
	first := (&NeutralAnswer{}).ready(before)
	first.note(time.Second)
	after := sharedPace("store")
	if _, err := paces.Delete("store"); err != nil {
		t.Fatal(err)
	}
	second := (&NeutralAnswer{}).ready(after)
	if got := second.sample(); got != time.Second {
		t.Errorf("after a reload it takes %s", got)
	}
	if got := second.note(time.Minute); got != time.Minute {
		t.Errorf("the first one takes %s", got)
	}
	if got := second.sample(); got != time.Minute {
		t.Errorf("after a registration it takes %s", got)
	}
	if _, err := paces.Delete("store"); err != nil {
		t.Fatal(err)
	}
	if got := (&NeutralAnswer{}).ready(sharedPace("store")).sample(); got != defaultPace {
		t.Errorf("after the end it takes %s", got)
	}
	if _, err := paces.Delete("store"); err != nil {
		t.Fatal(err)
	}
}
