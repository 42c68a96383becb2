package autokeys

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddyserver/certmagic"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

// runFor lets time go by in steps and has check called after each.
func runFor(total, step time.Duration, check func()) {
	for end := time.Now().Add(total); time.Now().Before(end); {
		time.Sleep(step)
		synctest.Wait()
		check()
	}
}

func createdBy(gateways []gateway) (n int) {
	for _, g := range gateways {
		n += len(g.logged("created"))
	}
	return n
}

// TestAutoRotates is the life of three gateways on Caddy's own file storage,
// which start at once: one key pair, one for each rotation, and all agree.
func TestAutoRotates(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		const every, overlap = time.Hour, 30 * time.Minute
		generate := takeSpares()
		keytest.MakeKeys()
		var gateways []gateway
		started := make(chan error)
		begin := time.Now()
		for range 3 {
			g := newGateway(t, rotating(every, overlap), &certmagic.FileStorage{Path: dir}, generate)
			gateways = append(gateways, g)
			go func() { started <- g.Start() }()
		}
		for range gateways {
			if err := <-started; err != nil {
				t.Fatal(err)
			}
		}
		if n := createdBy(gateways); n != 1 {
			t.Fatalf("%d keys were made at the start, want 1", n)
		}

		var inUse []string // in turn
		runFor(4*every+10*time.Minute, 10*time.Second, func() {
			rings := make([][]keys.Key, len(gateways))
			for i, g := range gateways {
				rings[i] = g.ring(t, keys.DefaultTenant)
			}
			current := rings[0][0].ID
			for i, ring := range rings {
				if ring[0].ID != current {
					t.Fatalf("after %s gateway %d has another key in use", time.Since(begin), i)
				}
			}
			if len(inUse) == 0 || inUse[len(inUse)-1] != current {
				inUse = append(inUse, current)
			}
			if files := filesIn(t, dir); len(files) > 3+1 { // and a lock
				t.Fatalf("the storage holds %q", files)
			}
		})
		if len(inUse) != 5 || createdBy(gateways) != 5 {
			t.Errorf("%d keys were in use, %d made; want 5", len(inUse), createdBy(gateways))
		}
		for i, g := range gateways {
			if n := len(g.logged("using")); n != 5 {
				t.Errorf("gateway %d says %d times that a key is used, want 5", i, n)
			}
			if n := len(g.logs.All()) - len(g.logged("using")) - len(g.logged("created")) - len(g.logged("retired")) - len(g.logged("deleted")); n != 0 {
				t.Errorf("gateway %d has logged %v", i, g.logs.All())
			}
		}
	})
}

// TestAutoRotationStepByStep tells what a client and the storage see of one.
func TestAutoRotationStepByStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const every, overlap = time.Hour, 30 * time.Minute
		m := newMemory()
		g := newGateway(t, rotating(every, overlap), m, takeSpares())
		g.start(t)
		begin := time.Now()
		first := onlyKey(t, g, keys.DefaultTenant)
		at := func(after time.Duration) []keys.Key {
			time.Sleep(time.Until(begin.Add(after)))
			synctest.Wait()
			return g.ring(t, keys.DefaultTenant)
		}
		states := func(ring []keys.Key) (states []string) {
			for i := range ring {
				states = append(states, keys.StateOf(ring, i, time.Now()).String())
			}
			return states
		}
		if !first.NotAfter.Equal(begin.Add(every + overlap)) {
			t.Errorf("the first key is planned to end at %s", first.NotAfter)
		}

		at(47 * time.Minute)
		onlyKey(t, g, keys.DefaultTenant)
		ring := at(49 * time.Minute)
		if got := states(ring); !slices.Equal(got, []string{"in use", "next"}) || ring[0].ID != first.ID {
			t.Fatalf("before the rotation: %q", got)
		}
		second := ring[1]
		if !second.NotBefore.Equal(begin.Add(every)) || !ring[0].NotAfter.Equal(begin.Add(every+overlap)) {
			t.Errorf("the next key comes at %s, the first ends at %s", second.NotBefore, ring[0].NotAfter)
		}

		at(every - time.Nanosecond)
		if ring = g.ring(t, keys.DefaultTenant); ring[0].ID != first.ID {
			t.Error("the next key is in use early")
		}
		ring = at(every)
		if got := states(ring); !slices.Equal(got, []string{"in use", "retiring"}) || ring[0].ID != second.ID || ring[1].ID != first.ID {
			t.Fatalf("after the rotation: %q", got)
		}
		if ring = at(every + overlap - time.Nanosecond); !has(ring, first.ID) {
			t.Error("the first key does not decrypt to the end of its overlap")
		}
		if ring = at(every + overlap); has(ring, first.ID) {
			t.Error("the first key decrypts past its overlap")
		}
		at(every + overlap + time.Minute)
		if names := m.names(); len(names) != 1 || names[0] != keysPath+"default/"+newStoredKey(second.NotBefore, second.ID).name {
			t.Errorf("the storage holds %q", names)
		}
		if len(g.logged("deleted")) != 1 || len(g.logged("retired")) != 1 || m.locked() {
			t.Errorf("logged %v", g.logs.All())
		}
	})
}

