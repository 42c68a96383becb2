package boltstore

import (
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

func TestClockGoesOn(t *testing.T) {
	clock := startClock()
	before := time.Now()
	for last := clock(); time.Since(before) < 20*time.Millisecond; {
		now := clock()
		if now < last {
			t.Fatal("the clock goes back")
		}
		last = now
	}
	earliest := time.Now().Add(-time.Second)
	now := time.Unix(0, int64(clock()))
	if latest := time.Now().Add(time.Second); now.Before(earliest) || now.After(latest) {
		t.Errorf("the clock says %v, want from %v to %v", now, earliest, latest)
	}
}

// TestClockSetBack: a gateway that starts with a clock that has been set back
// holds a reservation for no longer than its lease.
func TestClockSetBack(t *testing.T) {
	path, id, other := filepath.Join(t.TempDir(), "claims.db"), randomID(), randomID()
	var now atomic.Int64
	now.Store(time.Now().UnixNano())
	store := openAt(t, path, &now)
	reserve(t, store, id, claims.NewToken(), time.Minute)
	reserve(t, store, other, claims.NewToken(), time.Minute)
	now.Add(int64(30 * time.Second))
	if err := store.file.close(); err != nil {
		t.Fatal(err)
	}

	now.Add(-int64(24 * time.Hour))
	store = openAt(t, path, &now)
	if found := look(t, store, id); found.State != claims.Pending || found.Wait != time.Minute {
		t.Errorf("the entry is %s for %v, want pending for its lease", found.State, found.Wait)
	}
	now.Add(int64(time.Minute))
	if found := look(t, store, id); found.State != claims.Free {
		t.Errorf("the entry is %s after its lease, want free", found.State)
	}
	reserve(t, store, other, claims.NewToken(), time.Minute)
}

func TestReopenedReservationEnds(t *testing.T) {
	path, id := filepath.Join(t.TempDir(), "claims.db"), randomID()
	var now atomic.Int64
	store := openAt(t, path, &now)
	reserve(t, store, id, claims.NewToken(), time.Minute)
	if err := store.file.close(); err != nil {
		t.Fatal(err)
	}
	now.Add(int64(time.Minute) - 1)
	store = openAt(t, path, &now)
	if found := look(t, store, id); found.State != claims.Pending || found.Wait != 1 {
		t.Errorf("the entry is %s for %v, want pending for what is left of its lease", found.State, found.Wait)
	}
	now.Add(1)
	if found := look(t, store, id); found.State != claims.Free {
		t.Errorf("the entry is %s, want free", found.State)
	}
}

func TestLeaseWithoutEnd(t *testing.T) {
	store, id := openStore(t, filepath.Join(t.TempDir(), "claims.db")), randomID()
	reserve(t, store, id, claims.NewToken(), 1<<63-1)
	if found := look(t, store, id); found.State != claims.Pending || found.Wait <= 0 {
		t.Errorf("the entry is %s for %v, want pending", found.State, found.Wait)
	}
	kept := randomID()
	if err := store.Commit(t.Context(), kept, claims.NewToken(), nil, 1<<63-1); err != nil {
		t.Fatal(err)
	}
	if found := look(t, store, kept); found.State != claims.Committed {
		t.Errorf("the entry is %s, want committed", found.State)
	}
}
