package autokeys

import (
	"context"
	"crypto/rsa"
	"errors"
	"slices"
	"sync"

	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/internal/storagehint"
	"github.com/customergate/customergate/caddymodule/keys"
)

// tend makes the first key, or the next one, and deletes keys, when it is time
// to. Whether it is depends on what all gateways have done, so it is looked at
// again under the lock.
func (t *tenant) tend() error {
	if !t.wantsKey() && len(t.overdue()) == 0 {
		return nil
	}
	if err := t.makeSpare(); err != nil {
		return err
	}
	return t.locked(func(ctx context.Context) error {
		// Where there were keys and now are none, they were lost, and none is
		// made: clients and other gateways still use the old ones.
		if err := t.read(ctx); err != nil && (!errors.Is(err, errNoKey) || len(t.stored) > 0) {
			return err
		}
		spare := t.spare
		t.spare = nil // whatever becomes of it: a key is stored under one name only
		if spare != nil && t.wantsKey() {
			if err := t.add(ctx, spare); err != nil {
				return err
			}
		}
		return t.deleteOverdue(ctx)
	})
}

// wantsKey reports whether it is time to make a key.
func (t *tenant) wantsKey() bool {
	if len(t.stored) == 0 {
		return true
	}
	newest := t.stored[len(t.stored)-1]
	return t.auto.rotation.due(newest.notBefore, t.auto.now())
}

// making lets one key be made at a time: it takes a CPU for a while, and
// requests want to be served meanwhile.
var making sync.Mutex

// makeSpare makes the key that is wanted before the lock is taken, so that
// nobody has to wait for it. Where the lock is not to be had, it is kept.
func (t *tenant) makeSpare() error {
	if t.spare != nil || !t.wantsKey() {
		return nil
	}
	making.Lock()
	defer making.Unlock()
	spare, err := t.auto.generate(t.auto.bits)
	if err != nil {
		return failed("making a key", err)
	}
	t.spare = spare
	return nil
}

// add stores a key, to come into use when it should. Whatever happens then, the
// gateways that find it know all that they need.
func (t *tenant) add(ctx context.Context, private *rsa.PrivateKey) error {
	key, err := keys.NewKey(private)
	if err != nil {
		return failed("making a key", err)
	}
	now := t.auto.now()
	key.NotBefore = wholeSecond(now)
	if len(t.stored) > 0 {
		key.NotBefore = t.auto.rotation.next(t.stored[len(t.stored)-1].notBefore, now)
	}
	stored := newStoredKey(key.NotBefore, key.ID)
	if err := t.folder.store(ctx, stored, private); err != nil {
		return err
	}
	t.logger.Info("created an RSA key for encrypted passwords", t.keyFields(key)...)
	// The locks of some storages are not perfect. What can be read back is what
	// the other gateways use.
	if err := t.read(ctx); err != nil {
		return err
	}
	if !slices.Contains(t.stored, stored) {
		return failed("reading back a key in "+t.folder.path, errors.New("the storage does not have it"))
	}
	return nil
}

// overdue returns the keys that are to be deleted.
func (t *tenant) overdue() []storedKey {
	if t.auto.rotation.every == 0 {
		return nil
	}
	var overdue []storedKey
	for i, s := range t.stored {
		if t.auto.rotation.over(t.stored, i, t.auto.now()) {
			overdue = append(overdue, s)
		}
	}
	return overdue
}

func (t *tenant) deleteOverdue(ctx context.Context) error {
	for _, s := range t.overdue() {
		if err := t.folder.remove(ctx, s); err != nil {
			return err
		}
		t.logger.Info("deleted a retired RSA key for encrypted passwords",
			zap.String("kid", s.id), zap.String("storage_key", t.folder.pathOf(s)))
	}
	return nil
}

// locked does something under the storage's lock for the tenant.
func (t *tenant) locked(do func(context.Context) error) error {
	ctx, cancel := t.context()
	defer cancel()
	if err := t.folder.storage.Lock(ctx, t.folder.path); err != nil {
		return failed("waiting for the lock of "+t.folder.path, storagehint.OfLock(t.folder.storage, err))
	}
	defer t.unlock(ctx)
	return do(ctx)
}

// unlock gives the lock back even if the configuration was unloaded meanwhile.
func (t *tenant) unlock(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storageTimeout)
	defer cancel()
	if err := t.folder.storage.Unlock(ctx, t.folder.path); err != nil {
		t.logger.Warn("could not give back the lock of the RSA keys for encrypted passwords",
			zap.String("storage_key", t.folder.path), zap.Error(err))
	}
}
