// Package privatefile reads small files that nobody but their owner may read.
package privatefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
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
// lead to that is judged. The error begins with the path, says what to do, and
// wraps fs.ErrNotExist where there is no file.
func Read(path string) ([]byte, time.Time, error) {
	// Without O_NONBLOCK, opening a named pipe would wait for its writer.
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil, time.Time{}, fmt.Errorf("%s cannot be read by the user that Caddy runs as (uid %d); make that user its owner with `chown`", path, os.Getuid())
	case errors.Is(err, fs.ErrNotExist):
		return nil, time.Time{}, missing(path)
	case err != nil:
		return nil, time.Time{}, err
	}
	defer file.Close() //nolint:errcheck // nothing was written to it
	info, err := check(file, path)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("%s: %w", path, err)
	}
	data, err := readWhole(file, info.Size())
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("%s: %w", path, err)
	}
	return data, info.ModTime(), nil
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
	case mode.Perm()&0o077 != 0 && runtime.GOOS != "windows": // its permissions are not in the mode
		return nil, fmt.Errorf("it can be read or changed by others than its owner (mode %04o), and whoever has the key has what it protects; run `chmod 600 %s`", mode.Perm(), Quote(path))
	case info.Size() > MaxSize:
		return nil, fmt.Errorf("it is larger than %d KiB, so it is no key file", MaxSize>>10)
	}
	return info, nil
}

// Quote makes a path safe to paste into a shell.
func Quote(path string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-"
	if strings.Trim(path, plain) == "" && !strings.HasPrefix(path, "-") {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
