package filekeys

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

// TestFileKeepsTheKeysOfATenantInTrouble: for as long as something is wrong,
// this tenant has its old keys, the others get their new ones, every look is
// counted as failed, and the log says once what is wrong and once that it is
// well again.
func TestFileKeepsTheKeysOfATenantInTrouble(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(d keyDir)
		mend  func(d keyDir)
		says  string
	}{
		"half a file": {
			func(d keyDir) { d.write("acme/1.pem", pemOf(d.t, 2)[:800], 0) },
			nil, "1.pem",
		},
		"an empty file": {
			func(d keyDir) { d.write("acme/1.pem", "", 0) },
			nil, "empty",
		},
		"junk!": {
			func(d keyDir) { d.write("acme/1.pem", "junk!", 0) },
			nil, "neither PEM nor Base64",
		},
		"a file that others may read": {
			func(d keyDir) { d.put("acme/1.pem", 2, 0); d.chmod("acme/1.pem", 0o644) },
			nil, "chmod 600",
		},
		"the same file, that others may read from now on": {
			func(d keyDir) { d.chmod("acme/1.pem", 0o604) },
			nil, "chmod 600",
		},
		"a directory in its place": {
			func(d keyDir) { d.remove("acme/1.pem"); d.put("acme/1.pem/x.pem", 2, 0) },
			func(d keyDir) { d.remove("acme/1.pem") },
			"not a regular file",
		},
		"a dead link": {
			func(d keyDir) { d.remove("acme/1.pem"); d.link("acme/1.pem", "nowhere") },
			nil, "does not exist",
		},
		"one bad file more": {
			func(d keyDir) { d.write("acme/3.pem", "junk!", 0) },
			func(d keyDir) { d.remove("acme/3.pem") },
			"3.pem",
		},
		"a bad file beside a new one": {
			func(d keyDir) { d.put("acme.pem", 3, 0); d.write("acme/1.pem", "junk!", 0) },
			func(d keyDir) { d.remove("acme.pem") },
			"1.pem",
		},
		"a bad file and one that is gone": {
			func(d keyDir) { d.write("acme/1.pem", "junk!", 0); d.remove("acme/2.pem") },
			func(d keyDir) { d.put("acme/2.pem", 1, 2*time.Hour) },
			"1.pem",
		},
		"too many files": {
			func(d keyDir) {
				for _, name := range []string{"acme/3.pem", "acme/4.pem", "acme/5.pem"} {
					d.put(name, 3, 0)
				}
			},
			func(d keyDir) { d.remove("acme/3.pem"); d.remove("acme/4.pem"); d.remove("acme/5.pem") },
			"5 key files",
		},
		"a directory that others may write to": {
			func(d keyDir) { d.chmod("acme", 0o777) },
			func(d keyDir) { d.chmod("acme", 0o700) },
			"chmod go-w",
		},
		"a directory that is a dead link": {
			func(d keyDir) { d.remove("acme"); d.link("acme", "nowhere") },
			func(d keyDir) { d.remove("acme"); d.put("acme/2.pem", 1, 2*time.Hour) },
			"correct or remove it",
		},
	} {
		inBubble(name, t, func(t *testing.T) {
			dir := newKeyDir(t, map[string]int{"acme/1.pem": 0, "globex.pem": 4})
			dir.put("acme/2.pem", 1, 2*time.Hour)
			file := run(t, &Provider{Path: dir.path})
			file.check("acme", 0, 1)
			failed := keytest.Loads(t, providerName, "failed")

			test.spoil(dir)
			dir.put("globex.pem", 5, 0)
			for range 3 {
				look(10 * time.Second)
				file.check("acme", 0, 1)
				file.check("globex", 5)
			}
			if errors := file.logged("error"); len(errors) != 1 || !strings.Contains(errors[0], "tenant=acme error=") || !strings.Contains(errors[0], test.says) {
				t.Errorf("it logged %q, it should say once %q", errors, test.says)
			}
			if n := keytest.Loads(t, providerName, "failed") - failed; n != 3 {
				t.Errorf("%d failed loads, want 3", n)
			}

			if test.mend != nil {
				test.mend(dir)
			}
			dir.put("acme/1.pem", 2, 0)
			look(10 * time.Second)
			file.check("acme", 2, 1)
			file.checkLog("info", "keys can be read again tenant=acme", "using an RSA key", "has left its file and decrypts no longer")
			if n := keytest.Loads(t, providerName, "failed") - failed; n != 3 {
				t.Errorf("%d failed loads, want no more than 3", n)
			}
		})
	}
}

