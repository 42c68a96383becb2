package uniqueness

import (
	"testing"

	"github.com/customergate/customergate/internal/documents"
)

func TestDocumentsHaveEveryOption(t *testing.T) {
	documents.CheckTerms(t, "docs/uniqueness.md", "Within `unique_email <store> ... { }`", uniqueEmailOptions)
}
