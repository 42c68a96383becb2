package caddymodule

import (
	"testing"

	"github.com/customergate/customergate/internal/documents"
)

func TestDocumentsHaveEveryOption(t *testing.T) {
	documents.CheckTerms(t, "README.md", "## Caddyfile\n", gateOptions)
	documents.CheckTerms(t, "README.md", "Within `customer_gate_keys { }`", publisherOptions)
}
