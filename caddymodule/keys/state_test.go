package keys

import "testing"

func TestStateNames(t *testing.T) {
	for state, want := range map[State]string{InUse: "in use", Retiring: "retiring", Next: "next"} {
		if got := state.String(); got != want {
			t.Errorf("%d is %q, want %q", state, got, want)
		}
	}
}
