package boltstore

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/claims"
)

func TestUnmarshalCaddyfile(t *testing.T) {
	tests := map[string]struct{ input, file, refused string }{
		"default file":     {input: "bolt"},
		"file":             {input: "bolt /var/lib/claims.db", file: "/var/lib/claims.db"},
		"placeholder":      {input: "bolt {env.CLAIMS}", file: "{env.CLAIMS}"},
		"quoted":           {input: `bolt "a b.db"`, file: "a b.db"},
		"empty":            {input: `bolt ""`, refused: "empty"},
		"two files":        {input: "bolt a b", refused: "bolt: write `bolt [<file>]`"},
		"block":            {input: "bolt a {\nsync off\n}", refused: "none of its own"},
		"empty block":      {input: "bolt {\n}"},
		"something behind": {input: "bolt\nmore", refused: "none of its own"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var store Bolt
			err := store.UnmarshalCaddyfile(caddyfile.NewTestDispenser(test.input))
			switch {
			case test.refused == "" && err != nil:
				t.Error(err)
			case test.refused != "" && (err == nil || !strings.Contains(err.Error(), test.refused)):
				t.Errorf("the error is %v, want one with %q", err, test.refused)
			case test.refused == "" && store.File != test.file:
				t.Errorf("the file is %q, want %q", store.File, test.file)
			}
		})
	}
}

func TestIsRegistered(t *testing.T) {
	module, err := caddy.GetModule("http.handlers.customer_gate.claims.bolt")
	if err != nil {
		t.Fatal(err)
	}
	if _, is := module.New().(claims.Administrator); !is {
		t.Error("it is no store")
	}
}

func TestPath(t *testing.T) {
	t.Setenv("CLAIMS_DIR", "/var/lib/gate")
	t.Setenv("XDG_DATA_HOME", "/data")
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"":                           "/data/caddy/customer_gate/claims.db",
		"{env.CLAIMS_DIR}/claims.db": "/var/lib/gate/claims.db",
		"claims.db":                  filepath.Join(folder, "claims.db"),
		"/a/../b/claims.db":          "/b/claims.db",
	} {
		if got := provision(t, file).path; got != want {
			t.Errorf("%q is %s, want %s", file, got, want)
		}
	}
}

func TestPathRefused(t *testing.T) {
	for _, file := range []string{"{env.CLAIMS_NOT_SET}", "{no.such.placeholder}"} {
		ctx, cancel := caddy.NewContext(caddy.Context{Context: t.Context()})
		defer cancel()
		if err := (&Bolt{File: file}).Provision(ctx); err == nil {
			t.Errorf("%s is accepted", file)
		}
	}
}

// TestValidated: what `caddy validate` does leaves no trace.
func TestValidated(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new")
	store := provision(t, filepath.Join(folder, "claims.db"))
	if err := store.Cleanup(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Stat: %v, want that there is no such folder", err)
	}
}

func TestModes(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "deep", "er")
	path := filepath.Join(folder, "claims.db")
	openStore(t, path)
	for name, want := range map[string]fs.FileMode{path: 0o600, folder: 0o700, filepath.Dir(folder): 0o700} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("the mode of %s is %v, want %v", filepath.Base(name), got, want)
		}
	}
}

// TestReload: the new configuration starts before the old one is cleaned up,
// and a request of the old one settles its claim after that.
func TestReload(t *testing.T) {
	path, id, token := filepath.Join(t.TempDir(), "claims.db"), randomID(), claims.NewToken()
	before := provision(t, path)
	if err := before.Start(); err != nil {
		t.Fatal(err)
	}
	reserve(t, before, id, token, time.Minute)
	after := openStore(t, filepath.Join(filepath.Dir(path), ".", "claims.db"))
	if found := look(t, after, id); found.State != claims.Pending {
		t.Errorf("the entry is %s in the new configuration, want pending", found.State)
	}
	for range 2 { // the second gives up nothing of the other's
		if err := before.Cleanup(); err != nil {
			t.Fatal(err)
		}
	}
	commit(t, before, id, token, nil)
	if found := look(t, after, id); found.State != claims.Committed {
		t.Errorf("the entry is %s in the new configuration, want committed", found.State)
	}
}

func TestAfterLastUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "claims.db")
	store := provision(t, path)
	if err := store.Start(); err != nil {
		t.Fatal(err)
	}
	id, token := randomID(), claims.NewToken()
	commit(t, store, id, token, nil)
	if err := store.Cleanup(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Reserve(t.Context(), randomID(), token, time.Minute); err == nil {
		t.Error("a claim is taken after the file was closed")
	}
	if err := store.Commit(t.Context(), randomID(), token, nil, 0); !errors.Is(err, errClosed) {
		t.Errorf("Commit: %v, want that the file is closed", err)
	}
	if found := look(t, openStore(t, path), id); found.State != claims.Committed {
		t.Errorf("opened again, the entry is %s, want committed", found.State)
	}
}

func TestStartFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file", "claims.db")
	if err := os.WriteFile(filepath.Dir(path), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	store := provision(t, path)
	if err := store.Start(); err == nil {
		t.Fatal("a folder was made where a file is")
	}
	id, token := randomID(), claims.NewToken()
	for name, err := range map[string]error{
		"Reserve": second(store.Reserve(t.Context(), id, token, time.Minute)),
		"Commit":  store.Commit(t.Context(), id, token, nil, 0),
		"Release": store.Release(t.Context(), id, token),
		"Import":  second(store.Import(t.Context(), []claims.ID{id})),
		"Count":   second(store.Count(t.Context(), claims.Email)),
		"Look":    second(store.Look(t.Context(), id)),
		"Forget":  second(store.Forget(t.Context(), id)),
		"Cleanup": store.Cleanup(),
	} {
		if want := name != "Cleanup"; errors.Is(err, errNotOpen) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
