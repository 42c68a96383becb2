package uniqueness

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

// Failures counts how often attempts at something have failed in the store of a
// Keeper, and so for all gateways on it.
type Failures struct{ keeper *Keeper }

// Failures returns those in the keeper's store; nil without a keeper.
func (k *Keeper) Failures() *Failures {
	if k == nil {
		return nil
	}
	return &Failures{k}
}

// SameStore reports whether both are counted in one store.
func (f *Failures) SameStore(other *Failures) bool { return f.keeper.store == other.keeper.store }

// failuresLimit is how long one operation of a store may take, and waiting for others'
// turns: an attempt does not wait for a store that is down.
const failuresLimit = time.Second

// failuresLease outlasts the writing of a count, which has failuresLimit: who writes
// is alone until it is done.
const failuresLease = 2 * failuresLimit

// failuresPause is some four answers of a store in the same network.
const failuresPause = 4 * time.Millisecond

// Count returns how many attempts at a subject have failed, and how long they count.
// No text of it holds a NUL.
func (f *Failures) Count(ctx context.Context, subject ...string) (n int, left time.Duration, err error) {
	err = f.with(ctx, subject, func(ctx context.Context, e failureEntries) error {
		if n, err = e.read(ctx); err != nil || n == 0 {
			return err
		}
		left, err = e.left(ctx)
		return err
	})
	return n, left, err
}

// Add counts one more, which begins a window if none runs.
func (f *Failures) Add(ctx context.Context, window time.Duration, subject ...string) error {
	return f.alone(ctx, subject, func(ctx context.Context, e failureEntries) error {
		n, err := e.read(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			err = e.begin(ctx, window)
		} else {
			window, err = e.left(ctx)
		}
		if err != nil {
			return err
		}
		return e.count.commit(ctx, binary.BigEndian.AppendUint32(nil, uint32(n+1)), window) // #nosec G115 -- there are no more than attempts allows
	})
}

// Forget has none counted any more.
func (f *Failures) Forget(ctx context.Context, subject ...string) error {
	return f.alone(ctx, subject, func(ctx context.Context, e failureEntries) error {
		n, err := e.read(ctx)
		if err != nil || n == 0 {
			return err
		}
		return e.count.commit(ctx, binary.BigEndian.AppendUint32(nil, 0), time.Second)
	})
}

// alone does something with the entries of a subject while no other request does, of
// this gateway or another. Nobody answers that another one is through, so it is asked
// for again and again.
func (f *Failures) alone(ctx context.Context, subject []string, do func(context.Context, failureEntries) error) error {
	return f.with(ctx, subject, func(ctx context.Context, e failureEntries) error {
		if err := e.await(ctx); err != nil {
			return err
		}
		// Where it cannot be given back, it ends with its lease.
		defer func() { _ = e.turn.release(context.WithoutCancel(ctx)) }()
		ctx, cancel := operation(ctx)
		defer cancel()
		return do(ctx, e)
	})
}

// await waits for the turn. Who has waited too long for others goes between two
// operations: one that was broken off would tell of trouble with the store.
func (e failureEntries) await(ctx context.Context) error {
	for {
		found, err := e.askForTurn(ctx)
		if err != nil || found.State == claims.Free {
			return err
		}
		if !pause(ctx, failuresPause) {
			return ctx.Err()
		}
	}
}

func (e failureEntries) askForTurn(ctx context.Context) (claims.Found, error) {
	ctx, cancel := operation(ctx)
	defer cancel()
	return e.turn.reserve(ctx, failuresLease)
}

// operation bounds what is asked of the store, however long others were waited for.
func operation(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), failuresLimit)
}

// with does something with the entries of a subject, for which the store is kept open.
func (f *Failures) with(ctx context.Context, subject []string, do func(context.Context, failureEntries) error) error {
	visit := f.keeper.Enter()
	defer visit.Leave()
	limit := failuresLimit
	if deadline, bounded := ctx.Deadline(); bounded {
		limit = min(limit, time.Until(deadline))
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit) // the client may go
	defer cancel()
	if err := visit.Await(ctx); err != nil {
		return err
	}
	store := f.keeper.store
	if err := store.mark.pass(ctx, store); err != nil {
		return err
	}
	return do(ctx, store.mark.pepper.failures(store, subject))
}

// failureEntries are those of a subject. No time stands in them: the store's clock
// tells when they end, as those of gateways need not agree.
type failureEntries struct {
	count  *claim // committed for as long as the window
	window *claim // reserved for as long
	turn   *claim // reserved by the request that writes the others
}

// failures are the entries of a subject. But for the turn, their tokens are the same to
// all gateways, so that each can write them.
func (p *pepper) failures(store claims.Store, subject []string) failureEntries {
	named := func(purpose string) *claim {
		c := &claim{store: store, id: claims.ID{Kind: claims.Failures}}
		p.sum(c.id.Sum[:0], append([]string{purpose}, subject...)...)
		copy(c.token[:], p.sum(nil, append([]string{purpose + " token"}, subject...)...))
		return c
	}
	e := failureEntries{count: named("failures"), window: named("failures window"), turn: named("failures turn")}
	e.turn.token = claims.NewToken()
	return e
}

// read asks for the count by reserving it, for a moment if there is none.
func (e failureEntries) read(ctx context.Context) (int, error) {
	found, err := e.count.reserve(ctx, time.Second)
	if err != nil || found.State != claims.Committed || len(found.Value) != 4 {
		return 0, err
	}
	return int(binary.BigEndian.Uint32(found.Value)), nil
}

// begin begins a window.
func (e failureEntries) begin(ctx context.Context, window time.Duration) error {
	_, err := e.window.reserve(ctx, window)
	return err
}

// left asks how much of the window is left, as somebody else who would have it next.
// Where it ends just then, that is a moment.
func (e failureEntries) left(ctx context.Context) (time.Duration, error) {
	other := *e.window
	other.token = e.turn.token
	found, err := other.reserve(ctx, time.Millisecond)
	return max(found.Wait, time.Millisecond), err
}
