package caddymodule

import (
	"testing"

	"github.com/customergate/customergate/caddymodule/contract"
)

// TestContractStatuses: the contract for programs has the status of each refusal.
func TestContractStatuses(t *testing.T) {
	for _, code := range contract.Refusals() {
		if statuses[code.Value] != code.Status {
			t.Errorf("%s has the status %d, not %d", code.Value, statuses[code.Value], code.Status)
		}
	}
}
