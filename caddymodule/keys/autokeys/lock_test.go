package autokeys

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

func TestAutoTakesTheKeyThatAnotherGatewayMadeMeanwhile(t *testing.T) {
	m := newMemory()
	var meanwhile storedKey
	m.onLock.set(func() error {
		meanwhile = m.put(t, keys.DefaultTenant, keytest.Key(1), time.Now())
		return nil
	})
	g := newGateway(t, Provider{}, m, takeSpares())
	if key := onlyKey(t, g, keys.DefaultTenant); key.ID != meanwhile.id || len(m.names()) != 1 {
		t.Error("it made a key of its own")
	}
	if len(g.logged("created")) != 0 || m.locked() {
		t.Errorf("logged %v", g.logs.All())
	}
}

// TestAutoAgreesWhenTheLockDoesNotHold: two gateways make the first key at
// once, and later the next one; both find both, and give out the same.
func TestAutoAgreesWhenTheLockDoesNotHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keytest.MakeKeys()
		storage, generate := unlocked{newMemory(), make(chan struct{})}, takeSpares()
		one := newGateway(t, rotating(time.Hour, time.Hour), storage, generate)
		two := newGateway(t, rotating(time.Hour, time.Hour), storage, generate)
		started := make(chan error)
		for _, g := range []gateway{one, two} {
			go func() { started <- g.Start() }()
		}
		if err := errors.Join(<-started, <-started); err != nil {
			t.Fatal(err)
		}
		agree := func(want int) {
			t.Helper()
			a, b := one.ring(t, keys.DefaultTenant), two.ring(t, keys.DefaultTenant)
			if len(a) != want || !slices.EqualFunc(a, b, func(x, y keys.Key) bool { return x.ID == y.ID && x.NotAfter.Equal(y.NotAfter) }) {
				t.Errorf("%d and %d keys, want the same %d", len(a), len(b), want)
			}
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		agree(2)
		time.Sleep(50 * time.Minute)
		synctest.Wait()
		agree(4)
		time.Sleep(10 * time.Minute)
		agree(3) // the overlap of the first began when the second came into use
	})
}

// unlocked is a storage whose locks do not hold. Whoever stores waits until
// another one is about to, who has seen none of it.
type unlocked struct {
	*memory
	meet chan struct{}
}

func (unlocked) Lock(context.Context, string) error   { return nil }
func (unlocked) Unlock(context.Context, string) error { return nil }

func (u unlocked) Store(ctx context.Context, name string, value []byte) error {
	select {
	case u.meet <- struct{}{}:
	case <-u.meet:
	case <-ctx.Done():
		return ctx.Err()
	}
	return u.memory.Store(ctx, name, value)
}

// TestAutoAfterACrash: whenever a gateway dies, what it leaves is enough for
// the others, which make no second key.
func TestAutoAfterACrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, generate := newMemory(), takeSpares()
		one := newGateway(t, rotating(time.Hour, time.Hour), m, generate)
		one.start(t)
		synctest.Wait()
		m.onStored.set(func() error { // the end of it
			m.onStored.set(nil)
			one.unload()
			return context.Canceled
		})
		time.Sleep(50 * time.Minute)
		synctest.Wait()
		if m.locked() {
			t.Fatal("the lock was kept")
		}
		if n := one.logs.FilterLevelExact(zap.ErrorLevel).Len(); n != 0 {
			t.Errorf("an unload was logged as %d errors", n)
		}
		two := newGateway(t, rotating(time.Hour, time.Hour), m, generate)
		two.start(t)
		synctest.Wait()
		if ring := two.ring(t, keys.DefaultTenant); len(ring) != 2 || len(m.names()) != 2 || createdBy([]gateway{two}) != 0 {
			t.Errorf("%d keys, %d stored", len(ring), len(m.names()))
		}
	})
}

// TestAutoWhereTheLockIsNeverGivenBack: the wait for it ends, the tenant's key
// stays in force, other tenants rotate.
func TestAutoWhereTheLockIsNeverGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		config := rotating(time.Hour, time.Hour)
		config.TenantNames = []string{"free", "stuck"}
		g := newGateway(t, config, m, takeSpares())
		g.start(t)
		synctest.Wait()
		m.lock(keysPath + "stuck") <- struct{}{}
		stuck := onlyKey(t, g, "stuck")
		time.Sleep(90 * time.Minute)
		synctest.Wait()
		if onlyKey(t, g, "stuck").ID != stuck.ID {
			t.Error("the key was replaced without the lock")
		}
		if len(g.ring(t, "free")) != 2 {
			t.Error("the other tenant was held up")
		}
		errs := g.logs.FilterLevelExact(zap.ErrorLevel).All()
		if len(errs) != 1 || errs[0].ContextMap()["tenant"] != "stuck" {
			t.Errorf("it logged %v", errs)
		}
		<-m.lock(keysPath + "stuck")
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if len(g.ring(t, "stuck")) != 2 {
			t.Error("the rotation was not made up for")
		}
	})
}

func TestAutoGivesTheLockBackAfterAnUnload(t *testing.T) {
	m := newMemory()
	g := newGateway(t, Provider{}, m, takeSpares())
	m.onStored.set(func() error {
		g.unload()
		return context.Canceled
	})
	if err := g.Start(); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	if m.locked() || g.logs.Len() != 0 {
		t.Errorf("locked is %t, logged %v", m.locked(), g.logs.All())
	}
}

func TestAutoWarnsOfALockItCannotGiveBack(t *testing.T) {
	m := newMemory()
	m.onUnlock.set(func() error { return errDown })
	g := newGateway(t, Provider{}, m, takeSpares())
	onlyKey(t, g, keys.DefaultTenant)
	if g.logs.FilterLevelExact(zap.WarnLevel).Len() != 1 {
		t.Error("it did not warn")
	}
}
