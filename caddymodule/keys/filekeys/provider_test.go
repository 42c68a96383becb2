package filekeys

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	_ "github.com/caddyserver/caddy/v2/modules/filestorage"

	"github.com/customergate/customergate/caddymodule/internal/privatefile"
	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

func loadFile(t *testing.T, path string) (*Provider, error) {
	t.Helper()
	return keytest.Load[*Provider](t, keytest.Context(t, t.TempDir()), "file", Provider{Path: path})
}

func writeKey(t *testing.T, path string, mode os.FileMode) string {
	t.Helper()
	if err := os.WriteFile(path, keytest.Must[[]byte](t)(keys.PrivatePEM(keytest.Key(0))), 0o600); err != nil {
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
			file, err := provision(t, &Provider{Path: path})
			if err != nil {
				t.Fatal(err)
			}
			file.check(keys.DefaultTenant, 0)
			file.check("acme")
			if tenants := file.Tenants(); !slices.Equal(tenants, []string{keys.DefaultTenant}) {
				t.Errorf("the tenants are %q", tenants)
			}
		})
	}
}

func TestFileRefusesWhatOthersMayTouch(t *testing.T) {
	for _, mode := range []os.FileMode{0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o644, 0o666, 0o777, 0o440} {
		t.Run(mode.String(), func(t *testing.T) {
			path := writeKey(t, filepath.Join(t.TempDir(), "key.pem"), mode)
			_, err := loadFile(t, path)
			keytest.CheckRefusal(t, err, "", "chmod 600 "+path+"`", "others than its owner")
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
	keytest.CheckRefusal(t, err, "", "chmod 600")
}

func TestFileQuotesThePathForTheShell(t *testing.T) {
	path := writeKey(t, filepath.Join(t.TempDir(), "it's a key.pem"), 0o644)
	_, err := loadFile(t, path)
	keytest.CheckRefusal(t, err, "", "chmod 600 '"+filepath.Dir(path)+`/it'\''s a key.pem'`)
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
	tests := map[string]struct {
		path string
		says []string
	}{
		"no path":             {"", []string{"path of the key file is missing"}},
		"no such file":        {filepath.Join(dir, "none.pem"), []string{"none.pem", "does not exist"}},
		"a device":            {os.DevNull, []string{"not a regular file"}},
		"a large file":        {write("large.pem", pemOf(t, 0)+strings.Repeat("\n", privatefile.MaxSize)), []string{"larger than 64 KiB"}},
		"no key":              {write("empty.pem", ""), []string{"empty.pem", "empty"}},
		"a public key":        {write("public.pem", string(keytest.Must[[]byte](t)(keys.PublicPEM(&keytest.Key(0).PublicKey)))), []string{"public.pem", "public key"}},
		"unknown placeholder": {"{nothing.such}/key.pem", []string{"nothing.such"}},
		"empty placeholder":   {"{env.CUSTOMER_GATE_UNSET}", []string{"CUSTOMER_GATE_UNSET"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := loadFile(t, test.path)
			keytest.CheckRefusal(t, err, "", test.says...)
		})
	}
}

func TestFileRefusesOptionsOutOfRange(t *testing.T) {
	path := writeKey(t, filepath.Join(t.TempDir(), "key.pem"), 0o600)
	for name, test := range map[string]struct {
		config *Provider
		says   string // nothing if it is accepted
	}{
		"the defaults":               {&Provider{}, ""},
		"no watching":                {&Provider{ReloadInterval: seconds(0)}, ""},
		"the shortest interval":      {&Provider{ReloadInterval: seconds(1)}, ""},
		"the longest interval":       {&Provider{ReloadInterval: seconds(24 * 3600)}, ""},
		"a long overlap":             {&Provider{OverlapTime: *seconds(3650 * 24 * hour)}, ""},
		"fail/too short an interval": {&Provider{ReloadInterval: new(*seconds(1) - 1)}, "reload_interval"},
		"fail/too long an interval":  {&Provider{ReloadInterval: new(*seconds(24 * 3600) + 1)}, "reload_interval"},
		"fail/a negative interval":   {&Provider{ReloadInterval: seconds(-10)}, "reload_interval"},
		"fail/a negative overlap":    {&Provider{OverlapTime: -1}, "overlap"},
		"fail/too long an overlap":   {&Provider{OverlapTime: *seconds(3650 * 24 * hour) + 1}, "overlap"},
	} {
		t.Run(name, func(t *testing.T) {
			test.config.Path = path
			file, err := provision(t, test.config)
			if test.says != "" {
				keytest.CheckRefusal(t, err, "", test.says)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			file.check(keys.DefaultTenant, 0)
			if got := file.Overlap(); got != time.Duration(test.config.OverlapTime) {
				t.Errorf("it promises an overlap of %s", got)
			}
		})
	}
}

func TestFileRefusesUnknownOptions(t *testing.T) {
	path := writeKey(t, filepath.Join(t.TempDir(), "key.pem"), 0o600)
	_, err := keytest.Load[*Provider](t, keytest.Context(t, t.TempDir()), "file", map[string]string{"path": path, "passphrase": "x"})
	if err == nil {
		t.Error("it was accepted")
	}
}

func TestFileCaddyfile(t *testing.T) {
	for name, test := range map[string]struct {
		input string
		want  string // as JSON
	}{
		"a path":             {"file /etc/key.pem", `{"path":"/etc/key.pem"}`},
		"a path with blanks": {`file "/etc/our key.pem"`, `{"path":"/etc/our key.pem"}`},
		"a placeholder":      {"file {env.KEY_FILE}", `{"path":"{env.KEY_FILE}"}`},
		"all options":        {"file /k {\n reload_interval 1m\n overlap 2d\n}", `{"path":"/k","reload_interval":60000000000,"overlap":172800000000000}`},
		"no watching":        {"file /k {\n reload_interval 0\n}", `{"path":"/k","reload_interval":0}`},
	} {
		t.Run(name, func(t *testing.T) {
			file := new(Provider)
			if err := file.UnmarshalCaddyfile(caddyfile.NewTestDispenser(test.input)); err != nil {
				t.Fatal(err)
			}
			if got := string(keytest.Must[[]byte](t)(json.Marshal(file))); got != test.want {
				t.Errorf("it makes %s, want %s", got, test.want)
			}
		})
	}
}

func TestFileCaddyfileRefuses(t *testing.T) {
	for name, test := range map[string]struct{ input, says string }{
		"no path":                   {"file", "file: write `file <path>`"},
		"an empty path":             {`file ""`, "empty"},
		"two paths":                 {"file a.pem b.pem", "file: write `file <path>`"},
		"a block, but no path":      {"file {\n overlap 1h\n}", "file: write `file <path>`"},
		"an unknown option":         {"file a.pem {\n reload 1h\n}", "unknown option 'reload'"},
		"a doubled option":          {"file a.pem {\n overlap 1h\n overlap 1h\n}", "twice"},
		"no interval":               {"file a.pem {\n reload_interval\n}", "reload_interval: write `reload_interval <duration>`"},
		"an interval out of range":  {"file a.pem {\n reload_interval 500ms\n}", "1s to 24h"},
		"no duration":               {"file a.pem {\n overlap long\n}", "not a duration"},
		"a negative overlap":        {"file a.pem {\n overlap -1h\n}", "0 to 3650d"},
		"two overlaps in a line":    {"file a.pem {\n overlap 1h 2h\n}", "overlap: write `overlap <duration>`"},
		"a block behind an option":  {"file a.pem {\n overlap 1h {\n x\n }\n}", "takes no block"},
		"something after the block": {"file a.pem {\n overlap 1h\n}\nmore", "behind the block"},
	} {
		t.Run(name, func(t *testing.T) {
			err := new(Provider).UnmarshalCaddyfile(caddyfile.NewTestDispenser(test.input))
			keytest.CheckRefusal(t, err, "", test.says, "Testfile:")
		})
	}
}

// TestFileOfAPublicKeyThatAllMayRead is what keygen leaves beside the private one:
// who names it by mistake is told so, not to close it first.
func TestFileOfAPublicKeyThatAllMayRead(t *testing.T) {
	dir := t.TempDir()
	for name, test := range map[string]struct{ data, says string }{
		"public":  {string(keytest.Must[[]byte](t)(keys.PublicPEM(&keytest.Key(0).PublicKey))), "it holds a public key; name the file with the private one"},
		"private": {pemOf(t, 0), "chmod 600"},
		"neither": {"no key at all", "chmod 600"},
	} {
		path := filepath.Join(dir, name+".pem")
		if err := os.WriteFile(path, []byte(test.data), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		_, _, err := keys.ReadFile(path)
		if err == nil || !strings.Contains(err.Error(), path+": ") || !strings.Contains(err.Error(), test.says) {
			t.Errorf("of a file that is %s it says %v", name, err)
		}
	}
}