func TestFileSaysWhatTheTroubleIs(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, map[string]int{"acme.pem": 0})
		file := run(t, &Provider{Path: dir.path})
		dir.write("acme.pem", "junk!", 0)
		look(10 * time.Second)
		file.checkLog("error", "acme.pem: it is neither PEM nor Base64")
		dir.write("acme.pem", "", 0)
		dir.write("globex.pem", "junk!", 0)
		dir.put("ACME.pem", 1, 0)
		look(10 * time.Second)
		file.checkLog("error", "rename it to acme.pem", "tenant=acme error=key file "+dir.path+"/acme.pem: there is no key in it", "tenant=globex")
		dir.remove("ACME.pem")
		look(10 * time.Second)
		file.checkLog("info", "keys can be read again file="+dir.path+"/ACME.pem")
	})
}

// TestFileKeepsAllKeysWhenNothingCanBeRead: above all, a file system that was
// unmounted must not look like one whose keys were all removed.
func TestFileKeepsAllKeysWhenNothingCanBeRead(t *testing.T) {
	for name, test := range map[string]struct {
		path  string // in the directory
		spoil func(d keyDir)
		says  string
	}{
		"the directory is gone":       {"keys", func(d keyDir) { d.remove("keys") }, "keys does not exist"},
		"the directory is empty":      {"keys", func(d keyDir) { d.remove("keys/default.pem") }, "holds no key"},
		"the directory is open":       {"keys", func(d keyDir) { d.chmod("keys", 0o777) }, "chmod go-w"},
		"the directory is now a file": {"keys", func(d keyDir) { d.remove("keys"); d.put("keys", 1, 0) }, "not a directory"},
		"the file is gone":            {"keys/default.pem", func(d keyDir) { d.remove("keys") }, "does not exist"},
		"the file is broken":          {"keys/default.pem", func(d keyDir) { d.write("keys/default.pem", "-", 0) }, "key file"},
		"the file is open":            {"keys/default.pem", func(d keyDir) { d.chmod("keys/default.pem", 0o660) }, "chmod 600"},
		"the file is now a directory": {"keys/default.pem", func(d keyDir) { d.remove("keys/default.pem"); d.put("keys/default.pem/x.pem", 1, 0) }, "not a regular file"},
		"the file holds two keys":     {"keys/default.pem", func(d keyDir) { d.write("keys/default.pem", pemOf(d.t, 0)+pemOf(d.t, 1), 0) }, "key file"},
		"the file holds something else": {"keys/default.pem", func(d keyDir) {
			d.write("keys/default.pem", string(keytest.Must[[]byte](d.t)(keys.PublicPEM(&keytest.Key(0).PublicKey))), 0)
		}, "public key"},
	} {
		inBubble(name, t, func(t *testing.T) {
			dir := newKeyDir(t, map[string]int{"keys/default.pem": 0})
			file := run(t, &Provider{Path: filepath.Join(dir.path, test.path)})
			failed := keytest.Loads(t, providerName, "failed")
			test.spoil(dir)
			for range 3 {
				look(10 * time.Second)
				file.check(keys.DefaultTenant, 0)
			}
			file.checkLog("error", test.says)
			if n := keytest.Loads(t, providerName, "failed") - failed; n != 3 {
				t.Errorf("%d failed loads, want 3", n)
			}
			dir.remove("keys")
			dir.put("keys/default.pem", 1, 0)
			look(10 * time.Second)
			file.check(keys.DefaultTenant, 1)
			file.checkLog("info", "keys can be read again file="+filepath.Join(dir.path, test.path), "using an RSA key", "has left")
		})
	}
}

// TestFileRemembersTroublesWhenNothingCanBeRead: what was wrong before is not
// well again because nothing at all can be read, and not worth another line.
func TestFileRemembersTroublesWhenNothingCanBeRead(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, map[string]int{"keys/acme.pem": 0})
		file := run(t, &Provider{Path: filepath.Join(dir.path, "keys")})
		dir.write("keys/globex.pem", "junk!", 0)
		look(10 * time.Second)
		file.checkLog("error", "tenant=globex")
		dir.chmod("keys", 0o777)
		look(10 * time.Second)
		file.checkLog("error", "chmod go-w")
		dir.chmod("keys", 0o700)
		look(10 * time.Second)
		if all := file.logs.TakeAll(); len(all) != 1 || all[0].Message != "keys can be read again" {
			t.Errorf("it logged %v", all)
		}
	})
}

func TestFileSurvivesAPanic(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, map[string]int{"acme.pem": 0})
		file := run(t, &Provider{Path: dir.path})
		failed := keytest.Loads(t, providerName, "failed")
		replace := func(with *reader) (replaced *reader) {
			file.history.reading.Lock()
			defer file.history.reading.Unlock()
			replaced, file.reader = file.reader, with
			return replaced
		}
		reader := replace(nil)
		look(10 * time.Second)
		file.check("acme", 0)
		if keytest.Loads(t, providerName, "failed") != failed+1 {
			t.Error("the metric does not count it")
		}
		if all := file.logs.TakeAll(); len(all) != 1 || len(all[0].Context) > 0 {
			t.Errorf("it logged %v", all)
		}
		replace(reader)
		dir.put("acme.pem", 1, 0)
		look(10 * time.Second)
		file.check("acme", 1)
	})
}
