package uniqueness

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/certmagic"
)

func storagePepper(storage certmagic.Storage) *pepper {
	return &pepper{storage: storage, ctx: context.Background()}
}

// TestPepperIsMadeOnce: gateways that share a storage share the pepper, however
// many start at once.
func TestPepperIsMadeOnce(t *testing.T) {
	folder := t.TempDir()
	var gateways sync.WaitGroup
	made := make([]*pepper, 8)
	for i := range made {
		made[i] = storagePepper(&certmagic.FileStorage{Path: folder})
		gateways.Go(func() {
			if err := made[i].Start(); err != nil {
				t.Error(err)
			}
		})
	}
	gateways.Wait()
	for _, p := range made {
		if len(p.key) != pepperSize || !bytes.Equal(p.key, made[0].key) || bytes.Equal(p.key, make([]byte, pepperSize)) {
			t.Fatalf("the peppers are %x and %x", made[0].key, p.key)
		}
	}
	info, err := os.Stat(filepath.Join(folder, "customer_gate", "pepper"))
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("its file is %v, %v", info, err)
	}
	later := storagePepper(&certmagic.FileStorage{Path: folder})
	if err := later.Start(); err != nil || !bytes.Equal(later.key, made[0].key) {
		t.Errorf("the next start finds %x, %v", later.key, err)
	}
}

// TestPepperIsNotMadeTwice: one that is damaged, or cannot be read, is not
// replaced, which would free every address.
func TestPepperIsNotMadeTwice(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "customer_gate", "pepper")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"empty": "", "cut off": strings.Repeat("x", 31)} {
		writeFile(t, path, text, 0o600)
		err := storagePepper(&certmagic.FileStorage{Path: folder}).Start()
		if err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: the error is %v", name, err)
		}
		if got, _ := os.ReadFile(path); string(got) != text {
			t.Errorf("%s: it was replaced", name)
		}
	}
	down := errors.New("storage is away")
	if err := storagePepper(brokenStorage{err: down}).Start(); !errors.Is(err, down) {
		t.Errorf("the error is %v", err)
	}
}

// brokenStorage fails, whatever it is asked.
type brokenStorage struct {
	certmagic.Storage
	err error
}

func (b brokenStorage) Load(context.Context, string) ([]byte, error) { return nil, b.err }

// TestPepperSaysWhatToDoAboutAStorageThatItMayNotUse, of which Caddy's own says only
// that the file of a lock is not there.
func TestPepperSaysWhatToDoAboutAStorageThatItMayNotUse(t *testing.T) {
	err := storagePepper(&certmagic.FileStorage{Path: "/proc/nowhere"}).Start()
	if err == nil || !strings.Contains(err.Error(), "read and write Caddy's storage") {
		t.Errorf("the start ends with %v", err)
	}
}

// TestPepperIsNotMadeToLook: find makes none.
func TestPepperIsNotMadeToLook(t *testing.T) {
	folder := t.TempDir()
	p := storagePepper(&certmagic.FileStorage{Path: folder})
	if err := p.find(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the error is %v", err)
	}
	if made, err := os.ReadDir(folder); err != nil || len(made) > 0 {
		t.Errorf("it made %v, %v", made, err)
	}
}

func TestPepperFile(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("CUSTOMER_GATE_PEPPERS", folder)
	ctx := caddy.ActiveContext()
	for name, test := range map[string]struct {
		text string
		mode fs.FileMode
		says string // "" for one that is taken
	}{
		"shortest":           {strings.Repeat("x", 32), 0o600, ""},
		"binary":             {"\x00\n" + strings.Repeat("\xff", 62), 0o400, ""},
		"empty":              {"", 0o600, "has 0 bytes, and 32 are needed"},
		"too short":          {strings.Repeat("x", 31), 0o600, "has 31 bytes, and 32 are needed; make one with `(umask 077 && openssl rand -out " + folder},
		"readable by others": {strings.Repeat("x", 32), 0o640, "chmod 600"},
	} {
		file := strings.ReplaceAll(name, " ", "_")
		writeFile(t, filepath.Join(folder, file), test.text, 0o600)
		if err := os.Chmod(filepath.Join(folder, file), test.mode); err != nil {
			t.Fatal(err)
		}
		p, err := newPepper(ctx, "{env.CUSTOMER_GATE_PEPPERS}/"+file)
		switch {
		case test.says == "" && (err != nil || string(p.key) != test.text || p.Start() != nil):
			t.Errorf("%s: read %v, %v", name, p, err)
		case test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)):
			t.Errorf("%s: the error is %v", name, err)
		case err != nil && test.text != "" && strings.Contains(err.Error(), test.text):
			t.Errorf("%s: the error tells the pepper", name)
		}
	}
	if _, err := newPepper(ctx, filepath.Join(folder, "nowhere")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the error is %v", err)
	}
	if _, err := newPepper(ctx, "{env.CUSTOMER_GATE_NOWHERE}"); err == nil {
		t.Error("a placeholder without a value was taken")
	}
}

// TestEmailID: what is one customer's address, and what is not. The first is as
// it was in the first release: every store is full of them.
func TestEmailID(t *testing.T) {
	p := &pepper{key: []byte("0123456789abcdef0123456789abcdef")}
	first := p.emailID("default", "ada@example.com")
	if got := hex.EncodeToString(first.Sum[:]); got != "bfa46ccf9e10f51353a51ffb12419053cee584381a77d8722ef4f13c76791290" || first.Kind != 'e' {
		t.Errorf("the ID is %c %s", first.Kind, got)
	}
	same := []string{"Ada@example.com", "ADA@EXAMPLE.COM"}
	for _, address := range same {
		if p.emailID("default", address) != first {
			t.Errorf("%s has another ID", address)
		}
	}
	others := map[[2]string]bool{
		{"acme", "ada@example.com"}:          true,
		{"default", "ada+x@example.com"}:     true,
		{"default", "a.da@example.com"}:      true,
		{"default", "ada@example.co"}:        true,
		{"defaul", "tada@example.com"}:       true,
		{"default", "ada@e\u212axample.com"}: true, // U+212A is k in lower case
		{"default", "ada@ekxample.com"}:      true,
	}
	seen := map[any]bool{first: true}
	for other := range others {
		id := p.emailID(other[0], other[1])
		if seen[id] {
			t.Errorf("%q has the ID of another", other)
		}
		seen[id] = true
	}
	if seen[(&pepper{key: []byte("another")}).emailID("default", "ada@example.com")] {
		t.Error("another pepper gives the same ID")
	}
	if p.requestID("default", "ada@example.com").Sum == first.Sum {
		t.Error("a request has the ID of an address")
	}
}

func writeFile(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}
