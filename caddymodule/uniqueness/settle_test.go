package uniqueness

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/customergate/customergate/caddymodule/claims"
)

// TestSettlingIsTriedAgain: a store that fails for a moment loses no claim, and
// one that fails for good does not keep the client forever.
func TestSettlingIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for failures, want := range map[int]string{1: "", 8: "", 100: "a claim could not be settled"} {
			store := &failingStore{failing: failures}
			core, logs := observer.New(zapcore.ErrorLevel)
			v := settling(store, zap.New(core))
			start := time.Now()
			v.settle(created, nil)
			if took := time.Since(start); took > settleLimit {
				t.Errorf("after %d failures it took %v", failures, took)
			}
			if want == "" && (store.commits != 1 || logs.Len() != 0) {
				t.Errorf("after %d failures it is committed %d times", failures, store.commits)
			}
			if want != "" && (logs.Len() != 1 || !strings.Contains(logs.All()[0].Message, want)) {
				t.Errorf("after %d failures it logged %v", failures, logs.All())
			}
		}
	})
}

// settling is a visit that has an address in a store.
func settling(store claims.Store, logger *zap.Logger) *Visit {
	return &Visit{keeper: &Keeper{logger: logger}, email: newClaim(store, claims.ID{Kind: claims.Email})}
}

// TestSettlingOfBothHasOneLimit: a store that is down keeps the client no longer
// for having an idempotency key.
func TestSettlingOfBothHasOneLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &failingStore{failing: 1000}
		v := settling(store, zap.NewNop())
		v.repeat = &repeatable{claim: newClaim(store, claims.ID{Kind: claims.Idempotency})}
		start := time.Now()
		v.settle(refused, nil)
		if took := time.Since(start); took > settleLimit {
			t.Errorf("it took %v", took)
		}
	})
}

// failingStore is a store whose server does not answer.
type failingStore struct {
	claims.Store
	failing int // operations
	commits int // that were done
}

func (s *failingStore) fail() error {
	if s.failing == 0 {
		return nil
	}
	s.failing--
	return errors.New("no answer")
}

func (s *failingStore) Commit(context.Context, claims.ID, claims.Token, []byte, time.Duration) error {
	err := s.fail()
	if err == nil {
		s.commits++
	}
	return err
}

func (s *failingStore) Release(context.Context, claims.ID, claims.Token) error { return s.fail() }

// panickingStore panics with what nobody may see.
type panickingStore struct{ claims.Store }

func (panickingStore) Commit(context.Context, claims.ID, claims.Token, []byte, time.Duration) error {
	panic("c4n4ry")
}

func (panickingStore) Release(context.Context, claims.ID, claims.Token) error { panic("c4n4ry") }

// TestSettlingOfAPanic: a store that panics is one that fails.
func TestSettlingOfAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		core, logs := observer.New(zapcore.ErrorLevel)
		for _, judged := range []verdict{created, refused} {
			settling(claims.Watch(panickingStore{}, zap.NewNop(), func(bool) {}), zap.New(core)).settle(judged, nil)
		}
		logged := logs.FilterMessageSnippet("could not be settled").All()
		if len(logged) != 2 || strings.Contains(fmt.Sprint(logged[0].ContextMap()), "c4n4ry") {
			t.Errorf("it logged %v", logged)
		}
	})
}

// TestSettlingHappensOnce: whoever settles again finds nothing to settle.
func TestSettlingHappensOnce(t *testing.T) {
	store := &failingStore{}
	v := settling(store, zap.NewNop())
	v.settle(created, nil)
	v.settle(created, nil)
	v.GiveUp()
	if store.commits != 1 {
		t.Errorf("it is committed %d times", store.commits)
	}
}
