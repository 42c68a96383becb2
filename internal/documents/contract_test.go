package documents

import (
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/contract"
)

// TestContractHasEveryCode: the contract for programs explains every code, and none
// besides.
func TestContractHasEveryCode(t *testing.T) {
	refusals, violations := declaredCodes(t)
	for _, unseen := range []string{"REPLAYED", "SKIPPED", "CLIENT_GONE"} {
		delete(refusals, unseen) // no client sees it
	}
	for what, c := range map[string]struct {
		declared  map[string]bool
		explained []contract.Code
	}{"refusal": {refusals, contract.Refusals()}, "violation": {violations, contract.Violations()}} {
		for _, code := range c.explained {
			if !c.declared[code.Value] {
				t.Errorf("%s: there is no %s", what, code.Value)
			}
			if code.Title == "" || !strings.HasSuffix(code.Description, ".") {
				t.Errorf("%s: %s is not explained", what, code.Value)
			}
			delete(c.declared, code.Value)
		}
		for code := range c.declared {
			t.Errorf("%s: nobody explains %s", what, code)
		}
	}
}
