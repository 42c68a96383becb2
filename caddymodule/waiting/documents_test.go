package waiting

import (
	"testing"

	"github.com/customergate/customergate/internal/documents"
)

func TestDocumentsHaveEveryOption(t *testing.T) {
	documents.CheckTerms(t, "docs/options.md", "Within `queue { }`", parsers)
}
