package caddymodule

import (
	"testing"

	"github.com/customergate/customergate/internal/documents"
)

func TestDocumentsHaveEveryOption(t *testing.T) {
	documents.CheckTerms(t, "docs/options.md", "# Options\n", gateOptions)
	documents.CheckTerms(t, "docs/options.md", "Within `customer_gate_keys { }`", publisherOptions)
}
