package filekeys

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

func TestFolderGivesEachTenantItsKeys(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, map[string]int{
			"acme.pem":           0,
			"globex/2026-10.pem": 1,
			"globex/2026-11.pem": 2,
			"globex.pem":         3,
			"a-1/x.pem":          4,

			".hidden.pem":       5, // none of these counts
			".git/acme.pem":     5,
			"a-1/.x.pem":        5,
			"a-1/deep/down.pem": 5,
			"acme.pem.bak":      5,
			"initech.key":       5,
			"umbrella/old.txt":  5,
			"UPPER.PEM":         5,
			"lost+found/x.key":  5,
		})
		dir.put("globex.pem", 3, time.Minute)
		file, err := provision(t, &Provider{Path: dir.path})
		if err != nil {
			t.Fatal(err)
		}
		file.check("acme", 0)
		file.check("globex", 3, 2, 1)
		file.check("a-1", 4)
		for _, tenant := range []string{"default", "umbrella", "initech", ".hidden", "deep", "", "../acme", "acme.pem", "globex/2026-10"} {
			file.check(tenant)
		}
		if tenants := file.Tenants(); !slices.Equal(tenants, []string{"a-1", "acme", "globex"}) {
			t.Errorf("the tenants are %q", tenants)
		}
	})
}

func TestFolderOrdersKeys(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, nil)
		dir.put("by-age/a.pem", 0, time.Minute)
		dir.put("by-age/b.pem", 1, time.Hour)
		dir.put("by-age.pem", 2, 30*time.Minute)

		dir.put("by-name/2026-09.pem", 0, time.Hour)
		dir.put("by-name/2026-11.pem", 1, time.Hour)
		dir.put("by-name/2026-10.pem", 2, time.Hour)

		dir.put("same-name/same-name.pem", 0, time.Hour)
		dir.put("same-name.pem", 1, time.Hour)

		dir.put("next/2026-11.pem", 0, -time.Hour) // from a clock that is ahead, or on purpose
		dir.put("next/2026-10.pem", 1, time.Hour)

		dir.put("twice/old.pem", 0, 2*time.Hour)
		dir.put("twice/new.pem", 1, time.Hour)
		dir.put("twice.pem", 0, time.Minute)

		file, err := provision(t, &Provider{Path: dir.path})
		if err != nil {
			t.Fatal(err)
		}
		file.check("by-age", 0, 2, 1)
		file.check("by-name", 1, 2, 0)
		file.check("same-name", 0, 1)
		file.check("next", 1, 0)
		file.check("twice", 0, 1)
	})
}

