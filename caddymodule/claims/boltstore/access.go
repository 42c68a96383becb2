package boltstore

import (
	"errors"
	"fmt"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"
)

// Why a file is broken.
var (
	errUnusable = errors.New("the claims file is damaged")
	errPanic    = fmt.Errorf("%w: bbolt cannot read it", errUnusable) // and may hold its locks for ever
	errUnknown  = errors.New("a write to the claims file has failed so late that the disk may have it: a restart reads what it has")
)

// update makes changes in a transaction. If it fails, nothing has changed, or
// the file is broken.
//
// Until bbolt writes the meta page of a transaction, which is its last write,
// the file is what it was: all other pages were free. So when the disk is full,
// the store goes on as soon as it is not. But when that page is written and
// cannot be synced, readers see what the disk may not have, and what is in
// memory fits neither: a journal that was begun so would undo, after a restart,
// what was acknowledged later. Which of both it is, bbolt's error does not tell.
func (f *file) update(change func(*bolt.Tx) error) error {
	var id int
	err := f.access(func() error {
		return f.db.Update(func(tx *bolt.Tx) error {
			id = tx.ID()
			return change(tx)
		})
	})
	if err == nil {
		return nil
	}
	if last, failed := f.lastTransaction(); failed != nil || last >= id {
		return f.fail(fmt.Errorf("%w: %w", errUnknown, err))
	}
	return err
}

// lastTransaction is the one that readers see.
func (f *file) lastTransaction() (id int, err error) {
	err = f.view(func(tx *bolt.Tx) error {
		id = tx.ID()
		return nil
	})
	return id, err
}

// view reads in a transaction. What it reads is gone when it returns.
func (f *file) view(read func(*bolt.Tx) error) error {
	return f.access(func() error { return f.db.View(read) })
}

// access calls bbolt, unless the file is broken, and finds out if it is.
func (f *file) access(call func() error) error {
	if reason := f.broken.Load(); reason != nil {
		return *reason
	}
	err := guard(call)
	if errors.Is(err, errUnusable) {
		return f.fail(err)
	}
	return err
}

// fail breaks the file, and returns why it is broken, which may be another
// reason.
func (f *file) fail(reason error) error {
	f.broken.CompareAndSwap(nil, &reason)
	return *f.broken.Load()
}

// guard turns into an error what it means that a file is damaged: an entry of
// unknown form, or a panic, such as at memory that the file does not reach.
func guard(call func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch {
		case recover() != nil:
			err = errPanic
		case errors.Is(err, errForm):
			err = errUnusable
		}
	}()
	return call()
}
