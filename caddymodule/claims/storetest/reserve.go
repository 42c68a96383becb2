package storetest

import (
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

func testReserve(t *testing.T, store claims.Administrator) {
	s, id := subject{t, store}, NewID(claims.Email)
	s.is(id, claims.Free, "")
	s.reserves(id, claims.NewToken(), long)
	found := s.reserve(id, claims.NewToken(), long)
	s.compare(found, claims.Pending, "")
	if found.Wait > long || found.Wait < long-patience {
		t.Errorf("a wait of %v for a lease of %v", found.Wait, long)
	}
	s.is(id, claims.Pending, "")
}

func testRenew(t *testing.T, store claims.Administrator) {
	s, id, token := subject{t, store}, NewID(claims.Email), claims.NewToken()
	s.reserves(id, token, long)
	s.reserves(id, token, 2*long)
	if wait := s.look(id).Wait; wait <= long || wait > 2*long {
		t.Errorf("a wait of %v for a lease of %v that was renewed", wait, 2*long)
	}
	began := time.Now()
	s.reserves(id, token, short)
	s.ends(id, began, short)
}

func testLeaseEnds(t *testing.T, store claims.Administrator) {
	s, id := subject{t, store}, NewID(claims.Email)
	began := time.Now()
	s.reserves(id, claims.NewToken(), short)
	s.ends(id, began, short)
	s.is(id, claims.Free, "")
	s.reserves(id, claims.NewToken(), long)
	s.is(id, claims.Pending, "")
}

func testRenewLate(t *testing.T, store claims.Administrator) {
	s, id, token := subject{t, store}, NewID(claims.Email), claims.NewToken()
	began := time.Now()
	s.reserves(id, token, short)
	s.ends(id, began, short)
	s.reserves(id, token, long)
	s.is(id, claims.Pending, "")
}

func testRelease(t *testing.T, store claims.Administrator) {
	s, id, token := subject{t, store}, NewID(claims.Email), claims.NewToken()
	s.release(id, token) // it has none
	s.reserves(id, token, long)
	s.release(id, token)
	s.is(id, claims.Free, "")
	s.release(id, token)
	s.reserves(id, claims.NewToken(), long)
}

func testReleaseByAnother(t *testing.T, store claims.Administrator) {
	s, id, token := subject{t, store}, NewID(claims.Email), claims.NewToken()
	s.reserves(id, token, long)
	s.release(id, claims.NewToken())
	s.is(id, claims.Pending, "")
	s.commit(id, token, nil, 0)
}

func testReleaseCommitted(t *testing.T, store claims.Administrator) {
	s, id, token := subject{t, store}, NewID(claims.Email), claims.NewToken()
	s.reserves(id, token, long)
	s.commit(id, token, []byte("value"), 0)
	s.release(id, token)
	s.release(id, claims.NewToken())
	s.is(id, claims.Committed, "value")
}

func testReleaseLate(t *testing.T, store claims.Administrator) {
	s, id, token := subject{t, store}, NewID(claims.Email), claims.NewToken()
	began := time.Now()
	s.reserves(id, token, short)
	s.ends(id, began, short)
	s.reserves(id, claims.NewToken(), long)
	s.release(id, token)
	s.is(id, claims.Pending, "")
}
