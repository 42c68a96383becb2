package autokeys

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

func TestNamesOfStoredKeys(t *testing.T) {
	id := keytest.Must[keys.Key](t)(keys.NewKey(keytest.Key(0))).ID
	stored := newStoredKey(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), id)
	if want := "20260102T030405Z-" + id + ".pem"; stored.name != want {
		t.Fatalf("the name is %s, want %s", stored.name, want)
	}
	parsed, ok := parseName(stored.name)
	if !ok || parsed != stored {
		t.Errorf("it is read as %+v", parsed)
	}
	for name, foreign := range map[string]string{
		"of an operator":        "key.pem",
		"nothing":               ".pem",
		"without a time":        id + ".pem",
		"without a kid":         "20260102T030405Z.pem",
		"with an empty kid":     "20260102T030405Z-.pem",
		"kid cut off":           "20260102T030405Z-" + id[:42] + ".pem",
		"kid too long":          "20260102T030405Z-" + id + "A.pem",
		"kid with loose bits":   "20260102T030405Z-" + strings.Repeat("A", 42) + "B.pem",
		"kid of another form":   "20260102T030405Z-" + strings.Repeat("+", 43) + ".pem",
		"time with a fraction":  "20260102T030405.5Z-" + id + ".pem",
		"time with a zone":      "20260102T030405+01-" + id + ".pem",
		"time that is not one":  "20261302T030405Z-" + id + ".pem",
		"time in another form":  "2026-01-02T03:04:05Z-" + id + ".pem",
		"a copy":                "20260102T030405Z-" + id + ".pem.pem",
		"a line break":          "20260102T030405Z-" + id + "\n.pem",
		"something before":      "x20260102T030405Z-" + id + ".pem",
		"suffix in other case":  "20260102T030405Z-" + id + ".PEM",
		"in a folder of theirs": "a/20260102T030405Z-" + id + ".pem",
	} {
		t.Run(name, func(t *testing.T) {
			if _, ok := parseName(foreign); ok {
				t.Errorf("%q is taken for a key", foreign)
			}
		})
	}
}

// TestListIgnoresWhatIsNoKey: what a storage has beside the keys for its own
// purposes is nobody's business; a key under a name of someone's own is.
func TestListIgnoresWhatIsNoKey(t *testing.T) {
	m := newMemory()
	stored := m.put(t, keys.DefaultTenant, keytest.Key(0), time.Now())
	folder := keyFolder{m, keysPath + keys.DefaultTenant}
	for _, name := range []string{"1234567", ".lock", "z.pem", "mine.pem", "sub/" + stored.name} {
		m.values[folder.path+"/"+name] = nil
	}
	listed, foreign, err := folder.list(context.Background())
	if err != nil || !slices.Equal(listed, []storedKey{stored}) || !slices.Equal(foreign, []string{"mine.pem", "z.pem"}) {
		t.Errorf("listed %v, foreign %q, error %v", listed, foreign, err)
	}
}

func TestAutoWarnsOnceOfFilesThatOnlySeemToBeKeys(t *testing.T) {
	m := newMemory()
	m.put(t, keys.DefaultTenant, keytest.Key(0), time.Now())
	m.values[keysPath+"default/mine.pem"] = keytest.Must[[]byte](t)(keys.PrivatePEM(keytest.Key(1)))
	g := newGateway(t, Provider{}, m, nil)
	onlyKey(t, g, keys.DefaultTenant)
	for range 3 {
		g.tenants[keys.DefaultTenant].look()
	}
	warnings := g.logs.FilterLevelExact(zap.WarnLevel).All()
	if len(warnings) != 1 || !slices.Equal(warnings[0].ContextMap()["names"].([]any), []any{"mine.pem"}) {
		t.Errorf("warned %v", warnings)
	}
}

