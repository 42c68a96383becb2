package storagehint_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/caddyserver/certmagic"

	"github.com/customergate/customergate/caddymodule/internal/storagehint"
)

const advice = "read and write Caddy's storage"

// TestOfLock takes a lock in storages that have no room for one.
func TestOfLock(t *testing.T) {
	aFile := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(aFile, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"below a file": aFile, "where nobody makes directories": "/proc/nowhere"} {
		t.Run(name, func(t *testing.T) {
			storage := &certmagic.FileStorage{Path: path}
			err := storage.Lock(context.Background(), "customer_gate/keys")
			if err == nil {
				t.Fatal("there is a lock")
			}
			if said := storagehint.OfLock(storage, err); !strings.Contains(said.Error(), advice) || !errors.Is(said, err) {
				t.Errorf("it says %q", said)
			}
		})
	}
}

// TestOfLockThatIsHeld: to wait for somebody else's lock is no lack of rights.
func TestOfLockThatIsHeld(t *testing.T) {
	if said := storagehint.OfLock(&certmagic.FileStorage{}, context.DeadlineExceeded); said != context.DeadlineExceeded { //nolint:errorlint // nothing is added
		t.Errorf("it says %q", said)
	}
}

func TestOf(t *testing.T) {
	for cause, advised := range map[error]bool{
		syscall.EACCES: true, syscall.EROFS: true, fs.ErrNotExist: false, context.DeadlineExceeded: false,
	} {
		if said := storagehint.Of(cause); strings.Contains(said.Error(), advice) != advised || !errors.Is(said, cause) {
			t.Errorf("of %q it says %q", cause, said)
		}
	}
}
