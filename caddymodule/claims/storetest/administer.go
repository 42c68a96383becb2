package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

func testCount(t *testing.T, store claims.Administrator) {
	s := subject{t, store}
	before := map[claims.Kind]int{claims.Email: s.count(claims.Email), claims.Idempotency: s.count(claims.Idempotency)}
	expect := func(kind claims.Kind, more int) {
		t.Helper()
		if got := s.count(kind) - before[kind]; got != more {
			t.Fatalf("counts %d more of kind %c, want %d", got, kind, more)
		}
	}

	pending, kept := NewID(claims.Email), NewID(claims.Email)
	s.reserves(pending, claims.NewToken(), long)
	expect(claims.Email, 0)
	s.commit(kept, claims.NewToken(), nil, 0)
	s.imports(1, NewID(claims.Email), kept)
	s.commit(NewID(claims.Idempotency), claims.NewToken(), nil, long)
	expect(claims.Email, 2)
	expect(claims.Idempotency, 1)

	s.whileKept(claims.Idempotency, func(claims.ID) bool { return s.count(claims.Idempotency)-before[claims.Idempotency] == 2 })
	expect(claims.Idempotency, 1)

	s.forget(kept, true)
	s.forget(pending, true)
	expect(claims.Email, 1)
}

func testLook(t *testing.T, store claims.Administrator) {
	s, id, token := subject{t, store}, NewID(claims.Email), claims.NewToken()
	for range 2 {
		s.compare(s.look(id), claims.Free, "")
	}
	s.reserves(id, token, long)
	found := s.look(id)
	s.compare(found, claims.Pending, "")
	if found.Wait > long || found.Wait < long-patience {
		t.Errorf("a wait of %v for a lease of %v", found.Wait, long)
	}
	s.commit(id, token, []byte("value"), 0)
	s.compare(s.look(id), claims.Committed, "value")
}

func testImport(t *testing.T, store claims.Administrator) {
	s, id, other := subject{t, store}, NewID(claims.Email), NewID(claims.Email)
	s.imports(0)
	s.imports(1, id, id)
	s.imports(1, other, id)
	s.imports(0, id, other)
	s.is(id, claims.Committed, "")
	s.fenced(id, claims.NewToken())
}

func testImportOverReservation(t *testing.T, store claims.Administrator) {
	s, id, token := subject{t, store}, NewID(claims.Email), claims.NewToken()
	s.reserves(id, token, long)
	s.imports(1, id)
	s.is(id, claims.Committed, "")
	s.fenced(id, token)
	s.release(id, token)
	s.is(id, claims.Committed, "")
}

func testImportOverKept(t *testing.T, store claims.Administrator) {
	s, ended := subject{t, store}, NewID(claims.Email)
	began := time.Now()
	s.commit(ended, claims.NewToken(), nil, short)
	s.ends(ended, began, short)
	s.imports(1, ended)
	s.is(ended, claims.Committed, "")

	for keep := short; !s.importsOverKept(keep); keep *= 2 {
	}
}

// importsOverKept expects that an import keeps for ever what was still kept for
// a while. It reports false if the machine was so slow that the while was over.
func (s subject) importsOverKept(keep time.Duration) bool {
	s.Helper()
	kept, marker, began := NewID(claims.Email), NewID(claims.Email), time.Now()
	s.commit(kept, claims.NewToken(), nil, keep)
	s.commit(marker, claims.NewToken(), nil, keep) // ends after it
	added, err := s.store.Import(s.Context(), []claims.ID{kept})
	if over := time.Since(began) >= keep; err != nil || added != 0 && !over {
		s.Fatalf("Import added %d (%v), want 0", added, err)
	}
	s.ends(marker, began, keep)
	s.is(kept, claims.Committed, "")
	return added == 0
}

