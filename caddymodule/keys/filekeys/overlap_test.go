package filekeys

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

const hour = 3600 // seconds

func TestFileEndsAKeyWithItsFileByDefault(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, map[string]int{"key.pem": 0})
		file := run(t, &Provider{Path: filepath.Join(dir.path, "key.pem")})
		dir.put("key.pem", 1, 0)
		look(10 * time.Second)
		file.check(keys.DefaultTenant, 1)
		file.checkLog("info", "using an RSA key", "has left its file and decrypts no longer tenant=default file="+dir.path+"/key.pem")
	})
}

func TestFileKeepsAKeyForTheOverlap(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, map[string]int{"key.pem": 0})
		file := run(t, &Provider{Path: filepath.Join(dir.path, "key.pem"), OverlapTime: *seconds(hour)})
		dir.put("key.pem", 1, 0)
		look(10 * time.Second)
		noticed := time.Now()
		file.check(keys.DefaultTenant, 1, 0)
		file.checkLog("info", "using an RSA key", "has left its file and still decrypts for a while")
		ring := keytest.Must[[]keys.Key](t)(file.Keys(keys.DefaultTenant))
		if !ring[0].NotAfter.IsZero() || !ring[1].NotAfter.Equal(noticed.Add(time.Hour)) {
			t.Errorf("the keys end at %s and %s", ring[0].NotAfter, ring[1].NotAfter)
		}
		if s := keys.StateOf(ring, 1, noticed); s != keys.Retiring {
			t.Errorf("the old key is %s", s)
		}
		look(time.Hour - 1)
		file.check(keys.DefaultTenant, 1, 0)
		look(1)
		file.check(keys.DefaultTenant, 1)
		look(time.Minute)
		file.checkLog("info") // there is no more to say about it
	})
}

// TestFileEndsAKeyWithoutLooking: what was promised does not depend on whether
// the files can still be read.
func TestFileEndsAKeyWithoutLooking(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, map[string]int{"acme.pem": 0, "globex.pem": 1})
		file := run(t, &Provider{Path: dir.path, OverlapTime: *seconds(hour)})
		dir.put("acme.pem", 2, 0)
		dir.remove("globex.pem")
		look(10 * time.Second)
		dir.remove("")
		look(time.Hour - 1)
		file.check("acme", 2, 0)
		file.check("globex", 1)
		look(1)
		file.check("acme", 2)
		file.check("globex")
		if tenants := file.Tenants(); !slices.Equal(tenants, []string{"acme"}) {
			t.Errorf("the tenants are %q", tenants)
		}
	})
}

// TestFileDoesNotGiveOutAKeyThatHasLeft: going back to an older key puts it in
// use, however new the other one is.
func TestFileDoesNotGiveOutAKeyThatHasLeft(t *testing.T) {
	for name, age := range map[string]time.Duration{"an older key": time.Hour, "a key of the future": -2 * time.Hour} {
		inBubble(name, t, func(t *testing.T) {
			dir := newKeyDir(t, nil)
			dir.put("acme/1.pem", 0, age)
			dir.put("acme/2.pem", 1, age-time.Minute)
			file := run(t, &Provider{Path: dir.path, OverlapTime: *seconds(3 * hour)})
			dir.remove("acme/2.pem")
			look(10 * time.Second)
			file.check("acme", 0, 1)
			look(2 * time.Hour)
			file.check("acme", 0, 1)
			look(time.Hour)
			file.check("acme", 0)
		})
	}
}

func TestFileTakesAKeyBack(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, map[string]int{"acme.pem": 0})
		file := run(t, &Provider{Path: dir.path, OverlapTime: *seconds(hour)})
		dir.put("acme.pem", 1, time.Minute)
		look(10 * time.Second)
		file.check("acme", 1, 0)
		dir.put("acme.pem", 0, 0)
		look(10 * time.Second)
		file.check("acme", 0, 1)
		if ring := keytest.Must[[]keys.Key](t)(file.Keys("acme")); !ring[0].NotAfter.IsZero() {
			t.Error("the key in use is still going to end")
		}
		look(2 * time.Hour)
		file.check("acme", 0)
		dir.put("acme/old.pem", 1, 3*time.Hour) // of which nobody knows any more
		look(10 * time.Second)
		file.check("acme", 0, 1)
	})
}

