package boltstore

import (
	"bytes"
	"context"
	"errors"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/customergate/customergate/caddymodule/claims"
)

var errNotOpen = errors.New("the claims file has not been opened")

// started returns the file that Start has opened.
func (b *Bolt) started(ctx context.Context) (*file, error) {
	if b.file == nil {
		return nil, errNotOpen
	}
	return b.file, ctx.Err()
}

// Reserve implements claims.Store. What another has is found without a write.
func (b *Bolt) Reserve(ctx context.Context, id claims.ID, token claims.Token, lease time.Duration) (claims.Found, error) {
	f, err := b.started(ctx)
	if err != nil {
		return claims.Found{}, err
	}
	k, seen := keyOf(id), f.table.revealed.Load()
	e, err := f.look(k)
	if err != nil {
		return claims.Found{}, err
	}
	if obstacle := e.obstacle(token, f.now()); obstacle.State != claims.Free {
		return obstacle, nil
	}
	var result claims.Found
	err = f.writer.do(ctx, func(b *batch) error {
		result = b.reserve(k, token, lease, seen)
		return nil
	})
	if err != nil {
		return claims.Found{}, err
	}
	return result, nil
}

// Commit implements claims.Store.
func (b *Bolt) Commit(ctx context.Context, id claims.ID, token claims.Token, value []byte, keep time.Duration) error {
	f, err := b.started(ctx)
	if err != nil {
		return err
	}
	k, own := keyOf(id), bytes.Clone(value)
	return f.writer.do(ctx, func(b *batch) error { return b.commit(k, token, own, keep) })
}

// Release implements claims.Store.
func (b *Bolt) Release(ctx context.Context, id claims.ID, token claims.Token) error {
	f, err := b.started(ctx)
	if err != nil {
		return err
	}
	k := keyOf(id)
	return f.writer.do(ctx, func(b *batch) error {
		b.release(k, token)
		return nil
	})
}

// Import implements claims.Administrator. It is fastest when given 100,000 or
// more at a time, which it writes in the order that the file has, and lets
// other claims through in between.
func (b *Bolt) Import(ctx context.Context, ids []claims.ID) (added int, err error) {
	f, err := b.started(ctx)
	if err != nil {
		return 0, err
	}
	return f.load(ctx, ids)
}

// Count implements claims.Administrator.
func (b *Bolt) Count(ctx context.Context, kind claims.Kind) (int, error) {
	f, err := b.started(ctx)
	if err != nil {
		return 0, err
	}
	return f.count(ctx, kind)
}

// Look implements claims.Administrator.
func (b *Bolt) Look(ctx context.Context, id claims.ID) (claims.Found, error) {
	f, err := b.started(ctx)
	if err != nil {
		return claims.Found{}, err
	}
	e, err := f.look(keyOf(id))
	return e.found(f.now()), err
}

// Forget implements claims.Administrator.
func (b *Bolt) Forget(ctx context.Context, id claims.ID) (bool, error) {
	f, err := b.started(ctx)
	if err != nil {
		return false, err
	}
	var there bool
	k := keyOf(id)
	err = f.writer.do(ctx, func(b *batch) error {
		there = b.forget(k)
		return nil
	})
	return err == nil && there, err
}

// look returns the entry of a key.
func (f *file) look(k key) (e entry, err error) {
	if e, there := f.table.lookup(k); there {
		return e, nil
	}
	err = f.view(func(tx *bolt.Tx) (err error) {
		e, err = treeOf(tx).get(k)
		e.value = bytes.Clone(e.value)
		return err
	})
	return e, err
}
