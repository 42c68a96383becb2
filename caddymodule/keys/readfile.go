package keys

import (
	"crypto/rsa"
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

// maxFileSize is how large a key file may be, in bytes; that of the largest
// key accepted takes a tenth of it.
const maxFileSize = 64 << 10

// ReadPrivateFile reads an RSA private key as ParsePrivate does, from a
// regular file that nobody but its owner may read. Symbolic links are
// followed; it is the file they lead to that is judged.
func ReadPrivateFile(path string) (*rsa.PrivateKey, error) {
	data, _, err := readPrivateFile(path)
	if err != nil {
		return nil, err
	}
	defer clear(data)
	return parsePrivateFile(path, data)
}

func parsePrivateFile(path string, data []byte) (*rsa.PrivateKey, error) {
	key, err := ParsePrivate(data)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return key, nil
}

// readPrivateFile returns what a key file holds, which the caller is to clear,
// and when it was last modified.
func readPrivateFile(path string) ([]byte, time.Time, error) {
	// Without O_NONBLOCK, opening a named pipe would wait for its writer.
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, time.Time{}, fmt.Errorf("key file %s does not exist; correct the path or %s", path, hintKeygen)
	case errors.Is(err, fs.ErrPermission):
		return nil, time.Time{}, fmt.Errorf("key file %s cannot be read by the user that Caddy runs as (uid %d); make that user its owner with `chown`", path, os.Getuid())
	case err != nil:
		return nil, time.Time{}, fmt.Errorf("key file: %w", err)
	}
	defer file.Close() //nolint:errcheck // nothing was written to it
	info, err := checkFile(file, path)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("key file %s: %w", path, err)
	}
	data, err := readWhole(file, info.Size())
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("key file %s: %w", path, err)
	}
	return data, info.ModTime(), nil
}

// readWhole reads so many bytes. Its one buffer is the only copy: one that grew
// would leave parts of the key behind.
func readWhole(r io.Reader, size int64) ([]byte, error) {
	data := make([]byte, size)
	if _, err := io.ReadFull(r, data); err != nil {
		clear(data)
		return nil, err
	}
	return data, nil
}

// checkFile judges the file that was opened, not the path, so that nothing can
// be put in its place between the check and the reading.
func checkFile(file *os.File, path string) (fs.FileInfo, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	switch mode := info.Mode(); {
	case !mode.IsRegular():
		return nil, errors.New("it is not a regular file; name the file that holds the key")
	case mode.Perm()&0o077 != 0 && runtime.GOOS != "windows": // its permissions are not in the mode
		return nil, fmt.Errorf("it can be read or changed by others than its owner (mode %04o), and whoever has the key can read every password; run `chmod 600 %s`", mode.Perm(), shellQuote(path))
	case info.Size() > maxFileSize:
		return nil, fmt.Errorf("it is larger than %d KiB, so it is no key file", maxFileSize>>10)
	}
	return info, nil
}

// shellQuote makes a path safe to paste into a shell.
func shellQuote(path string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-"
	if strings.Trim(path, plain) == "" && !strings.HasPrefix(path, "-") {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
