package keys

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	_ "github.com/caddyserver/caddy/v2/modules/filestorage"
)

// caddyContext returns a context as modules get it, with a storage in dir.
func caddyContext(t *testing.T, dir string) caddy.Context {
	t.Helper()
	ctx, err := caddy.ProvisionContext(&caddy.Config{
		StorageRaw: must[[]byte](t)(json.Marshal(map[string]string{"module": "file_system", "root": dir})),
	})
	if err != nil {
		t.Fatal(err)
	}
	return ctx
}

// load sets up a module of this package as Caddy does.
func load[M any](t *testing.T, ctx caddy.Context, name string, config any) (M, error) {
	t.Helper()
	module, err := ctx.LoadModuleByID("http.handlers.customer_gate.keys."+name, must[[]byte](t)(json.Marshal(config)))
	loaded, _ := module.(M)
	return loaded, err
}

func loadFile(t *testing.T, path string) (*File, error) {
	t.Helper()
	return load[*File](t, caddyContext(t, t.TempDir()), "file", File{Path: path})
}

func writeKey(t *testing.T, path string, mode os.FileMode) string {
	t.Helper()
	if err := os.WriteFile(path, must[[]byte](t)(PrivatePEM(key2048())), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // not subject to the umask
		t.Fatal(err)
	}
	return path
}

func TestFileProvidesItsKey(t *testing.T) {
	dir := t.TempDir()
	key := writeKey(t, filepath.Join(dir, "key.pem"), 0o600)
	readOnly := writeKey(t, filepath.Join(dir, "read-only.pem"), 0o400)
	link := filepath.Join(dir, "link.pem")
	if err := os.Symlink(key, link); err != nil {
		t.Fatal(err)
	}
	t.Setenv("KEY_DIR", dir)
	for name, path := range map[string]string{
		"mode 0600":   key,
		"mode 0400":   readOnly,
		"symlink":     link,
		"placeholder": "{env.KEY_DIR}/key.pem",
	} {
		t.Run(name, func(t *testing.T) {
			file, err := loadFile(t, path)
			if err != nil {
				t.Fatal(err)
			}
			for _, tenant := range []string{DefaultTenant, "acme"} {
				ring, err := file.Keys(tenant)
				if err != nil || len(ring) != 1 {
					t.Fatalf("%d keys for %s, %v", len(ring), tenant, err)
				}
				if !ring[0].PublicKey().Equal(&key2048().PublicKey) {
					t.Error("another key came out")
				}
			}
		})
	}
}

func TestFileRefusesWhatOthersMayTouch(t *testing.T) {
	for _, mode := range []os.FileMode{0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o644, 0o666, 0o777, 0o440} {
		t.Run(mode.String(), func(t *testing.T) {
			path := writeKey(t, filepath.Join(t.TempDir(), "key.pem"), mode)
			_, err := loadFile(t, path)
			checkRefusal(t, err, "", "chmod 600 "+path+"`", "others than its owner")
		})
	}
}

func TestFileJudgesWhatALinkLeadsTo(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link.pem")
	if err := os.Symlink(writeKey(t, filepath.Join(dir, "key.pem"), 0o644), link); err != nil {
		t.Fatal(err)
	}
	_, err := loadFile(t, link)
	checkRefusal(t, err, "", "chmod 600")
}

func TestFileQuotesThePathForTheShell(t *testing.T) {
	path := writeKey(t, filepath.Join(t.TempDir(), "it's a key.pem"), 0o644)
	_, err := loadFile(t, path)
	checkRefusal(t, err, "", "chmod 600 '"+filepath.Dir(path)+`/it'\''s a key.pem'`)
}

func TestFileRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	goodPEM := toPEM("PRIVATE KEY", pkcs8(t, key2048()))
	tests := map[string]struct {
		path string
		says []string
	}{
		"no path":             {"", []string{"path of the key file is missing"}},
		"no such file":        {filepath.Join(dir, "none.pem"), []string{"none.pem", "does not exist"}},
		"a folder":            {dir, []string{"not a regular file"}},
		"a device":            {os.DevNull, []string{"not a regular file"}},
		"a large file":        {write("large.pem", goodPEM+strings.Repeat("\n", maxFileSize)), []string{"larger than 64 KiB"}},
		"no key":              {write("empty.pem", ""), []string{"empty.pem", "empty"}},
		"a public key":        {write("public.pem", string(must[[]byte](t)(PublicPEM(&key2048().PublicKey)))), []string{"public.pem", "public key"}},
		"unknown placeholder": {"{nothing.such}/key.pem", []string{"nothing.such"}},
		"empty placeholder":   {"{env.CUSTOMER_GATE_UNSET}", []string{"CUSTOMER_GATE_UNSET"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := loadFile(t, test.path)
			checkRefusal(t, err, "", test.says...)
		})
	}
}

func TestFileRefusesUnknownOptions(t *testing.T) {
	path := writeKey(t, filepath.Join(t.TempDir(), "key.pem"), 0o600)
	_, err := load[*File](t, caddyContext(t, t.TempDir()), "file", map[string]string{"path": path, "passphrase": "x"})
	if err == nil {
		t.Error("it was accepted")
	}
}

func TestCaddyfile(t *testing.T) {
	tests := map[string]struct {
		module caddyfile.Unmarshaler
		input  string
		path   string
		fails  string // what the error says; empty if there is none
	}{
		"file":                       {new(File), "file /etc/key.pem", "/etc/key.pem", ""},
		"file with blanks":           {new(File), `file "/etc/our key.pem"`, "/etc/our key.pem", ""},
		"fail/file without path":     {new(File), "file", "", "argument"},
		"fail/file with two paths":   {new(File), "file a.pem b.pem", "", "argument"},
		"fail/file with a block":     {new(File), "file a.pem {\n reload\n}", "", "takes no block"},
		"fail/file with empty block": {new(File), "file a.pem {\n}", "", "takes no block"},
		"fail/file, block, no path":  {new(File), "file {\n path a.pem\n}", "", "argument"},
		"auto":                       {new(Auto), "auto", "", ""},
		"fail/auto with argument":    {new(Auto), "auto 4096", "", "argument"},
		"fail/auto with a block":     {new(Auto), "auto {\n bits 4096\n}", "", "takes no block"},
		"fail/auto with empty block": {new(Auto), "auto { \n }", "", "takes no block"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := test.module.UnmarshalCaddyfile(caddyfile.NewTestDispenser(test.input))
			if test.fails == "" {
				if err != nil {
					t.Fatal(err)
				}
				if file, ok := test.module.(*File); ok && file.Path != test.path {
					t.Errorf("the path is %q, want %q", file.Path, test.path)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.fails) {
				t.Fatalf("got %v, want an error with %q", err, test.fails)
			}
			if !strings.Contains(err.Error(), "Testfile:") {
				t.Errorf("the error %q names no file and line", err)
			}
		})
	}
}
