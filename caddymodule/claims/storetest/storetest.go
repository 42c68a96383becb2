// Package storetest tests that a claims store does what the interfaces of
// package claims promise.
package storetest

import (
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

// Run tests a store. open returns a new handle each time, as another gateway
// has one, on the same backend. It may be called from many tests at once, and
// sees to it with t.Cleanup that a handle is closed. The backend may hold other
// entries, which nobody changes meanwhile; of what the tests leave behind,
// nothing must be relied upon.
func Run(t *testing.T, open func(t *testing.T) claims.Administrator) {
	// It compares numbers of entries, so it is over before the others go on.
	t.Run("counts", func(t *testing.T) { testCount(t, open(t)) })

	tests := map[string]func(*testing.T, claims.Administrator){
		"reserve: free for the first, pending for others":  testReserve,
		"reserve: renewed by its token":                    testRenew,
		"reserve: free when the lease has ended":           testLeaseEnds,
		"reserve: renewed by its token after the end":      testRenewLate,
		"commit: permanent, for its own token too":         testCommit,
		"commit: without a reservation":                    testCommitUnreserved,
		"commit: late, and nobody came":                    testCommitLate,
		"commit: late, and another has reserved":           testCommitFencedByReservation,
		"commit: late, and another has committed":          testCommitFencedByCommitment,
		"commit: refused while another's reservation runs": testCommitOverReservation,
		"commit: two ended leases, one wins":               testCommitTwoEnded,
		"commit: repeated":                                 testCommitRepeated,
		"commit: kept for a while":                         testKeep,
		"commit: values of any size":                       testValues,
		"commit: values are nobody else's":                 testValuesAreCopies,
		"release: free at once":                            testRelease,
		"release: not by another token":                    testReleaseByAnother,
		"release: not what is committed":                   testReleaseCommitted,
		"release: not what another has since":              testReleaseLate,
		"look: changes nothing":                            testLook,
		"import: committed for ever, without values":       testImport,
		"import: overrides reservations":                   testImportOverReservation,
		"import: what was kept for a while":                testImportOverKept,
		"import: keeps what is committed":                  testImportOverCommitted,
		"import: many":                                     testImportMany,
		"forget: whoever has it":                           testForget,
		"forget: what is not there":                        testForgetAbsent,
		"forget: fences no one":                            testForgetThenCommit,
		"IDs: kinds and sums kept apart":                   testApart,
		"context: ended before":                            testCancelled,
		"race: one of 200 reserves":                        testRaceToReserve,
		"race: one of 50 commits":                          testRaceToCommit,
		"race: reserve and release exclude one another":    testMutualExclusion,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
	handles := map[string]func(t *testing.T, a, b claims.Administrator){
		"handles: one sees what another does":  testTwoHandles,
		"handles: one of 200 on both reserves": testRaceOnTwoHandles,
		"handles: one is fenced by another":    testFencedAcrossHandles,
	}
	for name, test := range handles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t), open(t))
		})
	}
}

const (
	// long is a lease that does not end during a test.
	long = time.Hour
	// short is one whose end a test waits for.
	short = 200 * time.Millisecond
	// patience is how long a test waits for what should come at once, on a
	// machine that does much else.
	patience = 5 * time.Minute
)

// NewID returns the ID of an entry that nobody has.
func NewID(kind claims.Kind) claims.ID {
	id := claims.ID{Kind: kind}
	_, _ = rand.Read(id.Sum[:]) // it never fails
	return id
}

// A subject is a store that fails the test with its errors.
type subject struct {
	*testing.T
	store claims.Administrator
}

func (s subject) reserve(id claims.ID, token claims.Token, lease time.Duration) claims.Found {
	s.Helper()
	found, err := s.store.Reserve(s.Context(), id, token, lease)
	if err != nil {
		s.Fatalf("Reserve: %v", err)
	}
	return found
}

// reserves expects that an entry is free, and takes it.
func (s subject) reserves(id claims.ID, token claims.Token, lease time.Duration) {
	s.Helper()
	if found := s.reserve(id, token, lease); found.State != claims.Free || found.Wait != 0 || found.Value != nil {
		s.Fatalf("Reserve found %s, want free and nothing else", found.State)
	}
}

