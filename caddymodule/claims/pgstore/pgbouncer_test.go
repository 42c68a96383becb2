package pgstore

import (
	"sync"
	"testing"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
	"github.com/customergate/customergate/internal/testservers"
)

func TestPoolerOfTransactions(t *testing.T) {
	bouncer := testservers.NewPgBouncer(t, shared)
	s := start(t, bouncer.DSN("postgres"))
	if free := race(t, s, 50); free != 1 {
		t.Errorf("%d of 50 have reserved the entry", free)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			id, err := storetest.Claim(t.Context(), s)
			if err != nil {
				t.Error(err)
			} else if found := storetest.Look(t, s, id); found.State != claims.Committed || string(found.Value) != "value" {
				t.Errorf("the entry is %v", found.State)
			}
		})
	}
	all.Wait()
	if n, err := s.Import(t.Context(), []claims.ID{storetest.NewID(claims.Email), storetest.NewID(claims.Email)}); n != 2 || err != nil {
		t.Errorf("Import says %d, %v", n, err)
	}
}
