package pgstore

import (
	"slices"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
	"github.com/customergate/customergate/internal/documents"
)

// TestConformance is that of a user who may do what is documented, and nothing
// else.
func TestConformance(t *testing.T) {
	store := Store{DSN: newUser(t, rights), Timeout: patience}
	storetest.Run(t, func(t *testing.T) claims.Administrator {
		return storetest.Start(t, &Store{DSN: store.DSN, Timeout: store.Timeout})
	})
	if _, err := storetest.Start(t, &store).sweep(t.Context()); err != nil {
		t.Error(err)
	}
}

// rights are those on tables that exist.
var rights = []string{
	"SELECT ON customergate_claims",
	"INSERT ON customergate_claims",
	"UPDATE ON customergate_claims",
	"DELETE ON customergate_claims",
	"SELECT ON customergate_schema",
}

// newUser returns the DSN of a user who has such rights, and no others.
func newUser(t *testing.T, rights []string) string {
	t.Helper()
	database := shared.NewDatabase(t)
	storetest.Start(t, &Store{DSN: setDSN(t, database), Timeout: patience})
	shared.Exec(t, database, "CREATE ROLE modest LOGIN PASSWORD 'modest'")
	t.Cleanup(func() { shared.Exec(t, database, "DROP OWNED BY modest; DROP ROLE modest") })
	for _, right := range rights {
		shared.Exec(t, database, "GRANT "+right+" TO modest")
	}
	return setDSN(t, asUser(t, database, "modest", "modest"))
}

func TestEveryRightThatIsDocumentedIsNeeded(t *testing.T) {
	for i, right := range rights {
		t.Run("without "+right, func(t *testing.T) {
			s := storetest.Provision(t, &Store{DSN: newUser(t, slices.Delete(slices.Clone(rights), i, i+1)), Timeout: patience})
			err := s.Start()
			t.Cleanup(func() { _ = s.Cleanup() })
			if err == nil {
				err = storetest.UseAll(t.Context(), s)
			}
			if err == nil || !strings.Contains(err.Error(), "grant the user SELECT") {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestRightsAreDocumented(t *testing.T) {
	text := documents.Read(t, "docs/uniqueness.md")
	for _, statement := range []string{
		"GRANT SELECT, INSERT, UPDATE, DELETE ON customergate_claims TO gateway;",
		"GRANT SELECT ON customergate_schema TO gateway;",
	} {
		if !strings.Contains(text, statement) {
			t.Errorf("docs/uniqueness.md does not say %s", statement)
		}
	}
}
