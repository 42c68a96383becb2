package caddymodule

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/customergate/customergate/caddymodule/keys"
)

// filesIn lists the files under a folder, which need not be there.
func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}

// TestAppStart: a configuration that is only validated writes nothing; one
// that starts has a key pair when it has started.
func TestAppStart(t *testing.T) {
	server := newServer(t, "customer_gate {\nkeys auto\n}\nrespond 201")
	if files := filesIn(t, server.storage); files != nil {
		t.Fatalf("validating wrote %q", files)
	}
	if err := server.app.Start(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(server.storage, "customer_gate", "keys", "default.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.ParsePrivate(text); err != nil {
		t.Error(err)
	}
	if err := server.app.Stop(); err != nil {
		t.Error(err)
	}
	if x := server.serve(newRequest(validBody)); x.Code != http.StatusCreated {
		t.Errorf("answered %d: %s", x.Code, x.Body)
	}
}

// TestAppStartsEveryGate: two gates of one configuration share the key, each
// with a provider of its own.
func TestAppStartsEveryGate(t *testing.T) {
	server := newServer(t, "customer_gate /a\ncustomer_gate /b\nrespond 201")
	if n := len(server.app.starters); n != 2 {
		t.Fatalf("%d starters, want 2", n)
	}
	if err := server.app.Start(); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, starter := range server.app.starters {
		ring, err := starter.(keys.Provider).Keys(keys.DefaultTenant)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, ring[0].ID)
	}
	if ids[0] != ids[1] {
		t.Error("the gates have different keys")
	}
}

type failingStarter struct{ err error }

func (f failingStarter) Start() error { return f.err }

func TestAppStartFails(t *testing.T) {
	want := errors.New("no storage")
	var app App
	app.enlist(failingStarter{})
	app.enlist(failingStarter{want})
	if err := app.Start(); !errors.Is(err, want) {
		t.Errorf("the error is %v", err)
	}
}

// TestAppOfFileKeys: a provider with nothing to start is not enlisted.
func TestAppOfFileKeys(t *testing.T) {
	server := newServer(t, "customer_gate {\nkeys file "+keyFile(t)+"\n}\ncustomer_gate /b\nrespond 201")
	if n := len(server.app.starters); n != 1 {
		t.Errorf("%d starters, want 1", n)
	}
}
