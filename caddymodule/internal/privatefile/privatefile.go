// Package privatefile reads small files that nobody but their owner may read.
package privatefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// MaxSize is how large a file may be, in bytes; the largest key that the gateway
// takes needs a tenth of it.
const MaxSize = 64 << 10

// Read returns what a regular file holds, which the caller is to clear, and
// when it was last modified. Symbolic links are followed; it is the file they
// lead to that is judged, and the way there, as CheckWay does. The error begins
// with the path, says what to do, and wraps fs.ErrNotExist where there is no
// file.
func Read(path string) ([]byte, time.Time, error) {
	if err := CheckWay(path); err != nil {
		return nil, time.Time{}, explain(path, err)
	}
	// Without O_NONBLOCK, opening a named pipe would wait for its writer.
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, time.Time{}, explain(path, err)
	}
	defer file.Close() //nolint:errcheck // nothing was written to it
	info, err := check(file, path)
	if err != nil {
		return nil, time.Time{}, explain(path, err)
	}
	data, err := readWhole(file, info.Size())
	if err != nil {
		return nil, time.Time{}, explain(path, err)
	}
	return data, info.ModTime(), nil
}

func explain(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s cannot be read by the user that Caddy runs as (uid %d); make that user its owner with `chown`", path, os.Geteuid())
	case errors.Is(err, fs.ErrNotExist):
		return missing(path)
	}
	return fmt.Errorf("%s: %w", path, err)
}

// missing is the path of a file that is not there, as an error.
type missing string

func (m missing) Error() string { return string(m) + " does not exist" }

func (missing) Is(target error) bool { return target == fs.ErrNotExist }

// readWhole reads so many bytes. Its one buffer is the only copy: one that grew
// would leave parts of the secret behind.
func readWhole(r io.Reader, size int64) ([]byte, error) {
	data := make([]byte, size)
	if _, err := io.ReadFull(r, data); err != nil {
		clear(data)
		return nil, err
	}
	return data, nil
}

// check judges the file that was opened, not the path, so that nothing can be
// put in its place between the check and the reading.
func check(file *os.File, path string) (fs.FileInfo, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	switch mode := info.Mode(); {
	case !mode.IsRegular():
		return nil, errors.New("it is not a regular file; name the file that holds the key")
	case !trusted(info):
		return nil, fmt.Errorf("it belongs to another user (uid %d), who can read and change it; run `chown %d %s`", ownerOf(info), os.Geteuid(), Quote(path))
	case isOpen(info) && !isCredential(path, info):
		return nil, fmt.Errorf("it can be read or changed by others than its owner (mode %04o), and whoever has the key has what it protects; run `%s`", mode.Perm(), closing(path, info))
	case info.Size() > MaxSize:
		return nil, fmt.Errorf("it is larger than %d KiB, so it is no key file", MaxSize>>10)
	}
	return info, nil
}

// isOpen reports whether others than its owner may do something with a file.
func isOpen(info fs.FileInfo) bool {
	return info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" // its permissions are not in the mode
}

// isCredential reports whether a file is one of those that systemd gives to a
// service alone (LoadCredential). Where the service is not root's, it is in a
// list that the service may read them, and the mode shows the list as a group.
func isCredential(path string, info fs.FileInfo) bool {
	folder, isSet := os.LookupEnv("CREDENTIALS_DIRECTORY")
	return isSet && filepath.Dir(path) == filepath.Clean(folder) && ownerOf(info) == 0 && info.Mode().Perm() == 0o440
}

// closing is the command that leaves a file to the user that Caddy runs as. A
// file of root's which only its group lets that user read would be lost to it
// otherwise.
func closing(path string, info fs.FileInfo) string {
	command := "chmod 600 " + Quote(path)
	if ownerOf(info) != os.Geteuid() {
		command = fmt.Sprintf("chown %d %s && %s", os.Geteuid(), Quote(path), command)
	}
	return command
}

// Quote makes a path safe to paste into a shell.
func Quote(path string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-"
	if strings.Trim(path, plain) == "" && !strings.HasPrefix(path, "-") {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
