package autokeys

import (
	"crypto/rsa"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/caddyserver/certmagic"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

// loadAuto sets up the module as Caddy does, with Caddy's own file storage.
func loadAuto(t *testing.T, dir string, config map[string]any) *Provider {
	t.Helper()
	auto, err := keytest.Load[*Provider](t, keytest.Context(t, dir), "auto", config)
	if err != nil {
		t.Fatal(err)
	}
	return auto
}

func onlyKey(t *testing.T, p keys.Provider, tenant string) keys.Key {
	t.Helper()
	ring, err := p.Keys(tenant)
	if err != nil {
		t.Fatal(err)
	}
	if len(ring) != 1 {
		t.Fatalf("%d keys for %s, want 1", len(ring), tenant)
	}
	return ring[0]
}

func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, filepath.ToSlash(keytest.Must[string](t)(filepath.Rel(dir, path))))
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}

func TestAutoWritesNothingUntilItIsStarted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "storage")
	auto := loadAuto(t, dir, map[string]any{"tenants": []string{"acme", "default"}})
	if files := filesIn(t, dir); files != nil {
		t.Fatalf("provisioning, as in `caddy validate`, has written %q", files)
	}
	if err := auto.Start(); err != nil {
		t.Fatal(err)
	}
	files := filesIn(t, dir)
	if len(files) != 2 || !strings.HasPrefix(files[0], "customer_gate/keys/acme/") || !strings.HasPrefix(files[1], "customer_gate/keys/default/") {
		t.Errorf("the storage holds %q, want a key for each tenant", files)
	}
}

// TestAutoKeepsItsKey: a restart finds the key that was made, under the name
// that tells when it came into use.
func TestAutoKeepsItsKey(t *testing.T) {
	dir := t.TempDir()
	before := time.Now().Truncate(time.Second)
	g := newGateway(t, Provider{}, &certmagic.FileStorage{Path: dir}, keys.Generate)
	g.start(t)
	key := onlyKey(t, g, keys.DefaultTenant)
	if bits := key.PublicKey().N.BitLen(); bits != keys.DefaultBits {
		t.Errorf("it has %d bits, want %d", bits, keys.DefaultBits)
	}
	if key.NotBefore.Before(before) || key.NotBefore.After(time.Now()) || !key.NotAfter.IsZero() {
		t.Errorf("it is planned from %s to %s", key.NotBefore, key.NotAfter)
	}

	want := "customer_gate/keys/default/" + key.NotBefore.UTC().Format("20060102T150405Z") + "-" + key.ID + ".pem"
	if files := filesIn(t, dir); len(files) != 1 || files[0] != want {
		t.Fatalf("the storage holds %q, want %s", files, want)
	}
	info := keytest.Must[os.FileInfo](t)(os.Stat(filepath.Join(dir, want)))
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		t.Errorf("the stored key has mode %04o", mode)
	}
	checkKeyLogged(t, g, "created an RSA key", key, want)
	checkKeyLogged(t, g, "using an RSA key", key, want)

	restarted := newGateway(t, Provider{}, &certmagic.FileStorage{Path: dir}, keys.Generate)
	restarted.start(t)
	if again := onlyKey(t, restarted, keys.DefaultTenant); again.ID != key.ID || !again.NotBefore.Equal(key.NotBefore) {
		t.Error("a restart gives another key")
	}
	checkKeyLogged(t, restarted, "using an RSA key", key, want)
	if restarted.logs.Len() != 1 {
		t.Errorf("%d lines were logged, want 1", restarted.logs.Len())
	}
}

// checkKeyLogged wants one line that says what was done and names the key.
func checkKeyLogged(t *testing.T, g gateway, did string, key keys.Key, path string) {
	t.Helper()
	lines := g.logged(did)
	if len(lines) != 1 {
		t.Fatalf("%d lines say %q, want 1", len(lines), did)
	}
	fields := lines[0].ContextMap()
	notBefore, _ := fields["not_before"].(time.Time)
	if fields["kid"] != key.ID || fields["bits"] != int64(keys.DefaultBits) || fields["tenant"] != keys.DefaultTenant ||
		fields["storage_key"] != path || !notBefore.Equal(key.NotBefore) {
		t.Errorf("it logged %q %v", lines[0].Message, fields)
	}
}

func TestAutoMakesKeysOfTheConfiguredSize(t *testing.T) {
	asked := 0
	g := newGateway(t, Provider{Bits: new(3072)}, newMemory(), nil)
	g.generate = func(bits int) (*rsa.PrivateKey, error) {
		asked = bits
		return keytest.Key(0), nil
	}
	g.start(t)
	if asked != 3072 {
		t.Errorf("it made a key of %d bits", asked)
	}
}

func TestAutoKeepsTenantsApart(t *testing.T) {
	g := newGateway(t, Provider{TenantNames: []string{"acme", "emca"}}, newMemory(), takeSpares())
	g.start(t)
	if onlyKey(t, g, "acme").ID == onlyKey(t, g, "emca").ID {
		t.Error("two tenants share a key")
	}
}

