package keys

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"io/fs"
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
	case err != nil:
		return nil, time.Time{}, fmt.Errorf("key file %w", err)
	}
	return data, modified, nil
}
