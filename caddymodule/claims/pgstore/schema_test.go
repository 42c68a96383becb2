package pgstore

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
)

func TestManyGatewaysStartAtOnce(t *testing.T) {
	dsn := setDSN(t, shared.NewDatabase(t))
	var all sync.WaitGroup
	for range 8 {
		s := storetest.Provision(t, &Store{DSN: dsn, Timeout: patience})
		t.Cleanup(func() { _ = s.Cleanup() })
		all.Go(func() {
			if err := s.Start(); err != nil {
				t.Error(err)
			}
			if _, err := storetest.Claim(t.Context(), s); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestTableOfANewerGateway(t *testing.T) {
	database := shared.NewDatabase(t)
	start(t, database)
	shared.Exec(t, database, "UPDATE customergate_schema SET version = version + 1")
	s := storetest.Provision(t, &Store{DSN: setDSN(t, database), Timeout: patience})
	t.Cleanup(func() { _ = s.Cleanup() })
	if err := s.Start(); err == nil || !strings.Contains(err.Error(), "run a newer gateway") {
		t.Errorf("Start says %v", err)
	}
}

func TestTableThatIsDropped(t *testing.T) {
	database := shared.NewDatabase(t)
	s := start(t, database)
	shared.Exec(t, database, "DROP TABLE customergate_claims, customergate_schema")
	if _, err := storetest.Claim(t.Context(), s); err != nil {
		t.Error(err)
	}
}

func TestSweepDeletesWhatHasExpired(t *testing.T) {
	database := shared.NewDatabase(t)
	s := start(t, database)
	kept, err := storetest.Claim(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	pending := storetest.NewID(claims.Email)
	if _, err := s.Reserve(t.Context(), pending, claims.NewToken(), time.Minute); err != nil {
		t.Fatal(err)
	}
	const expired = sweepBatch + 500
	shared.Exec(t, database, `INSERT INTO customergate_claims (id, committed, expires)
		SELECT decode(lpad(to_hex(n), 66, '0'), 'hex'), n % 2 = 0, now() - interval '1 second' FROM generate_series(1, 1500) AS n`)
	if n, err := s.sweep(t.Context()); n != expired || err != nil {
		t.Errorf("%d rows deleted, %v", n, err)
	}
	if storetest.Look(t, s, kept).State != claims.Committed || storetest.Look(t, s, pending).State != claims.Pending {
		t.Error("what has not expired is gone")
	}
}