func (s subject) commit(id claims.ID, token claims.Token, value []byte, keep time.Duration) {
	s.Helper()
	if err := s.store.Commit(s.Context(), id, token, value, keep); err != nil {
		s.Fatalf("Commit: %v", err)
	}
}

func (s subject) fenced(id claims.ID, token claims.Token) {
	s.Helper()
	if err := s.store.Commit(s.Context(), id, token, []byte("fenced"), 0); !errors.Is(err, claims.ErrFenced) {
		s.Fatalf("Commit: %v, want ErrFenced", err)
	}
}

func (s subject) release(id claims.ID, token claims.Token) {
	s.Helper()
	if err := s.store.Release(s.Context(), id, token); err != nil {
		s.Fatalf("Release: %v", err)
	}
}

func (s subject) look(id claims.ID) claims.Found {
	s.Helper()
	found, err := s.store.Look(s.Context(), id)
	if err != nil {
		s.Fatalf("Look: %v", err)
	}
	return found
}

func (s subject) imports(want int, ids ...claims.ID) {
	s.Helper()
	added, err := s.store.Import(s.Context(), ids)
	if err != nil {
		s.Fatalf("Import: %v", err)
	}
	if added != want {
		s.Fatalf("Import added %d, want %d", added, want)
	}
}

func (s subject) count(kind claims.Kind) int {
	s.Helper()
	n, err := s.store.Count(s.Context(), kind)
	if err != nil {
		s.Fatalf("Count: %v", err)
	}
	return n
}

func (s subject) forget(id claims.ID, want bool) {
	s.Helper()
	there, err := s.store.Forget(s.Context(), id)
	if err != nil {
		s.Fatalf("Forget: %v", err)
	}
	if there != want {
		s.Fatalf("Forget tells %t, want %t", there, want)
	}
}

// is expects what both Look and another's Reserve find.
func (s subject) is(id claims.ID, want claims.State, value string) {
	s.Helper()
	found := s.look(id)
	s.compare(found, want, value)
	if want != claims.Free { // or Reserve would take it
		s.compare(s.reserve(id, claims.NewToken(), long), want, value)
	}
}

func (s subject) compare(found claims.Found, want claims.State, value string) {
	s.Helper()
	switch {
	case found.State != want:
		s.Fatalf("the entry is %s, want %s", found.State, want)
	case string(found.Value) != value:
		s.Fatalf("the value has %d octets, or others, than the %d wanted", len(found.Value), len(value))
	case (found.Wait > 0) != (want == claims.Pending):
		s.Fatalf("a wait of %v for an entry that is %s", found.Wait, want)
	}
}

// whileKept commits an entry for a short while and expects something meanwhile:
// where the machine is so slow that the while is over, with another entry and for
// longer. It returns when the while of the last one, with its token, is over.
func (s subject) whileKept(kind claims.Kind, isSo func(claims.ID) bool) (claims.ID, claims.Token) {
	s.Helper()
	for keep := short; ; keep *= 2 {
		id, token := NewID(kind), claims.NewToken()
		s.reserves(id, token, long)
		began := time.Now()
		s.commit(id, token, []byte("kept"), keep)
		was := isSo(id)
		if !was && time.Since(began) < keep {
			s.Fatal("what is kept for a while is not there within it")
		}
		s.ends(id, began, keep)
		if was {
			return id, token
		}
	}
}

// ends waits until an entry that is held until about then is free, and expects
// it to be held until then.
func (s subject) ends(id claims.ID, began time.Time, after time.Duration) {
	s.Helper()
	const tolerance = 20 * time.Millisecond // clocks of a store and ours
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for held := time.Duration(0); ; held = time.Since(began) {
		if s.look(id).State == claims.Free {
			if since := time.Since(began); since < after-tolerance {
				s.Fatalf("free after %v, want %v", since, after)
			}
			return
		}
		if held > after+patience {
			s.Fatalf("still held after %v, want %v", held, after)
		}
		<-tick.C
	}
}
