package contract

import (
	"testing"

	"github.com/customergate/customergate/internal/documents"
)

func TestDocumentsHaveEveryOption(t *testing.T) {
	documents.CheckTerms(t, "docs/contract.md", "Within `customer_gate_contract { }`", contractOptions)
}
