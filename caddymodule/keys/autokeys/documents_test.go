package autokeys

import (
	"testing"

	"github.com/customergate/customergate/internal/documents"
)

func TestDocumentsHaveEveryOption(t *testing.T) {
	documents.CheckTerms(t, "docs/options.md", "Within `keys auto { }`", providerOptions)
}
