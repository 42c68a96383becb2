// Package storagehint says what to do about a storage of Caddy's that cannot be
// used.
package storagehint

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/caddyserver/certmagic"
)

// Of adds to what an operation of the storage has failed with what the operator can
// do about it, if it is a lack of rights.
func Of(err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return hint(err)
	}
	return err
}

// OfLock is [Of] for taking a lock. Caddy's storage in files makes the directory of
// its locks first, keeps to itself why that did not work, and then says, in words
// alone, that a file is not there.
func OfLock(storage certmagic.Storage, err error) error {
	_, inFiles := storage.(*certmagic.FileStorage)
	if inFiles && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
		return hint(err)
	}
	return Of(err)
}

func hint(err error) error {
	return fmt.Errorf("%w; let the user that Caddy runs as (uid %d) read and write Caddy's storage, or name another with the global option `storage`", err, os.Geteuid())
}