// TestFolderOrdersFilesOfOneSecondByName: an archive that is unpacked, or a
// secret that is mounted, writes its files in any order.
func TestFolderOrdersFilesOfOneSecondByName(t *testing.T) {
	dir := newKeyDir(t, map[string]int{"acme/2026-10.pem": 0, "acme/2026-11.pem": 1})
	second := time.Now().Add(-time.Hour).Truncate(time.Second)
	for name, at := range map[string]time.Time{"2026-11.pem": second, "2026-10.pem": second.Add(900 * time.Millisecond)} {
		if err := os.Chtimes(filepath.Join(dir.path, "acme", name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	file, err := provision(t, &Provider{Path: dir.path})
	if err != nil {
		t.Fatal(err)
	}
	file.check("acme", 1, 0)
}

func TestFolderFollowsLinks(t *testing.T) {
	dir := newKeyDir(t, map[string]int{"..v1/acme.pem": 0, "..v1/globex/1.pem": 1})
	dir.link("..data", "..v1")
	dir.link("acme.pem", "..data/acme.pem")
	dir.link("globex", "..data/globex")
	dir.link("README", "nowhere") // cannot be a tenant
	file, err := provision(t, &Provider{Path: dir.path})
	if err != nil {
		t.Fatal(err)
	}
	file.check("acme", 0)
	file.check("globex", 1)
}

func TestFolderTakesWhatOnlyOthersCanReadTheNamesOf(t *testing.T) {
	for _, mode := range []os.FileMode{0o700, 0o500, 0o755, 0o750, 0o777 | os.ModeSticky} {
		t.Run(mode.String(), func(t *testing.T) {
			dir := newKeyDir(t, map[string]int{"acme/1.pem": 0, "globex.pem": 1})
			dir.chmod("acme", mode)
			dir.chmod("", mode)
			file, err := provision(t, &Provider{Path: dir.path})
			if err != nil {
				t.Fatal(err)
			}
			file.check("acme", 0)
			file.check("globex", 1)
		})
	}
}

func TestFolderRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		change func(dir keyDir)
		says   []string
	}{
		"no key": {
			func(d keyDir) { d.remove("acme.pem"); d.write("readme.txt", "", 0) },
			[]string{"holds no key", "TENANT.pem"},
		},
		"a name in upper case": {
			func(d keyDir) { d.put("Globex.pem", 1, 0) },
			[]string{"Globex.pem", "a-z, 0-9 and the hyphen", "rename it to globex.pem"},
		},
		"a directory in upper case": {
			func(d keyDir) { d.put("Globex/1.pem", 1, 0) },
			[]string{"/Globex:", "rename it to globex"},
		},
		"a name that is no tenant's": {
			func(d keyDir) { d.put("glo_bex.pem", 1, 0) },
			[]string{"glo_bex.pem", "move it elsewhere"},
		},
		"no name at all": {
			func(d keyDir) { d.put("globex/.pem", 1, 0); d.put("glob.ex.pem", 1, 0) },
			[]string{"glob.ex.pem"},
		},
		"too long a name": {
			func(d keyDir) { d.put(strings.Repeat("x", 64)+".pem", 1, 0) },
			[]string{"xxx.pem", "1 to 63"},
		},
		"a broken file": {
			func(d keyDir) { d.write("globex.pem", "-----BEGIN", 0) },
			[]string{"globex.pem"},
		},
		"a broken file among good ones": {
			func(d keyDir) { d.put("globex/1.pem", 1, 0); d.write("globex/2.pem", "", 0) },
			[]string{"globex/2.pem", "empty"},
		},
		"files that others may read, all at once": {
			func(d keyDir) { d.chmod("acme.pem", 0o644); d.put("globex.pem", 1, 0); d.chmod("globex.pem", 0o640) },
			[]string{"acme.pem", "globex.pem", "chmod 600"},
		},
		"five files for a tenant": {
			func(d keyDir) {
				for i, name := range []string{"globex.pem", "globex/1.pem", "globex/2.pem", "globex/3.pem", "globex/4.pem"} {
					d.put(name, i, 0)
				}
			},
			[]string{"tenant globex has 5 key files", "at most 4"},
		},
		"a directory like a file": {
			func(d keyDir) { d.put("globex.pem/1.pem", 1, 0) },
			[]string{"globex.pem", "not a regular file"},
		},
		"a file that is a dead link": {
			func(d keyDir) { d.link("globex.pem", "nowhere") },
			[]string{"globex.pem", "does not exist"},
		},
		"a directory that is a dead link": {
			func(d keyDir) { d.link("globex", "nowhere") },
			[]string{"globex", "correct or remove it"},
		},
		"a directory that its group can write to": {
			func(d keyDir) { d.chmod("", 0o770) },
			[]string{"chmod go-w"},
		},
		"a directory that all can write to": {
			func(d keyDir) { d.chmod("", 0o702) },
			[]string{"chmod go-w"},
		},
		"a tenant's directory that all can write to": {
			func(d keyDir) { d.put("globex/1.pem", 1, 0); d.chmod("globex", 0o777) },
			[]string{"can write to", "chmod go-w", "/globex`"},
		},
		"a directory above that all can write to": {
			func(d keyDir) { d.chmod("..", 0o777) },
			[]string{"can write to", "chmod go-w"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := newKeyDir(t, map[string]int{"acme.pem": 0})
			test.change(dir)
			before := keytest.Loads(t, providerName, "failed")
			file, err := provision(t, &Provider{Path: dir.path})
			keytest.CheckRefusal(t, err, "", append(test.says, dir.path)...)
			if keytest.Loads(t, providerName, "failed") != before+1 {
				t.Error("the metric does not count it")
			}
			if file != nil {
				t.Error("there is a provider")
			}
			checkForgotten(t, dir.path)
		})
	}
}

// checkForgotten fails the test if a history is still held by somebody.
func checkForgotten(t *testing.T, path string) {
	t.Helper()
	if n, held := histories.References(path); held {
		t.Errorf("%d still hold the history", n)
	}
}

func TestFolderQuotesThePathForTheShell(t *testing.T) {
	dir := newKeyDir(t, map[string]int{"our keys/acme.pem": 0})
	dir.chmod("our keys", 0o777)
	_, err := provision(t, &Provider{Path: filepath.Join(dir.path, "our keys")})
	keytest.CheckRefusal(t, err, "", "`chmod go-w '"+dir.path+"/our keys'`")
}

// TestFolderRefusesWhatStrangersHavePutThere: it is neither read nor passed over
// in silence.
func TestFolderRefusesWhatStrangersHavePutThere(t *testing.T) {
	if os.Geteuid() != 0 && os.Getenv("CI") != "true" {
		t.Skip("only root can give files away")
	}
	const stranger = 54321
	for name, add := range map[string]func(d keyDir) string{
		"a file":      func(d keyDir) string { d.put("acme/2.pem", 1, 0); return "acme/2.pem" },
		"a link":      func(d keyDir) string { d.link("acme/2.pem", "1.pem"); return "acme/2.pem" },
		"a directory": func(d keyDir) string { d.put("globex/1.pem", 1, 0); return "globex" },
	} {
		t.Run(name, func(t *testing.T) {
			dir := newKeyDir(t, map[string]int{"acme/1.pem": 0})
			dir.chmod("", 0o777|os.ModeSticky)
			dir.chmod("acme", 0o777|os.ModeSticky)
			strange := filepath.Join(dir.path, add(dir))
			if err := os.Lchown(strange, stranger, stranger); err != nil {
				t.Fatal(err)
			}
			_, err := provision(t, &Provider{Path: dir.path})
			keytest.CheckRefusal(t, err, "", strange+" was put there by a stranger (uid 54321)")
		})
	}
}
