package addresses

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/claims"
)

// brokenStore has imported a part of a batch when it fails.
type brokenStore struct{ claims.Administrator }

var errBroken = errors.New("the store is broken")

func (brokenStore) Import(context.Context, []claims.ID) (int, error) { return 2, errBroken }

// TestImportEndsWithinABatch: what is known to be in the store is reported.
func TestImportEndsWithinABatch(t *testing.T) {
	importer := &Importer{
		Store:    brokenStore{},
		ID:       func(string) claims.ID { return claims.ID{} },
		Progress: func(int64, int) { t.Error("there is no progress") },
	}
	report, err := importer.Import(t.Context(), Format{}, strings.NewReader(strings.Repeat("ada@example.com\nnobody\n", 3)))
	if !errors.Is(err, errBroken) || report.Addresses != 2 || report.Added != 2 || report.Refused.Count != 3 {
		t.Errorf("it reports %+v; %v", report, err)
	}
}
