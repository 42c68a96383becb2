package keys

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// storage is one in memory that a test can make misbehave.
type storage struct {
	certmagic.Storage
	mu     sync.Mutex
	values map[string][]byte
	stores int
	locked bool

	onLoad, onLock, onStore, onUnlock func() error
}

func (s *storage) Load(_ context.Context, key string) ([]byte, error) {
	if s.onLoad != nil {
		if err := s.onLoad(); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	value, ok := s.values[key]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return append([]byte(nil), value...), nil
}

func (s *storage) Store(_ context.Context, key string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stores++
	if s.values == nil {
		s.values = make(map[string][]byte)
	}
	s.values[key] = append([]byte(nil), value...)
	if s.onStore != nil {
		return s.onStore()
	}
	return nil
}

func (s *storage) Lock(ctx context.Context, _ string) error {
	if s.onLock != nil {
		if err := s.onLock(); err != nil {
			return err
		}
	}
	s.locked = true
	return ctx.Err()
}

func (s *storage) Unlock(ctx context.Context, _ string) error {
	if s.onUnlock != nil {
		return s.onUnlock()
	}
	s.locked = false
	return ctx.Err()
}

func autoWith(s *storage) (*Auto, *observer.ObservedLogs) {
	core, logs := observer.New(zap.InfoLevel)
	return &Auto{
		ctx:     caddy.Context{Context: context.Background()},
		storage: s,
		logger:  zap.New(core),
		rings:   make(map[string]*ring),
	}, logs
}

func TestAutoReportsAFailureAndTriesAgain(t *testing.T) {
	down := errors.New("the storage is down")
	tests := map[string]func(s *storage, fail func() error){
		"loading": func(s *storage, fail func() error) { s.onLoad = fail },
		"locking": func(s *storage, fail func() error) { s.onLock = fail },
		"storing": func(s *storage, fail func() error) { s.onStore = fail },
	}
	for name, breakIt := range tests {
		t.Run(name, func(t *testing.T) {
			s, broken := new(storage), true
			breakIt(s, func() error {
				if broken {
					return down
				}
				return nil
			})
			auto, _ := autoWith(s)
			if err := auto.Start(); !errors.Is(err, down) {
				t.Fatalf("got %v, want the storage's error", err)
			}
			if s.locked {
				t.Error("the lock was kept")
			}
			broken = false
			onlyKey(t, auto, DefaultTenant)
		})
	}
}

func TestAutoNeverMake(t *testing.T) {
	s := new(storage)
	auto, _ := autoWith(s)
	auto.NeverMake()
	if err := auto.Start(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that there is no key", err)
	}
	if s.stores != 0 {
		t.Error("it made a key")
	}
	s.values = map[string][]byte{defaultPath: must[[]byte](t)(PrivatePEM(other()))}
	onlyKey(t, auto, DefaultTenant)
}

func TestAutoLeavesAnUnusableKeyAlone(t *testing.T) {
	s := &storage{values: map[string][]byte{defaultPath: []byte("garbage")}}
	auto, _ := autoWith(s)
	err := auto.Start()
	checkRefusal(t, err, "", defaultPath, "neither PEM nor Base64")
	if s.stores != 0 {
		t.Error("it was overwritten")
	}
}

func TestAutoTakesTheKeyThatAnotherGatewayMadeMeanwhile(t *testing.T) {
	s := new(storage)
	s.onLock = func() error {
		s.values = map[string][]byte{defaultPath: must[[]byte](t)(PrivatePEM(other()))}
		return nil
	}
	auto, logs := autoWith(s)
	if !onlyKey(t, auto, DefaultTenant).PublicKey().Equal(&other().PublicKey) {
		t.Error("it made a key of its own")
	}
	if s.stores != 0 || logs.Len() != 0 || s.locked {
		t.Errorf("%d stored, %d logged, locked is %t", s.stores, logs.Len(), s.locked)
	}
}

func TestAutoTakesWhatCanBeReadBack(t *testing.T) {
	s := new(storage)
	s.onStore = func() error { // a gateway whose lock did not hold
		s.values[defaultPath] = must[[]byte](t)(PrivatePEM(other()))
		return nil
	}
	auto, _ := autoWith(s)
	if !onlyKey(t, auto, DefaultTenant).PublicKey().Equal(&other().PublicKey) {
		t.Error("it uses a key that no other gateway has")
	}
}

func TestAutoFailsWhenTheKeyCannotBeReadBack(t *testing.T) {
	s := new(storage)
	s.onStore = func() error {
		delete(s.values, defaultPath)
		return nil
	}
	auto, _ := autoWith(s)
	checkRefusal(t, auto.Start(), "", "reading it back")
}

func TestAutoGivesTheLockBackAfterAnUnload(t *testing.T) {
	ctx, unload := context.WithCancel(t.Context())
	s := new(storage)
	s.onStore = func() error {
		unload()
		return ctx.Err()
	}
	auto, logs := autoWith(s)
	auto.ctx = caddy.Context{Context: ctx}
	if err := auto.Start(); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	if s.locked || logs.Len() != 0 {
		t.Error("the lock was kept")
	}
}

func TestAutoWarnsOfALockItCannotGiveBack(t *testing.T) {
	s := &storage{onUnlock: func() error { return errors.New("no") }}
	auto, logs := autoWith(s)
	onlyKey(t, auto, DefaultTenant)
	if logs.FilterLevelExact(zap.WarnLevel).Len() != 1 {
		t.Error("it did not warn")
	}
}

// TestAutoCallersShareAnAttempt holds the storage until all callers wait.
func TestAutoCallersShareAnAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down, proceed := errors.New("the storage is down"), make(chan struct{})
		attempts := 0
		auto, _ := autoWith(&storage{onLoad: func() error {
			attempts++
			<-proceed
			return down
		}})
		results := make(chan error, 10)
		for range cap(results) {
			go func() { results <- auto.Start() }()
		}
		synctest.Wait()
		close(proceed)
		for range cap(results) {
			if err := <-results; !errors.Is(err, down) {
				t.Errorf("got %v, want the storage's error", err)
			}
		}
		if attempts != 1 {
			t.Errorf("%d attempts, want 1", attempts)
		}
	})
}

func TestAutoSurvivesAStorageThatPanics(t *testing.T) {
	s := &storage{onLoad: func() error { panic("a bug of the storage") }}
	auto, _ := autoWith(s)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = auto.Start()
	}()
	s.onLoad = nil
	onlyKey(t, auto, DefaultTenant)
}