// TestAutoFollowsTheRotationOfOthers: a gateway that does not rotate learns of
// the keys of those that do, stops with the old ones in time, deletes none.
func TestAutoFollowsTheRotationOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		follower := newGateway(t, Provider{OverlapTime: rotating(0, time.Hour).OverlapTime}, m, takeSpares())
		follower.start(t)
		first := onlyKey(t, follower, keys.DefaultTenant)
		if !first.NotAfter.IsZero() {
			t.Error("a key is planned to end that nobody rotates")
		}
		next := m.put(t, keys.DefaultTenant, keytest.Key(0), time.Now().Add(10*time.Minute))
		time.Sleep(time.Minute)
		synctest.Wait()
		ring := follower.ring(t, keys.DefaultTenant)
		if len(ring) != 2 || ring[0].ID != first.ID || ring[1].ID != next.id {
			t.Fatal("it does not know the next key after a minute")
		}
		time.Sleep(9 * time.Minute)
		if ring = follower.ring(t, keys.DefaultTenant); ring[0].ID != next.id || ring[1].ID != first.ID {
			t.Error("the next key is not in use in time")
		}
		time.Sleep(time.Hour)
		if key := onlyKey(t, follower, keys.DefaultTenant); key.ID != next.id {
			t.Error("the first key decrypts past its overlap")
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := len(m.names()); n != 2 {
			t.Errorf("the storage holds %d keys, want 2", n)
		}
		if len(follower.logged("retired")) != 1 || m.locked() {
			t.Errorf("logged %v", follower.logs.All())
		}
	})
}

// TestAutoMakesOneKeyForAnOverdueRotation, however many have been missed.
func TestAutoMakesOneKeyForAnOverdueRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		retired := m.put(t, keys.DefaultTenant, keytest.Key(1), time.Now().Add(-200*time.Hour))
		m.values[keysPath+"default/"+retired.name] = []byte("nobody needs to read it")
		old := m.put(t, keys.DefaultTenant, keytest.Key(0), time.Now().Add(-100*time.Hour))
		g := newGateway(t, rotating(time.Hour, time.Hour), m, takeSpares())
		g.start(t)
		begin := time.Now()
		synctest.Wait()
		ring := g.ring(t, keys.DefaultTenant)
		if len(ring) != 2 || ring[0].ID != old.id || !ring[1].NotBefore.Equal(begin.Add(11*time.Minute)) {
			t.Fatalf("the keys are %v", ring)
		}
		if names := m.names(); len(names) != 2 {
			t.Errorf("the storage holds %q", names)
		}
		time.Sleep(11 * time.Minute)
		if g.ring(t, keys.DefaultTenant)[0].ID == old.id || createdBy([]gateway{g}) != 1 {
			t.Error("it has not rotated once")
		}
	})
}

// TestAutoTenantsRotateApart: each has its own keys and its own time.
func TestAutoTenantsRotateApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		young := m.put(t, "young", keytest.Key(0), time.Now())
		old := m.put(t, "old", keytest.Key(1), time.Now().Add(-50*time.Minute))
		config := rotating(time.Hour, time.Hour)
		config.TenantNames = []string{"old", "young"}
		g := newGateway(t, config, m, takeSpares())
		g.start(t)
		time.Sleep(15 * time.Minute)
		synctest.Wait()
		if ring := g.ring(t, "old"); len(ring) != 2 || ring[0].ID == old.id {
			t.Error("the older key is still in use")
		}
		if key := onlyKey(t, g, "young"); key.ID != young.id {
			t.Error("the younger key was replaced")
		}
	})
}

// TestAutoStopsWithItsConfiguration: synctest fails where a goroutine stays.
func TestAutoStopsWithItsConfiguration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		g := newGateway(t, rotating(10*time.Second, 10*time.Second), m, takeSpares())
		g.start(t)
		g.unload()
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := len(m.names()); n != 1 {
			t.Errorf("%d keys are stored, want 1", n)
		}
		if g.ring(t, keys.DefaultTenant) == nil { // for the requests still under way
			t.Error("there is no key any more")
		}
	})
}
