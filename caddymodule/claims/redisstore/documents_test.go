package redisstore

import (
	"testing"

	"github.com/customergate/customergate/internal/documents"
)

func TestDocumentsHaveEveryOption(t *testing.T) {
	documents.CheckTerms(t, "docs/uniqueness.md", "Within `redis <address>... { }`", storeOptions)
	documents.CheckTerms(t, "docs/uniqueness.md", "Within `sentinel <master> { }`", sentinelOptions)
	documents.CheckTerms(t, "docs/uniqueness.md", "Within `tls { }`", tlsOptions)
}
