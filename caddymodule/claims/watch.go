package claims

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/internal/trouble"
)

// Watch returns a store that says in a log that it fails, once, and once that
// it works again, so that a store need not; the function is told as often. That it is
// fenced, and that a caller has gone, is no failure. That it panics is one, whose value
// is not told: it might speak of a person.
func Watch(store Store, logger *zap.Logger, changed func(works bool)) Store {
	return &watched{store: store, changed: changed, trouble: trouble.New(logger,
		"the claims store fails; this is said once, and once when it works again", "the claims store works again")}
}

type watched struct {
	store   Store
	trouble *trouble.Log
	changed func(works bool)

	failing atomic.Bool
	mu      sync.Mutex
	heeded  time.Time // when the attempt began that was last heeded
}

func (w *watched) Reserve(ctx context.Context, id ID, token Token, lease time.Duration) (found Found, err error) {
	err = w.attempt(ctx, func() (err error) {
		found, err = w.store.Reserve(ctx, id, token, lease)
		return err
	})
	return found, err
}

func (w *watched) Commit(ctx context.Context, id ID, token Token, value []byte, keep time.Duration) error {
	return w.attempt(ctx, func() error { return w.store.Commit(ctx, id, token, value, keep) })
}

func (w *watched) Release(ctx context.Context, id ID, token Token) error {
	return w.attempt(ctx, func() error { return w.store.Release(ctx, id, token) })
}

func (w *watched) attempt(ctx context.Context, do func() error) error {
	began := time.Now()
	err := guard(do)
	switch {
	case err == nil, errors.Is(err, ErrFenced):
		w.hasWorked(began)
	case !errors.Is(ctx.Err(), context.Canceled):
		w.hasFailed(began, err)
	}
	return err
}

// errPanicked takes the place of a panic.
var errPanicked = errors.New("the claims store has panicked")

func guard(do func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errPanicked
		}
	}()
	return do()
}

func (w *watched) hasWorked(began time.Time) {
	if !w.failing.Load() {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.heeds(began) {
		w.failing.Store(false)
		w.changed(true)
		w.trouble.Works()
	}
}

func (w *watched) hasFailed(began time.Time, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.heeds(began) {
		if !w.failing.Swap(true) {
			w.changed(false)
		}
		w.trouble.Failed("", err)
	}
}

// heeds tells whether an attempt began later than the last one that was heeded:
// of those that are under way when a store goes or comes, the older ones would
// only tell how it was.
func (w *watched) heeds(began time.Time) bool {
	if began.Before(w.heeded) {
		return false
	}
	w.heeded = began
	return true
}
