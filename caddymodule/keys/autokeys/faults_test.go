package autokeys

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

var errDown = errors.New("the storage is down")

// operations are the hooks of a storage by what a gateway does with it.
var operations = map[string]func(m *memory, hook func() error){
	"listing":  func(m *memory, hook func() error) { m.onList.set(hook) },
	"loading":  func(m *memory, hook func() error) { m.onLoad.set(hook) },
	"locking":  func(m *memory, hook func() error) { m.onLock.set(hook) },
	"storing":  func(m *memory, hook func() error) { m.onStore.set(hook) },
	"deleting": func(m *memory, hook func() error) { m.onDelete.set(hook) },
}

func TestAutoReportsAFailureAndTriesAgain(t *testing.T) {
	for name, breakIt := range operations {
		if name == "deleting" {
			continue // nothing is deleted at the start
		}
		t.Run(name, func(t *testing.T) {
			m := newMemory()
			breakIt(m, func() error { return errDown })
			g := newGateway(t, Provider{}, m, takeSpares())
			failedBefore, okBefore := keytest.Loads(t, providerName, "failed"), keytest.Loads(t, providerName, "ok")
			if err := g.Start(); !errors.Is(err, errDown) {
				t.Fatalf("Start: got %v, want the storage's error", err)
			}
			if _, err := g.Keys(keys.DefaultTenant); !errors.Is(err, errDown) {
				t.Fatalf("Keys: got %v, want the storage's error", err)
			}
			if m.locked() {
				t.Error("the lock was kept")
			}
			breakIt(m, nil)
			onlyKey(t, g, keys.DefaultTenant)
			if len(m.names()) != 1 {
				t.Errorf("the storage holds %q", m.names())
			}
			if keytest.Loads(t, providerName, "failed") == failedBefore || keytest.Loads(t, providerName, "ok") != okBefore+1 {
				t.Error("the metric does not count the looks")
			}
		})
	}
}

// TestAutoSaysWhatToDoAboutAStorageThatItMayNotUse: each operation may be the
// first that finds out.
func TestAutoSaysWhatToDoAboutAStorageThatItMayNotUse(t *testing.T) {
	for name, cause := range map[string]error{"closed": syscall.EACCES, "read-only": syscall.EROFS} {
		for doing, breakIt := range operations {
			if doing == "deleting" {
				continue // nothing is deleted at the start
			}
			t.Run(name+", "+doing, func(t *testing.T) {
				m := newMemory()
				breakIt(m, func() error { return &fs.PathError{Op: "open", Path: "/data/caddy", Err: cause} })
				g := newGateway(t, Provider{}, m, takeSpares())
				keytest.CheckRefusal(t, g.Start(), "", "/data/caddy: ", "let the user that Caddy runs as (uid ", "`storage`")
			})
		}
	}
}

// TestAutoSaysWhatToDoAboutAStorageWithoutRoomForLocks, of which Caddy's own says
// only that a file is not there.
func TestAutoSaysWhatToDoAboutAStorageWithoutRoomForLocks(t *testing.T) {
	g := newGateway(t, Provider{}, &certmagic.FileStorage{Path: "/proc/nowhere"}, takeSpares())
	keytest.CheckRefusal(t, g.Start(), "", "/proc/nowhere", "let the user that Caddy runs as (uid ", "`storage`")
}

// TestAutoFailsForTheTenantThatCannotBeServed, and for no other.
func TestAutoFailsForTheTenantThatCannotBeServed(t *testing.T) {
	m := newMemory()
	m.values[keysPath+"bad/"+m.put(t, "bad", keytest.Key(0), time.Now()).name] = []byte("garbage")
	g := newGateway(t, Provider{TenantNames: []string{"bad", "good"}}, m, takeSpares())
	onlyKey(t, g, "good")
	if _, err := g.Keys("bad"); err == nil || errors.Is(err, keys.ErrUnknownTenant) {
		t.Errorf("got %v, want that the key cannot be read", err)
	}
	if g.Start() == nil {
		t.Error("the configuration starts without a key of a tenant")
	}
}

