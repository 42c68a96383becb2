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

// failuresLimit is how long a store may take: an attempt does not wait for one that
// is down.
const failuresLimit = time.Second

// failuresLease outlasts the writing of a count, which has failuresLimit: who writes
// is alone until it is done.
const failuresLease = 2 * failuresLimit

// failuresPause is some four answers of a store in the same network.
const failuresPause = 4 * time.Millisecond

// Count returns how many attempts at a subject have failed, and how long they count.
// No text of it holds a NUL.
func (f *Failures) Count(ctx context.Context, subject ...string) (n int, left time.Duration, err error) {
	err = f.with(ctx, subject, func(ctx context.Context, c *claim) error {
		n, left, err = f.read(ctx, c)
		return err
	})
	return n, left, err
}

// Add counts one more, which begins a window if none runs.
func (f *Failures) Add(ctx context.Context, window time.Duration, subject ...string) error {
	return f.alone(ctx, subject, func(ctx context.Context, c *claim) error {
		n, left, err := f.read(ctx, c)
		if err != nil {
			return err
		}
		if n == 0 {
			left = window
		}
		return c.commit(ctx, failureCount(n+1, time.Now().Add(left)), left)
	})
}

// Forget has none counted any more.
func (f *Failures) Forget(ctx context.Context, subject ...string) error {
	return f.alone(ctx, subject, func(ctx context.Context, c *claim) error {
		n, _, err := f.read(ctx, c)
		if err != nil || n == 0 {
			return err
		}
		return c.commit(ctx, failureCount(0, time.Now()), time.Second)
	})
}

// alone does something with the entry of a subject while no other request does, of
// this gateway or another: a second entry is reserved for as long. Nobody answers that
// another one is through, so it is asked for again and again.
func (f *Failures) alone(ctx context.Context, subject []string, do func(context.Context, *claim) error) error {
	return f.with(ctx, subject, func(ctx context.Context, c *claim) error {
		turn := f.turn(subject)
		for {
			found, err := turn.store.Reserve(ctx, turn.id, turn.token, failuresLease)
			if err != nil {
				return err
			}
			if found.State == claims.Free {
				break
			}
			if !pause(ctx, failuresPause) {
				return ctx.Err()
			}
		}
		// Where it cannot be given back, it ends with its lease.
		defer func() { _ = turn.store.Release(context.WithoutCancel(ctx), turn.id, turn.token) }()
		return do(ctx, c)
	})
}

// with does something with the entry of a subject, for which the store is kept open.
func (f *Failures) with(ctx context.Context, subject []string, do func(context.Context, *claim) error) error {
	visit := f.keeper.Enter()
	defer visit.Leave()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), failuresLimit)
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

// failures is the entry of a subject. Its token is the same to all gateways, so that
// each can write it.
func (p *pepper) failures(store claims.Store, subject []string) *claim {
	c := &claim{store: store, id: claims.ID{Kind: claims.Failures}}
	p.sum(c.id.Sum[:0], append([]string{"failures"}, subject...)...)
	copy(c.token[:], p.sum(nil, append([]string{"failures token"}, subject...)...))
	return c
}

// turn is the entry that a request has while it writes a subject's.
func (f *Failures) turn(subject []string) *claim {
	store := f.keeper.store
	c := &claim{store: store, id: claims.ID{Kind: claims.Failures}, token: claims.NewToken()}
	store.mark.pepper.sum(c.id.Sum[:0], append([]string{"failures turn"}, subject...)...)
	return c
}

// read asks for the entry by reserving it, for a moment if there is none.
func (f *Failures) read(ctx context.Context, c *claim) (n int, left time.Duration, err error) {
	found, err := c.store.Reserve(ctx, c.id, c.token, time.Second)
	if err != nil || found.State != claims.Committed || len(found.Value) != failureSize {
		return 0, 0, err
	}
	until := time.UnixMilli(int64(binary.BigEndian.Uint64(found.Value[4:]))) // #nosec G115 -- it was made of one
	if left = time.Until(until); left <= 0 {
		return 0, 0, nil
	}
	return int(binary.BigEndian.Uint32(found.Value)), left, nil
}

const failureSize = 4 + 8

// failureCount is the value of an entry.
func failureCount(n int, until time.Time) []byte {
	value := binary.BigEndian.AppendUint32(nil, uint32(n))                 // #nosec G115 -- there are no more than attempts allows
	return binary.BigEndian.AppendUint64(value, uint64(until.UnixMilli())) // #nosec G115 -- it is not before 1970
}
