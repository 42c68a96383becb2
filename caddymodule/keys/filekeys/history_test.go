package filekeys

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/keys"
)

// at is a moment of these tests, in hours.
func at(hours int) time.Time {
	return time.Date(2026, 1, 1, hours, 0, 0, 0, time.UTC)
}

// readingOf is a reading in which acme has keys with these IDs.
func readingOf(ids ...string) *reading {
	r := &reading{keys: map[string][]fileKey{}}
	for _, id := range ids {
		r.keys["acme"] = append(r.keys["acme"], fileKey{keys.Key{ID: id}, id + ".pem"})
	}
	return r
}

// TestHistoryKeepsNoMoreThanIsTried: rotating more often than the overlap is
// long must not fill the memory.
func TestHistoryKeepsNoMoreThanIsTried(t *testing.T) {
	path := t.TempDir()
	holder := new(Provider)
	h := shareHistory(path, holder, time.Hour, at(1))
	defer func() { _ = h.release(holder) }()
	for i := range 100 {
		h.record(readingOf(fmt.Sprint(i)), at(1).Add(time.Duration(i)*time.Second))
	}
	left := h.withdrawn(time.Hour)["acme"]
	if len(left) != keys.MaxKeys || left[0].ID != "98" {
		t.Errorf("%d keys are kept, the first is %s", len(left), left[0].ID)
	}
}

func TestHistoryForgetsWhatIsOver(t *testing.T) {
	path := t.TempDir()
	holder := new(Provider)
	h := shareHistory(path, holder, time.Hour, at(1))
	defer func() { _ = h.release(holder) }()
	h.record(readingOf("a"), at(1))
	h.record(readingOf(), at(2))
	h.record(readingOf(), at(3).Add(-1))
	if left := h.withdrawn(time.Hour)["acme"]; len(left) != 1 || !left[0].NotAfter.Equal(at(3)) {
		t.Errorf("%d keys are kept", len(left))
	}
	h.record(readingOf(), at(3))
	if len(h.tenants) != 0 {
		t.Error("the tenant is still remembered")
	}
}

// TestHistoryIsReadByOneAtATime: what was read before must not be recorded
// after what was read later.
func TestHistoryIsReadByOneAtATime(t *testing.T) {
	dir := newKeyDir(t, map[string]int{"acme.pem": 0})
	file, err := provision(t, &Provider{Path: dir.path})
	if err != nil {
		t.Fatal(err)
	}
	for round := range 50 {
		file.history.reading.Lock()
		var looking sync.WaitGroup
		looking.Go(file.look)
		runtime.Gosched() // to where it waits for its turn
		dir.put("acme.pem", round%2, 0)
		file.history.reading.Unlock()
		looking.Wait()
		file.check("acme", round%2)
	}
}