// TestFileTriesKeysInFilesFirst: those that have left get what is left of the
// four attempts, the last one first.
func TestFileTriesKeysInFilesFirst(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, map[string]int{"acme/1.pem": 0})
		file := run(t, &Provider{Path: dir.path, OverlapTime: *seconds(hour)})
		for number := 1; number <= 5; number++ {
			dir.put("acme/1.pem", number, 0)
			look(10 * time.Second)
		}
		file.check("acme", 5, 4, 3, 2)
		dir.put("acme/2.pem", 0, -time.Minute) // its time is yet to come
		dir.put("acme/3.pem", 1, time.Hour)
		look(10 * time.Second)
		file.check("acme", 5, 1, 4, 0)
		dir.remove("acme")
		dir.put("globex.pem", 5, 0)
		look(10 * time.Second)
		file.check("globex", 5)
		if ring := keytest.Must[[]keys.Key](t)(file.Keys("acme")); len(ring) != keys.MaxKeys {
			t.Errorf("there are %d keys left", len(ring))
		}
	})
}

// TestFileRemembersAcrossReloads: the time of a key that has left goes on while
// one configuration takes the place of another, each with its own overlap.
func TestFileRemembersAcrossReloads(t *testing.T) {
	for name, test := range map[string]struct {
		before, after int // seconds of overlap
		later         time.Duration
		want          []int
	}{
		"the same overlap":                {hour, hour, time.Hour - 1, []int{1, 0}},
		"the same overlap, over":          {hour, hour, time.Hour, []int{1}},
		"a shorter overlap":               {hour, 600, 10*time.Minute - 1, []int{1, 0}},
		"a shorter overlap, over":         {hour, 600, 10 * time.Minute, []int{1}},
		"a shorter overlap, over already": {hour, 60, 2 * time.Minute, []int{1}},
		"no overlap any more":             {hour, 0, 2 * time.Minute, []int{1}},
		"a longer overlap":                {hour, 2 * hour, 2*time.Hour - 1, []int{1, 0}},
		"a longer overlap, over":          {hour, 2 * hour, 2 * time.Hour, []int{1}},
		"an overlap where there was none": {0, hour, 2 * time.Minute, []int{1}},
	} {
		for watching, interval := range map[string]*caddy.Duration{"watched": seconds(1), "not watched": seconds(0)} {
			inBubble(name+", "+watching, t, func(t *testing.T) {
				dir := newKeyDir(t, map[string]int{"acme.pem": 0})
				path := filepath.Join(dir.path, "acme.pem")
				old := run(t, &Provider{Path: path, OverlapTime: *seconds(test.before), ReloadInterval: seconds(1)})
				dir.put("acme.pem", 1, 0)
				look(time.Second)
				left := time.Now()
				look(2 * time.Minute)

				renewed := run(t, &Provider{Path: filepath.Join(dir.path, ".", "x", "..", "acme.pem"), OverlapTime: *seconds(test.after), ReloadInterval: interval})
				old.unload()
				look(time.Until(left.Add(test.later)))
				renewed.check(keys.DefaultTenant, test.want...)
				renewed.checkLog("info") // nothing is new
				renewed.unload()
				checkForgotten(t, path)
			})
		}
	}
}

// TestFileDoesNotBringBackAKey: an operator who has ended a key by ending the
// overlap must not get it back with the next overlap.
func TestFileDoesNotBringBackAKey(t *testing.T) {
	for watching, interval := range map[string]*caddy.Duration{"watched": seconds(1), "not watched": seconds(0)} {
		inBubble(watching, t, func(t *testing.T) {
			dir := newKeyDir(t, map[string]int{"acme.pem": 0})
			current := run(t, &Provider{Path: dir.path, OverlapTime: *seconds(hour), ReloadInterval: seconds(1)})
			dir.put("acme.pem", 1, 0)
			look(time.Second)
			current.check("acme", 1, 0)
			for _, overlap := range []int{0, hour} {
				next := run(t, &Provider{Path: dir.path, OverlapTime: *seconds(overlap), ReloadInterval: interval})
				current.unload()
				current = next
				look(2 * time.Second)
				current.check("acme", 1)
			}
		})
	}
}

