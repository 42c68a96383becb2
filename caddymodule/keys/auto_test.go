package keys

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

const defaultPath = "customer_gate/keys/default.pem"

// loadAuto sets up the module with Caddy's own file storage in dir.
func loadAuto(t *testing.T, dir string) (*Auto, *observer.ObservedLogs) {
	t.Helper()
	auto, err := load[*Auto](t, caddyContext(t, dir), "auto", struct{}{})
	if err != nil {
		t.Fatal(err)
	}
	core, logs := observer.New(zap.InfoLevel)
	auto.logger = zap.New(core)
	return auto, logs
}

func onlyKey(t *testing.T, p Provider, tenant string) Key {
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
			files = append(files, must[string](t)(filepath.Rel(dir, path)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestAutoWritesNothingUntilItIsStarted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "storage")
	auto, _ := loadAuto(t, dir)
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal("provisioning, as in `caddy validate`, has written to the storage")
	}
	if err := auto.Start(); err != nil {
		t.Fatal(err)
	}
	if files := filesIn(t, dir); len(files) != 1 || files[0] != defaultPath {
		t.Errorf("the storage holds %v, want %s", files, defaultPath)
	}
}

func TestAutoMakesAKeyOfTheDefaultSizeAndKeepsIt(t *testing.T) {
	dir := t.TempDir()
	auto, logs := loadAuto(t, dir)
	key := onlyKey(t, auto, DefaultTenant)
	if bits := key.PublicKey().N.BitLen(); bits != DefaultBits {
		t.Errorf("it has %d bits, want %d", bits, DefaultBits)
	}
	if again := onlyKey(t, auto, DefaultTenant); again.ID != key.ID {
		t.Error("the next call gives another key")
	}

	info := must[os.FileInfo](t)(os.Stat(filepath.Join(dir, defaultPath)))
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		t.Errorf("the stored key has mode %04o", mode)
	}
	checkKeyLogged(t, logs, "created", key)

	restarted, logs := loadAuto(t, dir)
	if again := onlyKey(t, restarted, DefaultTenant); again.ID != key.ID {
		t.Error("a restart gives another key")
	}
	checkKeyLogged(t, logs, "using", key)
}

// checkKeyLogged wants one line that says what was done and names the key.
func checkKeyLogged(t *testing.T, logs *observer.ObservedLogs, did string, key Key) {
	t.Helper()
	if logs.Len() != 1 {
		t.Fatalf("%d log lines, want 1", logs.Len())
	}
	entry := logs.All()[0]
	fields := entry.ContextMap()
	if !strings.HasPrefix(entry.Message, did+" ") || fields["kid"] != key.ID ||
		fields["bits"] != int64(DefaultBits) || fields["storage_key"] != defaultPath {
		t.Errorf("it logged %q %v", entry.Message, fields)
	}
}

func TestAutoKeepsTenantsApart(t *testing.T) {
	auto, _ := loadAuto(t, t.TempDir())
	if onlyKey(t, auto, "acme").ID == onlyKey(t, auto, "emca").ID {
		t.Error("two tenants share a key")
	}
}

func TestAutoRefusesNamesThatAreNoTenant(t *testing.T) {
	dir := t.TempDir()
	auto, _ := loadAuto(t, dir)
	for _, tenant := range []string{
		"", ".", "..", "../certificates", "a/b", `a\b`, "a.b", "Acme", "-acme", "acme-", "a b", "acme\n", "acme\x00", "äcme", "*", strings.Repeat("a", 64),
	} {
		if _, err := auto.Keys(tenant); err == nil {
			t.Errorf("%q is accepted", tenant)
		}
	}
	if files := filesIn(t, dir); len(files) != 0 {
		t.Errorf("the storage holds %v", files)
	}
}

// TestAutoSharesOneKey lets many callers of two gateways begin at once.
func TestAutoSharesOneKey(t *testing.T) {
	const callers = 20
	dir := t.TempDir()
	ids, made := make(chan string, 2*callers), 0
	var wg sync.WaitGroup
	begin := make(chan struct{})
	var allLogs []*observer.ObservedLogs
	for range 2 {
		auto, logs := loadAuto(t, dir)
		allLogs = append(allLogs, logs)
		for range callers {
			wg.Go(func() {
				<-begin
				ring, err := auto.Keys(DefaultTenant)
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
	for _, logs := range allLogs {
		made += logs.Len()
	}
	if made != 1 {
		t.Errorf("%d keys were made, want 1", made)
	}
}
