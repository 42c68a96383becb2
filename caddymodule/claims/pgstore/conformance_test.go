package pgstore

import (
	"testing"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
)

func TestConformance(t *testing.T) {
	dsn := setDSN(t, shared.NewDatabase(t))
	storetest.Run(t, func(t *testing.T) claims.Administrator {
		return storetest.Start(t, &Store{DSN: dsn})
	})
}
