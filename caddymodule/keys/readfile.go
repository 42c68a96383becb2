package keys

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/customergate/customergate/caddymodule/internal/privatefile"
)

// ReadPrivateFile reads an RSA private key as ParsePrivate does, from a
// regular file that nobody but its owner may read. Symbolic links are
// followed; it is the file they lead to that is judged.
func ReadPrivateFile(path string) (*rsa.PrivateKey, error) {
	data, _, err := ReadFile(path)
	if err != nil {
		return nil, err
	}
	defer clear(data)
	key, err := ParsePrivate(data)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return key, nil
}

// ReadFile returns what a key file holds, which the caller is to clear, and when
// it was last modified. It refuses what ReadPrivateFile refuses before it parses.
func ReadFile(path string) ([]byte, time.Time, error) {
	data, modified, err := privatefile.Read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, time.Time{}, fmt.Errorf("key file %w; correct the path or %s", err, hintKeygen)
	case err != nil && isPublic(path):
		return nil, time.Time{}, fmt.Errorf("key file %s: %w", path, errPublic)
	case err != nil:
		return nil, time.Time{}, fmt.Errorf("key file %w", err)
	}
	return data, modified, nil
}

// isPublic tells whether a file that others may touch holds a public key. It is
// theirs to read then, and whoever named it does not need to close it.
func isPublic(path string) bool {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer file.Close() //nolint:errcheck // nothing was written to it
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() > privatefile.MaxSize {
		return false
	}
	data := make([]byte, info.Size()) // one buffer: it may be a private key, of which no copy is to stay
	defer clear(data)
	if _, err := io.ReadFull(file, data); err != nil {
		return false
	}
	_, err = ParsePrivate(data)
	return errors.Is(err, errPublic)
}
