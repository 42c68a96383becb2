package filekeys

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

// look has the providers look at their files once.
func look(interval time.Duration) {
	time.Sleep(interval)
	synctest.Wait()
}

// inBubble runs a test in which time passes only when all wait for it.
func inBubble(name string, t *testing.T, test func(t *testing.T)) {
	t.Run(name, func(t *testing.T) {
		keytest.MakeKeys()
		synctest.Test(t, test)
	})
}

func TestFileTakesUpChanges(t *testing.T) {
	for name, test := range map[string]struct {
		before map[string]int
		change func(d keyDir)
		after  map[string][]int
	}{
		"a new tenant": {
			map[string]int{"acme.pem": 0},
			func(d keyDir) { d.put("globex.pem", 1, 0) },
			map[string][]int{"acme": {0}, "globex": {1}},
		},
		"a tenant that is gone": {
			map[string]int{"acme.pem": 0, "globex.pem": 1},
			func(d keyDir) { d.remove("globex.pem") },
			map[string][]int{"acme": {0}, "globex": nil},
		},
		"another key in a file": {
			map[string]int{"acme.pem": 0, "globex.pem": 1},
			func(d keyDir) { d.put("acme.pem", 2, 0) },
			map[string][]int{"acme": {2}, "globex": {1}},
		},
		"a newer file beside the old one": {
			map[string]int{"acme/1.pem": 0},
			func(d keyDir) { d.put("acme/2.pem", 1, 0) },
			map[string][]int{"acme": {1, 0}},
		},
		"an older file beside the new one": {
			map[string]int{"acme/1.pem": 0},
			func(d keyDir) { d.put("acme/2.pem", 1, 2*time.Hour) },
			map[string][]int{"acme": {0, 1}},
		},
		"a file that is touched": {
			map[string]int{"acme/1.pem": 0, "acme/2.pem": 1},
			func(d keyDir) { d.put("acme/1.pem", 0, 0) },
			map[string][]int{"acme": {0, 1}},
		},
		"a file that is renamed": {
			map[string]int{"acme.pem": 0, "globex.pem": 1},
			func(d keyDir) { d.remove("acme.pem"); d.put("acme/1.pem", 0, time.Hour) },
			map[string][]int{"acme": {0}, "globex": {1}},
		},
		"two files that change places": {
			map[string]int{"acme.pem": 0, "globex.pem": 1},
			func(d keyDir) { d.put("acme.pem", 1, time.Hour); d.put("globex.pem", 0, time.Hour) },
			map[string][]int{"acme": {1}, "globex": {0}},
		},
		"nothing": {
			map[string]int{"acme.pem": 0},
			func(keyDir) {},
			map[string][]int{"acme": {0}},
		},
	} {
		inBubble(name, t, func(t *testing.T) {
			dir := newKeyDir(t, test.before)
			failed, ok := keytest.Loads(t, providerName, "failed"), keytest.Loads(t, providerName, "ok")
			file := run(t, &Provider{Path: dir.path})
			test.change(dir)
			look(10 * time.Second)
			for tenant, numbers := range test.after {
				file.check(tenant, numbers...)
			}
			file.checkLog("error")
			if keytest.Loads(t, providerName, "failed") != failed || keytest.Loads(t, providerName, "ok") != ok+2 {
				t.Error("the metric does not count two good loads")
			}
		})
	}
}

// TestFileTakesUpAKeyOfTheSameSizeAndTime: a file can be replaced by one that
// looks the same.
func TestFileTakesUpAKeyOfTheSameSizeAndTime(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, nil)
		padded := func(number int) string { return pemOf(t, number) + strings.Repeat("\n", 4096-len(pemOf(t, number))) }
		dir.write("key.pem", padded(0), time.Hour)
		path := filepath.Join(dir.path, "key.pem")
		info := keytest.Must[os.FileInfo](t)(os.Stat(path))
		file := run(t, &Provider{Path: path})
		if err := os.WriteFile(path, []byte(padded(1)), 0o600); err != nil { // the inode stays
			t.Fatal(err)
		}
		if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
			t.Fatal(err)
		}
		look(10 * time.Second)
		file.check(keys.DefaultTenant, 1)
	})
}

func TestFileLooksAtItsInterval(t *testing.T) {
	for name, test := range map[string]struct {
		asked   *caddy.Duration
		seen    time.Duration // when the change is, at the latest
		notSeen time.Duration // and when it cannot be yet
	}{
		"by default":  {nil, 10 * time.Second, 10*time.Second - 1},
		"as asked":    {seconds(90), 90 * time.Second, 90*time.Second - 1},
		"never":       {seconds(0), 0, 48 * time.Hour},
		"not started": {nil, 0, 48 * time.Hour},
	} {
		inBubble(name, t, func(t *testing.T) {
			dir := newKeyDir(t, map[string]int{"key.pem": 0})
			file, err := provision(t, &Provider{Path: filepath.Join(dir.path, "key.pem"), ReloadInterval: test.asked})
			if err != nil {
				t.Fatal(err)
			}
			if name != "not started" {
				if err := file.Start(); err != nil {
					t.Fatal(err)
				}
			}
			dir.put("key.pem", 1, 0)
			look(test.notSeen)
			file.check(keys.DefaultTenant, 0)
			if test.seen > 0 {
				look(test.seen - test.notSeen)
				file.check(keys.DefaultTenant, 1)
			}
		})
	}
}

