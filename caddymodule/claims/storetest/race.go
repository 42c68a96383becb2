package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

func testRaceToReserve(t *testing.T, store claims.Administrator) {
	raceToReserve(t, store)
}

func testRaceOnTwoHandles(t *testing.T, a, b claims.Administrator) {
	raceToReserve(t, a, b)
}

// raceToReserve has 200 callers try for the same entry, on every store in
// turn: one gets it, everyone else is told to wait.
func raceToReserve(t *testing.T, stores ...claims.Administrator) {
	id := NewID(claims.Email)
	var free, pending atomic.Int64
	race(200, func(i int) {
		found, err := stores[i%len(stores)].Reserve(t.Context(), id, claims.NewToken(), long)
		switch {
		case err != nil:
			t.Errorf("Reserve: %v", err)
		case found.State == claims.Free:
			free.Add(1)
		case found.State == claims.Pending && found.Wait > 0 && found.Wait <= long+slack:
			pending.Add(1)
		}
	})
	if free.Load() != 1 || pending.Load() != 199 {
		t.Errorf("%d found it free and %d pending, want 1 and 199", free.Load(), pending.Load())
	}
}

// slack is how much later than a reader the clock of a store may tell a writer the
// time, where both come at once.
const slack = time.Second

// race calls run so many times at once.
func race(n int, run func(i int)) {
	start := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			<-start
			run(i)
		})
	}
	close(start)
	group.Wait()
}

func testRaceToCommit(t *testing.T, store claims.Administrator) {
	s, id := subject{t, store}, NewID(claims.Email)
	var winner atomic.Pointer[claims.Token]
	var fenced atomic.Int64
	race(50, func(int) {
		token := claims.NewToken()
		switch err := store.Commit(t.Context(), id, token, token[:], 0); {
		case err == nil:
			winner.Store(&token)
		case errors.Is(err, claims.ErrFenced):
			fenced.Add(1)
		default:
			t.Errorf("Commit: %v", err)
		}
	})
	if winner.Load() == nil || fenced.Load() != 49 {
		t.Fatalf("%d of 50 were fenced, want 49", fenced.Load())
	}
	s.is(id, claims.Committed, string(winner.Load()[:]))
}

// testMutualExclusion has callers pass an entry to one another: never do two
// have it.
func testMutualExclusion(t *testing.T, store claims.Administrator) {
	const turnsWanted = 10
	id := NewID(claims.Email)
	var holders, turns atomic.Int64
	race(8, func(int) {
		for turns.Load() < turnsWanted {
			token := claims.NewToken()
			found, err := store.Reserve(t.Context(), id, token, long)
			if err != nil {
				t.Errorf("Reserve: %v", err)
				return
			}
			if found.State != claims.Free {
				continue
			}
			if n := holders.Add(1); n != 1 {
				t.Errorf("%d have the entry", n)
			}
			turns.Add(1)
			holders.Add(-1)
			if err := store.Release(t.Context(), id, token); err != nil {
				t.Errorf("Release: %v", err)
				return
			}
		}
	})
}

func testTwoHandles(t *testing.T, a, b claims.Administrator) {
	here, there := subject{t, a}, subject{t, b}
	id, token := NewID(claims.Email), claims.NewToken()
	here.reserves(id, token, long)
	there.is(id, claims.Pending, "")
	there.reserves(id, token, long)
	there.commit(id, token, []byte("value"), 0)
	here.is(id, claims.Committed, "value")
	here.forget(id, true)
	there.is(id, claims.Free, "")
	there.imports(1, id)
	here.imports(0, id)
	here.is(id, claims.Committed, "")
}

func testFencedAcrossHandles(t *testing.T, a, b claims.Administrator) {
	here, there := subject{t, a}, subject{t, b}
	id, token, other := NewID(claims.Email), claims.NewToken(), claims.NewToken()
	began := time.Now()
	here.reserves(id, token, short)
	there.ends(id, began, short)
	there.reserves(id, other, long)
	here.fenced(id, token)
	here.release(id, token)
	there.commit(id, other, nil, 0)
	here.fenced(id, token)
}