// TestFileNoticesAtAReload: without watching, a key leaves when a configuration
// is loaded, and still has its overlap.
func TestFileNoticesAtAReload(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, map[string]int{"acme.pem": 0, "globex.pem": 1})
		config := &Provider{Path: dir.path, OverlapTime: *seconds(hour), ReloadInterval: seconds(0)}
		old := run(t, config)
		dir.put("acme.pem", 2, 0)
		dir.remove("globex.pem")
		look(time.Hour)
		old.check("acme", 0)
		renewed := run(t, config)
		old.unload()
		renewed.check("acme", 2, 0)
		renewed.check("globex", 1)
		look(time.Hour)
		renewed.check("acme", 2)
		renewed.check("globex")
	})
}

// TestFileForgetsAcrossRestarts is as documented.
func TestFileForgetsAcrossRestarts(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, map[string]int{"acme.pem": 0})
		config := &Provider{Path: dir.path, OverlapTime: *seconds(hour)}
		first := run(t, config)
		dir.put("acme.pem", 1, 0)
		look(10 * time.Second)
		first.check("acme", 1, 0)
		first.unload()
		run(t, config).check("acme", 1)
	})
}

// TestFileOfARefusedConfigurationChangesNothing: the configuration that runs
// keeps its keys, and forgets nothing.
func TestFileOfARefusedConfigurationChangesNothing(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, map[string]int{"acme.pem": 0})
		running := run(t, &Provider{Path: dir.path, OverlapTime: *seconds(hour)})
		dir.put("acme.pem", 1, 0)
		look(10 * time.Second)
		dir.write("acme.pem", "junk!", 0)
		if _, err := provision(t, &Provider{Path: dir.path}); err == nil {
			t.Fatal("a broken file was accepted")
		}
		if n, _ := histories.References(dir.path); n != 1 {
			t.Errorf("%d hold the history, want 1", n)
		}
		look(10 * time.Second)
		running.check("acme", 1, 0)
	})
}

// TestFilesOfOnePathShareWhatTheyHaveSeen: several gates of a configuration may
// have the same path, and different overlaps.
func TestFilesOfOnePathShareWhatTheyHaveSeen(t *testing.T) {
	inBubble("", t, func(t *testing.T) {
		dir := newKeyDir(t, map[string]int{"acme.pem": 0, "globex.pem": 2})
		long := run(t, &Provider{Path: dir.path, OverlapTime: *seconds(hour)})
		short := run(t, &Provider{Path: dir.path, OverlapTime: *seconds(60)})
		dir.put("acme.pem", 1, 0)
		dir.remove("globex.pem")
		look(10 * time.Second)
		for _, file := range []*running{long, short} {
			file.check("acme", 1, 0)
			file.check("globex", 2)
		}
		if n := len(long.logged("info")) + len(short.logged("info")); n != 3 {
			t.Errorf("%d messages, want one for each key", n)
		}
		look(time.Minute)
		long.check("acme", 1, 0)
		long.check("globex", 2)
		short.check("acme", 1)
		short.check("globex")
		look(time.Hour)
		long.check("acme", 1)
		long.check("globex")
	})
}

func TestFileKnowsARelativePathAgain(t *testing.T) {
	dir := newKeyDir(t, map[string]int{"acme.pem": 0})
	t.Chdir(dir.path)
	if _, err := provision(t, &Provider{Path: "acme.pem"}); err != nil {
		t.Fatal(err)
	}
	if n, _ := histories.References(filepath.Join(dir.path, "acme.pem")); n != 1 {
		t.Errorf("%d hold the history, want 1", n)
	}
}

func TestFileCleansUpOnlyWhatItTook(t *testing.T) {
	if err := new(Provider).Cleanup(); err != nil {
		t.Error(err)
	}
	if _, err := provision(t, &Provider{Path: filepath.Join(t.TempDir(), "none.pem"), OverlapTime: -1}); err == nil {
		t.Error("it was accepted") // without a panic
	}
}