// TestAutoKeepsItsKeysWhenALookFails: they stay in force, the operator is told
// once of each problem and once of its end, and every failed look counts.
func TestAutoKeepsItsKeysWhenALookFails(t *testing.T) {
	for name, breakIt := range operations {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory()
				m.put(t, keys.DefaultTenant, keytest.Key(0), time.Now())
				g := newGateway(t, rotating(time.Hour, 20*time.Minute), m, takeSpares())
				g.start(t)
				synctest.Wait()
				inUse := onlyKey(t, g, keys.DefaultTenant)
				if name == "deleting" {
					time.Sleep(50 * time.Minute) // the next key is there, and there will be one to delete
				}
				attempts := 0
				breakIt(m, func() error { // the text differs each time
					attempts++
					return fmt.Errorf("%w for the %d. time", errDown, attempts)
				})
				if name == "loading" {
					m.put(t, keys.DefaultTenant, keytest.Key(1), time.Now().Add(time.Hour))
				}
				before := keytest.Loads(t, providerName, "failed")
				time.Sleep(time.Hour)
				synctest.Wait()
				if name != "deleting" && !has(g.ring(t, keys.DefaultTenant), inUse.ID) {
					t.Error("the key that was in use is gone")
				}
				errs := g.logs.FilterLevelExact(zap.ErrorLevel).All()
				if len(errs) != 1 || !strings.Contains(errs[0].ContextMap()["error"].(string), errDown.Error()) {
					t.Fatalf("%d errors were logged, want 1: %v", len(errs), errs)
				}
				if n := keytest.Loads(t, providerName, "failed") - before; attempts < 2 || n < 2 {
					t.Errorf("%d attempts, %v counted as failed", attempts, n)
				}
				breakIt(m, nil)
				time.Sleep(2 * time.Minute)
				synctest.Wait()
				if n := len(g.logged("looking after")); n != 1 {
					t.Errorf("%d lines say that all is well again, want 1", n)
				}
				if m.locked() {
					t.Error("the lock was kept")
				}
			})
		})
	}
}

func TestAutoTellsOneProblemFromAnother(t *testing.T) {
	m := newMemory()
	m.put(t, keys.DefaultTenant, keytest.Key(0), time.Now())
	g := newGateway(t, Provider{}, m, nil)
	onlyKey(t, g, keys.DefaultTenant)
	look := g.tenants[keys.DefaultTenant].look
	m.onList.set(func() error { return errDown })
	look()
	m.onList.set(nil)
	m.values[keysPath+"default/"+m.put(t, keys.DefaultTenant, keytest.Key(1), time.Now()).name] = []byte("garbage")
	look()
	if n := g.logs.FilterLevelExact(zap.ErrorLevel).Len(); n != 2 {
		t.Errorf("%d errors were logged, want 2", n)
	}
}

// TestAutoGoesOnPastThePlan: a key that cannot be replaced decrypts on, and its
// planned end moves away from clients that look at it.
func TestAutoGoesOnPastThePlan(t *testing.T) {
	for _, name := range []string{"listing", "locking"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory()
				g := newGateway(t, rotating(time.Hour, time.Minute), m, takeSpares())
				g.start(t)
				synctest.Wait()
				operations[name](m, func() error { return errDown })
				time.Sleep(100 * time.Hour)
				synctest.Wait()
				if key := onlyKey(t, g, keys.DefaultTenant); !key.NotAfter.After(time.Now()) {
					t.Errorf("the key in use is planned to have ended at %s", key.NotAfter)
				}
			})
		})
	}
}

func TestAutoKeepsItsKeysWhenTheyAreGoneFromTheStorage(t *testing.T) {
	m := newMemory()
	g := newGateway(t, rotating(time.Hour, time.Hour), m, takeSpares())
	key := onlyKey(t, g, keys.DefaultTenant)
	clear(m.values)
	g.tenants[keys.DefaultTenant].look()
	if onlyKey(t, g, keys.DefaultTenant).ID != key.ID || len(m.names()) != 0 {
		t.Error("it made a key in the place of one that is in use elsewhere")
	}
	errs := g.logs.FilterLevelExact(zap.ErrorLevel).All()
	if len(errs) != 1 || !strings.Contains(errs[0].ContextMap()["error"].(string), "there is none") {
		t.Errorf("it logged %v", errs)
	}
	reloaded := newGateway(t, rotating(time.Hour, time.Hour), m, func(int) (*rsa.PrivateKey, error) { return keytest.Key(1), nil })
	if onlyKey(t, reloaded, keys.DefaultTenant).ID == key.ID {
		t.Error("the next configuration has the old key")
	}
	g.tenants[keys.DefaultTenant].look()
	if onlyKey(t, g, keys.DefaultTenant).ID == key.ID {
		t.Error("it keeps the key that is gone where there is another")
	}
}

