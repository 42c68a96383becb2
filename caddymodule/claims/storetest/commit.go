package storetest

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

func testCommit(t *testing.T, store claims.Administrator) {
	s, id, token := subject{t, store}, NewID(claims.Email), claims.NewToken()
	s.reserves(id, token, long)
	s.commit(id, token, []byte("value"), 0)
	s.is(id, claims.Committed, "value")
	s.compare(s.reserve(id, token, long), claims.Committed, "value")
}

func testCommitUnreserved(t *testing.T, store claims.Administrator) {
	s, id := subject{t, store}, NewID(claims.Email)
	s.commit(id, claims.NewToken(), nil, 0)
	s.is(id, claims.Committed, "")
}

func testCommitLate(t *testing.T, store claims.Administrator) {
	s, id, token := subject{t, store}, NewID(claims.Email), claims.NewToken()
	began := time.Now()
	s.reserves(id, token, short)
	s.ends(id, began, short)
	s.commit(id, token, []byte("late"), 0)
	s.is(id, claims.Committed, "late")
}

func testCommitFencedByReservation(t *testing.T, store claims.Administrator) {
	s, id, token, other := subject{t, store}, NewID(claims.Email), claims.NewToken(), claims.NewToken()
	began := time.Now()
	s.reserves(id, token, short)
	s.ends(id, began, short)
	s.reserves(id, other, long)
	s.fenced(id, token)
	s.is(id, claims.Pending, "")
	s.commit(id, other, []byte("other"), 0)
	s.is(id, claims.Committed, "other")
}

func testCommitFencedByCommitment(t *testing.T, store claims.Administrator) {
	s, id, token, other := subject{t, store}, NewID(claims.Email), claims.NewToken(), claims.NewToken()
	began := time.Now()
	s.reserves(id, token, short)
	s.ends(id, began, short)
	s.reserves(id, other, long)
	s.commit(id, other, []byte("other"), 0)
	s.fenced(id, token)
	s.is(id, claims.Committed, "other")
}

func testCommitOverReservation(t *testing.T, store claims.Administrator) {
	s, id, token := subject{t, store}, NewID(claims.Email), claims.NewToken()
	s.reserves(id, token, long)
	s.fenced(id, claims.NewToken())
	s.is(id, claims.Pending, "")
	s.commit(id, token, nil, 0)
}

// testCommitTwoEnded: a store may forget a lease when it has ended, so either
// may win.
func testCommitTwoEnded(t *testing.T, store claims.Administrator) {
	s, id := subject{t, store}, NewID(claims.Email)
	tokens := []claims.Token{claims.NewToken(), claims.NewToken()}
	for _, token := range tokens {
		began := time.Now()
		s.reserves(id, token, short)
		s.ends(id, began, short)
	}
	won := 0
	for _, token := range tokens {
		switch err := store.Commit(t.Context(), id, token, token[:], 0); {
		case err == nil:
			won++
			s.is(id, claims.Committed, string(token[:]))
		case !errors.Is(err, claims.ErrFenced):
			t.Fatalf("Commit: %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d have committed, want 1", won)
	}
}

func testCommitRepeated(t *testing.T, store claims.Administrator) {
	s, id, token := subject{t, store}, NewID(claims.Email), claims.NewToken()
	s.reserves(id, token, long)
	for _, value := range []string{"value", "value", "a longer value", ""} {
		s.commit(id, token, []byte(value), 0)
		s.is(id, claims.Committed, value)
	}
	s.fenced(id, claims.NewToken())
}

func testKeep(t *testing.T, store claims.Administrator) {
	s := subject{t, store}
	id, token := s.whileKept(claims.Idempotency, func(id claims.ID) bool {
		found := s.look(id)
		return found.State == claims.Committed && string(found.Value) == "kept"
	})
	s.forget(id, false)
	other := claims.NewToken()
	s.reserves(id, other, long)
	s.fenced(id, token)
	s.commit(id, other, []byte("again"), long)
	s.is(id, claims.Committed, "again")
}

func testValues(t *testing.T, store claims.Administrator) {
	s := subject{t, store}
	for name, value := range map[string][]byte{
		"none": nil, "empty": {}, "an octet": {0}, "all octets": allOctets(), "64 KiB and more": bytes.Repeat(allOctets(), 300),
	} {
		id, token := NewID(claims.Idempotency), claims.NewToken()
		s.reserves(id, token, long)
		s.commit(id, token, value, long)
		if found := s.look(id); found.State != claims.Committed || !bytes.Equal(found.Value, value) {
			t.Errorf("%s: the entry is %s with %d octets, want committed with %d", name, found.State, len(found.Value), len(value))
		}
	}
}

func allOctets() []byte {
	octets := make([]byte, 256)
	for i := range octets {
		octets[i] = byte(i)
	}
	return octets
}

func testValuesAreCopies(t *testing.T, store claims.Administrator) {
	s, id, token := subject{t, store}, NewID(claims.Idempotency), claims.NewToken()
	value := allOctets()
	s.reserves(id, token, long)
	s.commit(id, token, value, long)
	clear(value)
	found := s.look(id)
	if !slices.Equal(found.Value, allOctets()) {
		t.Fatal("the value has changed with the slice that was committed")
	}
	clear(found.Value)
	if !slices.Equal(s.look(id).Value, allOctets()) {
		t.Error("the value has changed with the slice that was found")
	}
}
