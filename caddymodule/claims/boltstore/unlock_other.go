//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package boltstore

import "os"

// unlock has nothing to do: the lock of bbolt's ends with the handle.
func unlock(*os.File) error { return nil }