// TestAutoWarnsOnceOfAStalledRotation: a gateway whose clock was years ahead has
// left a key that nobody would replace in that time.
func TestAutoWarnsOnceOfAStalledRotation(t *testing.T) {
	for name, test := range map[string]struct {
		config Provider
		ahead  time.Duration
		want   int
	}{
		"years ahead":           {rotating(time.Hour, time.Minute), 14 * 365 * 24 * time.Hour, 1},
		"as planned":            {rotating(time.Hour, time.Minute), 16 * time.Minute, 0},
		"where nothing rotates": {Provider{}, 14 * 365 * 24 * time.Hour, 0},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMemory()
			m.put(t, keys.DefaultTenant, keytest.Key(0), time.Now().Add(-2*time.Hour))
			ahead := m.put(t, keys.DefaultTenant, keytest.Key(1), time.Now().Add(test.ahead))
			g := newGateway(t, test.config, m, takeSpares())
			g.ring(t, keys.DefaultTenant)
			for range 3 {
				g.tenants[keys.DefaultTenant].look()
			}
			warnings := g.logs.FilterLevelExact(zap.WarnLevel).All()
			if len(warnings) != test.want {
				t.Fatalf("warned %v", warnings)
			}
			for _, w := range warnings {
				if !strings.HasSuffix(w.ContextMap()["storage_key"].(string), ahead.name) {
					t.Errorf("it names %v", w.ContextMap())
				}
			}
		})
	}
}

// TestAutoLooksAgainWhenAFileGoesWhileItLooks: a storage may say that there is
// no folder when a file goes while it lists the others, and another gateway may
// delete what was listed.
func TestAutoLooksAgainWhenAFileGoesWhileItLooks(t *testing.T) {
	for name, hook := range map[string]func(*memory, func() error){
		"listing": func(m *memory, once func() error) { m.onList.set(once) },
		"loading": func(m *memory, once func() error) { m.onLoad.set(once) },
	} {
		t.Run(name, func(t *testing.T) {
			m, calls := newMemory(), 0
			m.put(t, keys.DefaultTenant, keytest.Key(0), time.Now())
			hook(m, func() error {
				if calls++; calls == 1 {
					return fs.ErrNotExist
				}
				return nil
			})
			g := newGateway(t, Provider{}, m, nil)
			g.NeverMake()
			onlyKey(t, g, keys.DefaultTenant)
		})
	}
}

// TestAutoReadsAKeyOnce: a private key is not sent through a network each minute.
func TestAutoReadsAKeyOnce(t *testing.T) {
	m, reads := newMemory(), 0
	m.put(t, keys.DefaultTenant, keytest.Key(0), time.Now())
	m.onLoad.set(func() error { reads++; return nil })
	g := newGateway(t, Provider{}, m, nil)
	onlyKey(t, g, keys.DefaultTenant)
	for range 3 {
		g.tenants[keys.DefaultTenant].look()
	}
	if reads != 1 {
		t.Errorf("it was read %d times", reads)
	}
}

// TestAutoFailsWhereAListedKeyIsNotThere: there may be a key yet, so that none
// must be made.
func TestAutoFailsWhereAListedKeyIsNotThere(t *testing.T) {
	m := newMemory()
	stored := m.put(t, keys.DefaultTenant, keytest.Key(0), time.Now())
	m.onLoad.set(func() error { return fs.ErrNotExist })
	g := newGateway(t, Provider{}, m, takeSpares())
	keytest.CheckRefusal(t, g.Start(), "", "loading customer_gate/keys/default/"+stored.name)
	if names := m.names(); len(names) != 1 {
		t.Errorf("it made a key: %q", names)
	}
}

func TestAutoRefusesToWorkWithASpoiledKey(t *testing.T) {
	for name, content := range map[string]func() []byte{
		"garbage":     func() []byte { return []byte("garbage") },
		"empty":       func() []byte { return nil },
		"another key": func() []byte { return keytest.Must[[]byte](t)(keys.PrivatePEM(keytest.Key(1))) },
	} {
		t.Run(name, func(t *testing.T) {
			m := newMemory()
			path := keysPath + "default/" + m.put(t, keys.DefaultTenant, keytest.Key(0), time.Now()).name
			m.values[path] = content()
			g := newGateway(t, Provider{}, m, takeSpares())
			keytest.CheckRefusal(t, g.Start(), "", "reading "+path)
			if names := m.names(); len(names) != 1 || string(m.values[path]) != string(content()) {
				t.Error("it was overwritten, or another one was made")
			}
		})
	}
}
