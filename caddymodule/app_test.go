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
	files := filesIn(t, filepath.Join(server.storage, "customer_gate", "keys", keys.DefaultTenant))
	if len(files) != 1 {
		t.Fatalf("it made %q", files)
	}
	text, err := os.ReadFile(files[0])
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

// TestAppSharesProviders: handlers with the same keys share one provider, and
// those with others have their own.
func TestAppSharesProviders(t *testing.T) {
	server := newServer(t, "customer_gate /a {\nkeys auto\n}\ncustomer_gate /b\ncustomer_gate /c {\nkeys auto {\nbits 3072\n}\n}\nrespond 201")
	gates := server.app.sources
	if len(gates) != 3 || len(server.app.starters) != 2+len(gates) { // a gate is one, too: it checks itself
		t.Fatalf("%d gates, %d starters", len(gates), len(server.app.starters))
	}
	if gates[0].Provider != gates[1].Provider || gates[0].Provider == gates[2].Provider {
		t.Error("the wrong gates share a provider")
	}
}

type failingStarter struct{ err error }

func (f failingStarter) Start() error { return f.err }

func TestAppStartFails(t *testing.T) {
	want := errors.New("no storage")
	app := new(App).CaddyModule().New().(*App)
	app.starters = []starter{failingStarter{}, failingStarter{want}}
	if err := app.Start(); !errors.Is(err, want) {
		t.Errorf("the error is %v", err)
	}
}