func TestFileStopsLookingWithItsConfiguration(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, map[string]int{"acme.pem": 0})
		file := run(t, &Provider{Path: dir.path})
		file.unload()
		synctest.Wait()
		dir.put("acme.pem", 1, 0)
		look(time.Hour)
		file.check("acme", 0)
		checkForgotten(t, dir.path)
	})
}

// TestFileFollowsKubernetes: a secret is updated by having a link lead to
// another directory, and files that are no more are dead links for a moment.
func TestFileFollowsKubernetes(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, map[string]int{"..v1/acme.pem": 0, "..v1/globex.pem": 1, "..v2/acme.pem": 2})
		dir.chmod("", 0o777|os.ModeSticky)
		dir.link("..data", "..v1")
		dir.link("acme.pem", "..data/acme.pem")
		dir.link("globex.pem", "..data/globex.pem")
		file := run(t, &Provider{Path: dir.path})
		dir.link("..data_tmp", "..v2")
		if err := os.Rename(filepath.Join(dir.path, "..data_tmp"), filepath.Join(dir.path, "..data")); err != nil {
			t.Fatal(err)
		}
		look(10 * time.Second)
		file.check("acme", 2)
		file.check("globex", 1)
		dir.remove("globex.pem")
		look(10 * time.Second)
		file.check("acme", 2)
		file.check("globex")
	})
}

// TestFileIsAskedWhileItChanges is one for the race detector: whoever asks gets
// the keys of before or those of after.
func TestFileIsAskedWhileItChanges(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, map[string]int{"acme.pem": 0})
		first := run(t, &Provider{Path: dir.path, OverlapTime: *seconds(1), ReloadInterval: seconds(1)})
		second := run(t, &Provider{Path: dir.path, ReloadInterval: seconds(1)})
		ctx := t.Context()
		var asking sync.WaitGroup
		for _, file := range []*running{first, second, first} {
			asking.Go(func() {
				for range 200 {
					ring, err := file.Keys("acme")
					if err != nil || len(ring) == 0 || len(ring) > keys.MaxKeys || ctx.Err() != nil {
						t.Errorf("%d keys, %v", len(ring), err)
					}
					if !slices.Equal(file.Tenants(), []string{"acme"}) {
						t.Error("the tenant is gone")
					}
					time.Sleep(50 * time.Millisecond)
				}
			})
		}
		for i := range 9 {
			dir.put("acme.pem", i%3, 0)
			time.Sleep(time.Second)
		}
		asking.Wait()
	})
}

// TestFileLogsEachKeyOnce, in however many files it is.
func TestFileLogsEachKeyOnce(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, map[string]int{"acme.pem": 0})
		file := run(t, &Provider{Path: dir.path})
		dir.put("globex.pem", 1, time.Minute)
		dir.put("globex/copy.pem", 1, time.Hour)
		look(10 * time.Second)
		file.checkLog("info", "using an RSA key for encrypted passwords tenant=globex file="+dir.path+"/globex.pem")
		dir.remove("globex")
		look(10 * time.Second)
		dir.remove("globex.pem")
		look(10 * time.Second)
		file.checkLog("info", "has left its file")
	})
}

// TestFileLeavesWhatHasNotChanged: a look that finds nothing new makes no work
// for those who ask, and no key is checked twice.
func TestFileLeavesWhatHasNotChanged(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, map[string]int{"acme.pem": 0, "globex.pem": 1})
		file := run(t, &Provider{Path: dir.path, OverlapTime: *seconds(hour)})
		keysOf := func(tenant string) []keys.Key { return keytest.Must[[]keys.Key](t)(file.Keys(tenant)) }
		acme, globex := keysOf("acme"), keysOf("globex")
		look(10 * time.Second)
		dir.put("globex.pem", 1, 0)
		look(10 * time.Second)
		if &keysOf("acme")[0] != &acme[0] {
			t.Error("the keys of acme were made anew")
		}
		if keysOf("globex")[0].NotBefore.Equal(globex[0].NotBefore) {
			t.Error("the keys of globex are as old as before")
		}
		if keysOf("globex")[0].Decrypter != globex[0].Decrypter {
			t.Error("the key of globex was read anew")
		}
	})
}

func TestFileAnswersWithoutAllocating(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, map[string]int{"acme/1.pem": 0, "acme/2.pem": 1})
		file := run(t, &Provider{Path: dir.path, OverlapTime: *seconds(3600)})
		dir.put("acme/2.pem", 2, 0)
		look(10 * time.Second)
		file.check("acme", 2, 0, 1)
		look(time.Minute) // looks that find nothing new leave everything as it is
		n := testing.AllocsPerRun(100, func() {
			if ring, err := file.Keys("acme"); err != nil || len(ring) != 3 {
				t.Error(len(ring), err)
			}
			if _, err := file.Keys("globex"); !errors.Is(err, keys.ErrUnknownTenant) {
				t.Error(err)
			}
		})
		if n != 0 {
			t.Errorf("%.0f allocations", n)
		}
	})
}
