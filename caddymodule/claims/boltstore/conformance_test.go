package boltstore

import (
	"path/filepath"
	"testing"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
)

func TestConformance(t *testing.T) {
	path := filepath.Join(t.TempDir(), "claims.db")
	storetest.Run(t, func(t *testing.T) claims.Administrator { return openStore(t, path) })
}
