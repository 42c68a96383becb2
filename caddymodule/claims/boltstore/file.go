package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/customergate/customergate/caddymodule/claims"
)

// lockTimeout is how long to wait for another process to let go of the file,
// as the one before does in a restart.
const lockTimeout = 5 * time.Second

// Errors of a file. None of them names an entry.
var (
	errInUse   = fmt.Errorf("%w: a file serves one gateway at a time, and several share a redis or postgres store", claims.ErrInUse)
	errNotOurs = errors.New("it is not a file of claims")
	errLater   = errors.New("it was written by a later version")
	errDamaged = errors.New("it is damaged: put a backup in its place, or move it away and import the addresses anew")
)

var (
	bucketAbout = []byte("customer_gate")
	keyFormat   = []byte("format")
	format      = []byte{1}
)

// A file is an open claims file: a tree of commitments, and journals of what
// changed lately, which the table has in memory.
type file struct {
	db     database
	handle *os.File // that of db
	now    func() instant
	table  table
	writer *writer

	// Owned by the writer's goroutine.
	journal journal
	merge   *merge // nil if there is nothing to merge
	last    *batch // whose space the next one uses

	// merging is held where an entry must not move into the tree.
	merging sync.Mutex

	// broken is why the file is neither read nor written any more, if it is not.
	broken atomic.Pointer[error]

	stop    context.CancelFunc
	sweeper sync.WaitGroup
}

// A database is what is called of an open one of bbolt's.
type database interface {
	View(read func(*bolt.Tx) error) error
	Update(change func(*bolt.Tx) error) error
	Close() error
}

// openFile opens a claims file for this process alone. It makes the file, and
// the folders that it is in, if need be.
func openFile(path string, now func() instant) (*file, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil { //nolint:gosec // the path is the operator's
		return nil, err
	}
	f := &file{now: now}
	if err := f.open(path); err != nil {
		return nil, fmt.Errorf("claims file %s: %w", path, err)
	}
	f.writer = startWriter(f.write)
	f.startSweeping()
	return f, nil
}

// open leaves NoFreelistSync off: without a list of free pages in the file,
// bbolt searches for them in a goroutine of its own, where a panic over a
// damaged page ends the process.
func (f *file) open(path string) error {
	err := guard(func() (err error) {
		f.db, err = bolt.Open(path, 0o600, &bolt.Options{
			Timeout:      lockTimeout,
			NoStatistics: true,
			OpenFile: func(name string, flag int, mode fs.FileMode) (_ *os.File, err error) {
				f.handle, err = os.OpenFile(name, flag, mode)
				return f.handle, err
			},
		})
		return err
	})
	if errors.Is(err, errPanic) {
		_ = abandon(f.handle)
	}
	if err != nil {
		return explain(err)
	}
	if err = guard(f.restore); err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil {
		_ = f.letGo(err)
	}
	return explain(err)
}

// explain puts what bbolt says into an operator's words.
func explain(err error) error {
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return errInUse
	case errors.Is(err, errUnusable), errors.Is(err, berrors.ErrChecksum):
		return errDamaged
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrVersionMismatch):
		return errNotOurs
	default:
		return err
	}
}

// restore checks what the file is, makes one of a new file, and reads the
// journals.
func (f *file) restore() error {
	if err := f.db.View(isOurs); err != nil {
		return err
	}
	return f.db.Update(func(tx *bolt.Tx) (err error) {
		about, err := tx.CreateBucketIfNotExists(bucketAbout)
		if err != nil {
			return err
		}
		for _, name := range [][]byte{bucketTree, bucketEnds} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		if f.table.recent, f.journal, err = readJournals(tx); err != nil {
			return err
		}
		shorten(f.table.recent, f.now())
		return about.Put(keyFormat, format)
	})
}

// isOurs refuses files of other programs and later versions.
func isOurs(tx *bolt.Tx) error {
	about := tx.Bucket(bucketAbout)
	if about == nil {
		if name, _ := tx.Cursor().First(); name != nil {
			return errNotOurs
		}
		return nil
	}
	if !bytes.Equal(about.Get(keyFormat), format) {
		return errLater
	}
	return nil
}

// syncFolder makes the name of a new file last. Windows cannot do that to a
// folder.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path) //nolint:gosec // the path is the operator's
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// close ends the file when all changes are written.
func (f *file) close() error {
	f.stop()
	f.sweeper.Wait()
	f.writer.close()
	if reason := f.broken.Load(); reason != nil {
		return f.letGo(*reason)
	}
	return f.letGo(nil)
}

// letGo closes the file, of which the last thing known is an error or nil.
func (f *file) letGo(last error) error {
	if errors.Is(last, errPanic) {
		return abandon(f.handle) // bbolt might wait for ever for a lock of its own
	}
	return f.db.Close()
}

// abandon closes a file that bbolt still maps into memory, which keeps the lock
// that it has taken on most systems.
func abandon(handle *os.File) error {
	return errors.Join(unlock(handle), handle.Close())
}