func TestAutoFailsWhenTheKeyCannotBeReadBack(t *testing.T) {
	tests := map[string]struct {
		happens func(m *memory, name string)
		says    string
	}{
		"lost":    {func(m *memory, name string) { delete(m.values, name) }, "looking for keys"},
		"spoiled": {func(m *memory, name string) { m.values[name] = []byte("garbage") }, "reading customer_gate/keys/default/"},
		"replaced": {func(m *memory, name string) {
			delete(m.values, name)
			key, _ := keys.NewKey(keytest.Key(1))
			text, _ := keys.PrivatePEM(keytest.Key(1))
			m.values[keysPath+"default/"+newStoredKey(wholeSecond(time.Now()), key.ID).name] = text
		}, "the storage does not have it"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := newMemory()
			m.onStored.set(func() error {
				test.happens(m, m.names()[0])
				return nil
			})
			g := newGateway(t, Provider{}, m, func(int) (*rsa.PrivateKey, error) { return keytest.Key(0), nil })
			keytest.CheckRefusal(t, g.Start(), "", test.says)
			if m.locked() {
				t.Error("the lock was kept")
			}
		})
	}
}

func TestAutoFailsWhenNoKeyCanBeMade(t *testing.T) {
	m := newMemory()
	g := newGateway(t, Provider{}, m, func(int) (*rsa.PrivateKey, error) { return nil, errDown })
	if err := g.Start(); !errors.Is(err, errDown) || len(m.names()) != 0 {
		t.Errorf("got %v", err)
	}
}

// TestAutoCallersShareAnAttempt holds the storage until all callers wait.
func TestAutoCallersShareAnAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, proceed := newMemory(), make(chan struct{})
		attempts := 0
		m.onList.set(func() error {
			attempts++
			<-proceed
			return errDown
		})
		g := newGateway(t, Provider{}, m, takeSpares())
		results := make(chan error, 10)
		for i := range cap(results) {
			go func() {
				if i == 0 {
					results <- g.Start()
					return
				}
				_, err := g.Keys(keys.DefaultTenant)
				results <- err
			}()
		}
		synctest.Wait()
		close(proceed)
		for range cap(results) {
			if err := <-results; !errors.Is(err, errDown) {
				t.Errorf("got %v, want the storage's error", err)
			}
		}
		if attempts != 1 {
			t.Errorf("%d attempts, want 1", attempts)
		}
	})
}

func TestAutoSurvivesAStorageThatPanics(t *testing.T) {
	m := newMemory()
	m.onList.set(func() error { panic("a bug of the storage") })
	g := newGateway(t, Provider{}, m, takeSpares())
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_, _ = g.Keys(keys.DefaultTenant)
	}()
	m.onList.set(nil)
	onlyKey(t, g, keys.DefaultTenant)
}

// TestAutoLooksOnAfterAPanic: one in a goroutine of our own would end Caddy.
func TestAutoLooksOnAfterAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		g := newGateway(t, rotating(time.Hour, time.Hour), m, takeSpares())
		g.start(t)
		synctest.Wait()
		m.onLock.set(func() error { panic("what the storage knows") })
		time.Sleep(55 * time.Minute)
		synctest.Wait()
		m.onLock.set(nil)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if len(g.ring(t, keys.DefaultTenant)) != 2 {
			t.Error("it has not made the next key")
		}
		errs := g.logs.FilterLevelExact(zap.ErrorLevel).All()
		if len(errs) != 1 || strings.Contains(fmt.Sprint(errs[0].ContextMap()), "what the storage knows") {
			t.Errorf("it logged %v", errs)
		}
	})
}
