//go:build unix

package filekeys

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

// TestFileDoesNotWaitForAPipe would hang if opening waited for a writer.
func TestFileDoesNotWaitForAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := loadFile(t, path)
	keytest.CheckRefusal(t, err, "", "not a regular file")
}

// TestFolderDoesNotWaitForAPipe: the directory may be replaced after it has
// been found to be one.
func TestFolderDoesNotWaitForAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := readFolder(path)
	keytest.CheckRefusal(t, err, "", "key directory", "not a directory")
}
