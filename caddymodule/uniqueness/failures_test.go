package uniqueness

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
)

// startedApp is that of a configuration that runs.
type startedApp struct{ App }

func (startedApp) Await(context.Context) error { return nil }

// failuresIn are those that one gateway counts in a store.
func failuresIn(store claims.Store, key byte) *Failures {
	shared := &sharedStore{Store: store, mark: &pepperMark{pepper: &pepper{key: []byte{key}}}, use: newStoreUse(func() {})}
	return (&Keeper{app: startedApp{}, store: shared}).Failures()
}

func checkCount(t *testing.T, f *Failures, subject string, want int, wantLeft time.Duration) {
	t.Helper()
	n, left, err := f.Count(t.Context(), "account", subject)
	if err != nil || n != want || left > wantLeft || left < wantLeft-time.Second {
		t.Errorf("%s has failed %d times, for %s, %v; want %d, for %s", subject, n, left, err, want, wantLeft)
	}
}

func add(t *testing.T, f *Failures, subject string) {
	t.Helper()
	if err := f.Add(t.Context(), time.Minute, "account", subject); err != nil {
		t.Error(err)
	}
}

// TestFailures: gateways on one store count together, until the window that the first
// failure has begun is over.
func TestFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := storetest.NewMemory()
		one, other := failuresIn(store, 1), failuresIn(store, 1)
		checkCount(t, one, "ada", 0, 0)
		add(t, one, "ada")
		time.Sleep(20 * time.Second)
		add(t, other, "ada")
		add(t, one, "bob")
		checkCount(t, one, "ada", 2, 40*time.Second)
		checkCount(t, other, "bob", 1, time.Minute)
		if err := other.Forget(t.Context(), "account", "bob"); err != nil {
			t.Error(err)
		}
		checkCount(t, one, "bob", 0, 0)
		add(t, one, "bob")
		checkCount(t, other, "bob", 1, time.Minute)
		time.Sleep(40 * time.Second)
		checkCount(t, other, "ada", 0, 0)
		add(t, other, "ada")
		checkCount(t, one, "ada", 1, time.Minute)
		if !one.SameStore(one) || one.SameStore(other) {
			t.Error("stores are taken for others")
		}
	})
}

// slowStore answers a moment after it has done what it was asked for, as one on
// another machine does.
type slowStore struct{ claims.Store }

func (s slowStore) Reserve(ctx context.Context, id claims.ID, token claims.Token, lease time.Duration) (claims.Found, error) {
	defer time.Sleep(time.Millisecond)
	return s.Store.Reserve(ctx, id, token, lease)
}

// TestFailuresAtOnce: none is lost that gateways count in the same moment.
func TestFailuresAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := slowStore{storetest.NewMemory()}
		one, other := failuresIn(store, 1), failuresIn(store, 1)
		var adding sync.WaitGroup
		for range 20 {
			adding.Go(func() { add(t, one, "ada") })
			adding.Go(func() { add(t, other, "ada") })
		}
		adding.Wait()
		checkCount(t, one, "ada", 40, time.Minute)
	})
}

// TestFailuresOfAGatewayThatDies: its turn ends, and the others count on.
func TestFailuresOfAGatewayThatDies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := failuresIn(storetest.NewMemory(), 1)
		turn := f.keeper.store.mark.pepper.failures(f.keeper.store, []string{"account", "ada"}).turn
		if _, err := turn.reserve(t.Context(), failuresLease); err != nil {
			t.Fatal(err)
		}
		if err := f.Add(t.Context(), time.Minute, "account", "ada"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it was not waited for: %v", err)
		}
		time.Sleep(failuresLease)
		add(t, f, "ada")
		checkCount(t, f, "ada", 1, time.Minute)
	})
}

// TestFailuresOfAnotherPepper are not counted: nobody would find them.
func TestFailuresOfAnotherPepper(t *testing.T) {
	store := storetest.NewMemory()
	add(t, failuresIn(store, 1), "ada")
	if err := failuresIn(store, 2).Add(t.Context(), time.Minute, "account", "ada"); err == nil {
		t.Error("they are")
	}
}

func TestFailuresWithoutKeeper(t *testing.T) {
	if (*Keeper)(nil).Failures() != nil {
		t.Error("there are some")
	}
}

// patientStore takes its time, and remembers whether it was broken off.
type patientStore struct {
	claims.Store
	broken *atomic.Bool
}

func (s patientStore) Reserve(ctx context.Context, id claims.ID, token claims.Token, lease time.Duration) (claims.Found, error) {
	select {
	case <-ctx.Done():
		s.broken.Store(true)
		return claims.Found{}, ctx.Err()
	case <-time.After(20 * time.Millisecond):
	}
	return s.Store.Reserve(ctx, id, token, lease)
}

// TestFailuresOfACrowd: whoever waits too long for others gives up between two operations
// of the store, which has no trouble.
func TestFailuresOfACrowd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := patientStore{storetest.NewMemory(), new(atomic.Bool)}
		f := failuresIn(store, 1)
		var adding sync.WaitGroup
		for range 40 {
			adding.Go(func() { _ = f.Add(t.Context(), time.Minute, "account", "ada") })
		}
		adding.Wait()
		if store.broken.Load() {
			t.Error("an operation was broken off")
		}
	})
}