func testImportOverCommitted(t *testing.T, store claims.Administrator) {
	s, id, token := subject{t, store}, NewID(claims.Email), claims.NewToken()
	s.commit(id, token, []byte("value"), 0)
	s.imports(0, id)
	if found := s.look(id); found.State != claims.Committed {
		t.Errorf("the entry is %s, want committed", found.State)
	}
}

func testImportMany(t *testing.T, store claims.Administrator) {
	s := subject{t, store}
	ids := make([]claims.ID, 20_000)
	for i := range ids {
		ids[i] = NewID(claims.Email)
	}
	s.imports(len(ids)/2, ids[:len(ids)/2]...)
	s.imports(len(ids)-len(ids)/2, ids...)
	for i := 0; i < len(ids); i += 997 {
		s.compare(s.look(ids[i]), claims.Committed, "")
	}
}

func testForget(t *testing.T, store claims.Administrator) {
	s := subject{t, store}
	for name, have := range map[string]func(claims.ID){
		"reserved":  func(id claims.ID) { s.reserves(id, claims.NewToken(), long) },
		"committed": func(id claims.ID) { s.commit(id, claims.NewToken(), []byte("value"), 0) },
		"kept":      func(id claims.ID) { s.commit(id, claims.NewToken(), []byte("value"), long) },
		"imported":  func(id claims.ID) { s.imports(1, id) },
	} {
		id := NewID(claims.Email)
		have(id)
		s.forget(id, true)
		if found := s.look(id); found.State != claims.Free {
			t.Errorf("%s: the entry is %s after Forget", name, found.State)
		}
		s.forget(id, false)
		s.reserves(id, claims.NewToken(), long)
	}
}

func testForgetAbsent(t *testing.T, store claims.Administrator) {
	s, id, ended := subject{t, store}, NewID(claims.Email), NewID(claims.Email)
	s.forget(id, false)
	began := time.Now()
	s.reserves(ended, claims.NewToken(), short)
	s.ends(ended, began, short)
	s.forget(ended, false)
}

func testForgetThenCommit(t *testing.T, store claims.Administrator) {
	s, id, token := subject{t, store}, NewID(claims.Email), claims.NewToken()
	s.reserves(id, token, long)
	s.forget(id, true)
	s.commit(id, token, nil, 0)
	s.is(id, claims.Committed, "")
}

func testApart(t *testing.T, store claims.Administrator) {
	s, id, token := subject{t, store}, NewID(claims.Email), claims.NewToken()
	first, last, kind := id, id, id
	first.Sum[0]++
	last.Sum[len(last.Sum)-1]++
	kind.Kind = claims.Idempotency
	s.reserves(id, token, long)
	s.commit(id, token, []byte("value"), 0)
	for name, other := range map[string]claims.ID{"first octet": first, "last octet": last, "kind": kind} {
		s.is(other, claims.Free, "")
		s.reserves(other, token, long)
		s.commit(other, token, []byte(name), 0)
		s.is(other, claims.Committed, name)
		s.forget(other, true)
		s.is(id, claims.Committed, "value")
	}
}

func testCancelled(t *testing.T, store claims.Administrator) {
	s, id, token := subject{t, store}, NewID(claims.Email), claims.NewToken()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range map[string]func() error{
		"Reserve": func() error { _, err := store.Reserve(ctx, id, token, long); return err },
		"Commit":  func() error { return store.Commit(ctx, id, token, nil, 0) },
		"Release": func() error { return store.Release(ctx, id, token) },
		"Import":  func() error { _, err := store.Import(ctx, []claims.ID{id}); return err },
		"Count":   func() error { _, err := store.Count(ctx, claims.Email); return err },
		"Look":    func() error { _, err := store.Look(ctx, id); return err },
		"Forget":  func() error { _, err := store.Forget(ctx, id); return err },
	} {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want context.Canceled", name, err)
		}
	}
	// Whatever has become of it, the store goes on.
	another := NewID(claims.Email)
	s.reserves(another, token, long)
	s.commit(another, token, nil, 0)
}
