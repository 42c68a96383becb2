package boltstore

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

// blocked holds the writer's goroutine up until release is called.
func blocked(t *testing.T, store *Bolt) (release func()) {
	t.Helper()
	entered, gate := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		_ = store.file.writer.do(context.Background(), func(*batch) error {
			close(entered)
			<-gate
			return nil
		})
	})
	<-entered
	return func() {
		close(gate)
		group.Wait()
	}
}

// A queueing context tells when a call that it is given to waits in the queue,
// for there a caller begins to look at it.
type queueing struct {
	context.Context
	waits chan struct{}
	once  sync.Once
}

func (q *queueing) Done() <-chan struct{} {
	q.once.Do(func() { close(q.waits) })
	return q.Context.Done()
}

// queue returns when a call waits in the queue.
func queue(t *testing.T, group *sync.WaitGroup, call func(ctx context.Context)) {
	q := &queueing{Context: t.Context(), waits: make(chan struct{})}
	group.Go(func() { call(q) })
	<-q.waits
}

// TestContextEndsInQueue: the caller returns at once, and what waits with an
// ended context is not done.
func TestContextEndsInQueue(t *testing.T) {
	store, id, token := openStore(t, filepath.Join(t.TempDir(), "claims.db")), randomID(), claims.NewToken()
	release := blocked(t, store)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := store.Reserve(ctx, id, token, time.Minute); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Reserve: %v, want DeadlineExceeded", err)
	}
	if _, err := store.Forget(ctx, id); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Forget: %v, want DeadlineExceeded", err)
	}
	release()
	commit(t, store, randomID(), token, nil) // behind it in the queue
	if found := look(t, store, id); found.State != claims.Free {
		t.Errorf("the entry is %s, want free", found.State)
	}
}

// TestGoneIsFreed: what a caller that has gone would have written leaves the
// memory once its turn has come.
func TestGoneIsFreed(t *testing.T) {
	store := openStore(t, filepath.Join(t.TempDir(), "claims.db"))
	release := blocked(t, store)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	freed := make(chan struct{})
	func() {
		value := new([1 << 20]byte)
		runtime.AddCleanup(value, func(freed chan struct{}) { close(freed) }, freed)
		_ = store.file.writer.do(gone, func(*batch) error {
			value[0]++
			return nil
		})
	}()
	for range 40 { // so that the queue has more room than it needs afterwards
		_ = store.file.writer.do(gone, func(*batch) error { return nil })
	}
	release()
	commit(t, store, randomID(), claims.NewToken(), nil)
	runtime.GC()
	select {
	case <-freed:
	case <-time.After(time.Minute):
		t.Error("it is still held")
	}
}

// TestQueueIsBounded: while the disk hangs, those whose callers have gone do not
// pile up.
func TestQueueIsBounded(t *testing.T) {
	store := openStore(t, filepath.Join(t.TempDir(), "claims.db"))
	release := blocked(t, store)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	var err error
	for n := 0; n < 2*maxQueue && !errors.Is(err, errBusy); n++ {
		err = store.file.writer.do(gone, func(*batch) error { return nil })
	}
	if !errors.Is(err, errBusy) {
		t.Errorf("the last of %d callers was told %v, want that the disk does not keep up", 2*maxQueue, err)
	}
	release()
	for err = errBusy; errors.Is(err, errBusy); {
		err = store.Commit(t.Context(), randomID(), claims.NewToken(), nil, 0)
	}
	if err != nil {
		t.Errorf("Commit: %v", err)
	}
}

// TestBatches: callers that come together share transactions.
func TestBatches(t *testing.T) {
	store, token := openStore(t, filepath.Join(t.TempDir(), "claims.db")), claims.NewToken()
	before := transactionsOf(t, store)
	release := blocked(t, store)
	var group sync.WaitGroup
	const callers = 500
	for range callers {
		queue(t, &group, func(ctx context.Context) {
			if err := store.Commit(ctx, randomID(), token, nil, 0); err != nil {
				t.Error(err)
			}
		})
	}
	release()
	group.Wait()
	if n := transactionsOf(t, store) - before; n > 3 {
		t.Errorf("%d transactions for %d callers at once, want 3 at most", n, callers)
	}
}

// TestOneOfBatch: within a batch, each sees what those before it have done.
func TestOneOfBatch(t *testing.T) {
	store, id := openStore(t, filepath.Join(t.TempDir(), "claims.db")), randomID()
	release := blocked(t, store)
	states := make(chan claims.State, 10)
	var group sync.WaitGroup
	for range cap(states) {
		queue(t, &group, func(ctx context.Context) {
			found, err := store.Reserve(ctx, id, claims.NewToken(), time.Minute)
			if err != nil {
				t.Error(err)
			}
			states <- found.State
		})
	}
	release()
	group.Wait()
	close(states)
	free := 0
	for state := range states {
		if state == claims.Free {
			free++
		}
	}
	if free != 1 {
		t.Errorf("%d found it free, want 1", free)
	}
}

// TestCloseWritesTheQueue: what waits when the file is closed is still written.
func TestCloseWritesTheQueue(t *testing.T) {
	path, id := filepath.Join(t.TempDir(), "claims.db"), randomID()
	store := provision(t, path)
	if err := store.Start(); err != nil {
		t.Fatal(err)
	}
	release := blocked(t, store)
	var group sync.WaitGroup
	queue(t, &group, func(ctx context.Context) {
		if err := store.Commit(ctx, id, claims.NewToken(), nil, 0); err != nil {
			t.Error(err)
		}
	})
	group.Go(func() {
		if err := store.Cleanup(); err != nil {
			t.Error(err)
		}
	})
	release()
	group.Wait()
	if found := look(t, openStore(t, path), id); found.State != claims.Committed {
		t.Errorf("the entry is %s, want committed", found.State)
	}
}