// TestAutoKnowsItsTenants: what a client asks for must not reach the storage
// unless it is the name of a tenant, not even where there is a key of it.
func TestAutoKnowsItsTenants(t *testing.T) {
	m := newMemory()
	g := newGateway(t, Provider{TenantNames: []string{"acme"}}, m, takeSpares())
	m.put(t, "beta", keytest.Key(0), time.Now())
	asked := func() error { t.Error("the storage was asked"); return nil }
	m.onList.set(asked)
	m.onLoad.set(asked)
	for _, tenant := range []string{"", "default", "beta", "acm", "acmee", "Acme", "../acme", "acme/", "a.b", "acme\x00"} {
		if _, err := g.Keys(tenant); !errors.Is(err, keys.ErrUnknownTenant) {
			t.Errorf("%q: got %v, want that the tenant is unknown", tenant, err)
		}
	}
}

// TestAutoSharesOneKey lets many callers of three gateways begin at once, some
// of them before their gateway has started.
func TestAutoSharesOneKey(t *testing.T) {
	const callers = 20
	dir := t.TempDir()
	ids := make(chan string, 3*callers)
	var wg sync.WaitGroup
	begin := make(chan struct{})
	var gateways []gateway
	for range 3 {
		g := newGateway(t, Provider{}, &certmagic.FileStorage{Path: dir}, keys.Generate)
		gateways = append(gateways, g)
		wg.Go(func() {
			<-begin
			if err := g.Start(); err != nil {
				t.Error(err)
			}
		})
		for range callers {
			wg.Go(func() {
				<-begin
				ring, err := g.Keys(keys.DefaultTenant)
				if err != nil {
					t.Error(err)
					return
				}
				ids <- ring[0].ID
			})
		}
	}
	close(begin)
	wg.Wait()
	close(ids)
	first := <-ids
	for id := range ids {
		if id != first {
			t.Fatal("callers got different keys")
		}
	}
	created := 0
	for _, g := range gateways {
		created += len(g.logged("created"))
		if using := len(g.logged("using")); using != 1 {
			t.Errorf("%d lines say that a key is used, want 1", using)
		}
	}
	if created != 1 {
		t.Errorf("%d keys were made, want 1", created)
	}
}

// TestAutoAnswersFromMemory: requests touch no storage and leave no garbage.
func TestAutoAnswersFromMemory(t *testing.T) {
	m := newMemory()
	config := rotating(time.Hour, time.Hour)
	config.TenantNames = []string{"acme", "beta"}
	g := newGateway(t, config, m, takeSpares())
	if err := g.tenants["acme"].ready(); err != nil { // without looking after it
		t.Fatal(err)
	}
	m.onList.set(func() error { t.Error("the storage was asked"); return nil })
	if n := testing.AllocsPerRun(100, func() { _, _ = g.Keys("acme") }); n != 0 {
		t.Errorf("%v allocations for a known tenant, want none", n)
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = g.Keys("made-up") }); n != 0 {
		t.Errorf("%v allocations for an unknown tenant, want none", n)
	}
}

func TestAutoNeverMake(t *testing.T) {
	m := newMemory()
	config := rotating(time.Hour, time.Hour)
	g := newGateway(t, config, m, takeSpares())
	g.NeverMake()
	_, err := g.Keys(keys.DefaultTenant)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that there is no key", err)
	}
	keytest.CheckRefusal(t, err, "", "customer_gate/keys/default", "made when a configuration starts")

	long := time.Now().Add(-1000 * time.Hour)
	m.put(t, keys.DefaultTenant, keytest.Key(0), long)
	newest := m.put(t, keys.DefaultTenant, keytest.Key(1), long.Add(time.Hour))
	m.onLock.set(func() error { t.Error("the storage was locked"); return nil })
	if key := onlyKey(t, g, keys.DefaultTenant); key.ID != newest.id {
		t.Error("it uses another key than the newest")
	}
	if names := m.names(); len(names) != 2 {
		t.Errorf("the storage holds %q", names)
	}
}

func TestAutoProvisionsItsMetric(t *testing.T) {
	ctx := keytest.Context(t, t.TempDir())
	for range 2 { // two gates, each with its own provider
		if _, err := keytest.Load[*Provider](t, ctx, "auto", map[string]any{}); err != nil {
			t.Fatal(err)
		}
	}
	families, err := ctx.GetMetricsRegistry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	series := 0
	for _, family := range families {
		if family.GetName() == "caddy_customer_gate_key_loads_total" {
			for _, metric := range family.GetMetric() {
				if metric.GetLabel()[0].GetValue() == "auto" {
					series++
				}
			}
		}
	}
	if series != 2 {
		t.Errorf("%d series of the provider, want ok and failed", series)
	}
}

func BenchmarkAutoKeys(b *testing.B) {
	config := rotating(time.Hour, time.Hour)
	g := newGateway(b, config, newMemory(), takeSpares())
	if _, err := g.Keys(keys.DefaultTenant); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := g.Keys(keys.DefaultTenant); err != nil {
				b.Fatal(err)
			}
		}
	})
}
