package e2e

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// dashboardKey is a public key as an app holds it: fetched from a gateway, and
// kept for as long as the gateway has said.
type dashboardKey struct {
	*testKey
	text  string
	until time.Time
}

var maxAge = regexp.MustCompile(`max-age=(\d+)`)

// errNoKey is an answer that is not a key.
var errNoKey = errors.New("the gateway gave out no key")

// fetchKey asks a gateway for the key to use, as apps do. The error is, or
// wraps, errNoKey unless it is that of the connection.
func fetchKey(url string) (dashboardKey, error) {
	asked := time.Now()
	response, err := client.Get(url)
	if err != nil {
		return dashboardKey{}, err
	}
	got, err := readAnswer(response)
	if err != nil {
		return dashboardKey{}, err
	}
	if got.status != http.StatusOK {
		return dashboardKey{}, fmt.Errorf("%w: %d %s", errNoKey, got.status, got.body)
	}
	der, err := base64.StdEncoding.DecodeString(got.body)
	if err != nil {
		return dashboardKey{}, fmt.Errorf("%w: %w", errNoKey, err)
	}
	public, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return dashboardKey{}, fmt.Errorf("%w: %w", errNoKey, err)
	}
	key := dashboardKey{text: got.body, until: asked}
	key.testKey = &testKey{private: &rsa.PrivateKey{PublicKey: *public.(*rsa.PublicKey)}}
	if found := maxAge.FindStringSubmatch(got.header.Get("Cache-Control")); found != nil {
		seconds, _ := strconv.Atoi(found[1])
		key.until = asked.Add(time.Duration(seconds) * time.Second)
	}
	return key, nil
}

// apps register customers at several gateways, each app with a key that it
// fetched from one and keeps as long as it may, and one customer in a pace.
type apps struct {
	gates      []*gateway
	registered atomic.Int64
	again      atomic.Int64 // connections that a reload closed unread
	working    sync.WaitGroup
	stop       chan struct{}

	mu   sync.Mutex
	seen []string // the keys that were given out, in that order
}

func startApps(t *testing.T, number int, gates ...*gateway) *apps {
	a := &apps{gates: gates, stop: make(chan struct{})}
	for i := range number {
		a.working.Go(func() { a.run(t, i) })
	}
	t.Cleanup(a.end)
	return a
}

func (a *apps) end() {
	if !closed(a.stop) {
		close(a.stop)
	}
	a.working.Wait()
}

const pace = 100 * time.Millisecond

func (a *apps) run(t *testing.T, i int) {
	var key dashboardKey
	ticker := time.NewTicker(pace)
	defer ticker.Stop()
	for n := i; !closed(a.stop); n++ {
		<-ticker.C
		if !time.Now().Before(key.until) {
			fetched, err := fetchKey(a.gates[n%len(a.gates)].url("/keys.txt"))
			if errors.Is(err, errNoKey) {
				t.Error(err)
				return
			}
			if err != nil {
				a.again.Add(1)
				continue
			}
			key = fetched
			a.see(key.text)
		}
		mgf1 := []crypto.Hash{crypto.SHA256, crypto.SHA1}[i%2]
		body := newCustomer().with("devicePlatform", []string{"WEB", "ANDROID"}[i%2]).encrypted(t, key.testKey, mgf1).json()
		got, err := tryPost(a.gates[(n+1)%len(a.gates)].url(endpoint), body)
		switch {
		case err != nil:
			a.again.Add(1)
		case got.status != http.StatusCreated:
			t.Errorf("a registration failed: %d %s", got.status, got.body)
			return
		default:
			a.registered.Add(1)
		}
	}
}

func (a *apps) see(key string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, known := range a.seen {
		if known == key {
			return
		}
	}
	a.seen = append(a.seen, key)
}

// keys is how many different keys were given out.
func (a *apps) keys() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.seen)
}

// waitForMore waits until every app has registered further customers.
func (a *apps) waitForMore(t *testing.T) {
	t.Helper()
	before := a.registered.Load()
	waitUntil(t, "further customers are registered", func() bool {
		return t.Failed() || a.registered.Load() >= before+20
	})
}

// TestAutoRotationUnderLoad: three gateways that are started at once on one
// storage make one key pair, and one for each rotation; no app that keeps to
// Cache-Control notices a rotation, whichever gateway it talks to.
func TestAutoRotationUnderLoad(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	shared := filepath.Join(t.TempDir(), "storage")
	gates := make([]*gateway, 3)
	for i := range gates {
		gates[i] = prepareGateway(t, setup{upstream: up.address, env: []string{"STORAGE=" + shared}, site: `
	customer_gate_keys /keys*
	customer_gate /api/* {
		keys auto {
			rotate 16s
			overlap 6s
		}
		` + patient + `
	}
	reverse_proxy {$UPSTREAM}
	`})
	}
	var starting sync.WaitGroup
	for _, gate := range gates {
		starting.Go(func() { gate.start(t) })
	}
	starting.Wait()
	folder := filepath.Join(shared, "customer_gate", "keys", "default")
	if files := namesIn(t, folder); len(files) != 1 {
		t.Fatalf("%d gateways made the keys %q, want one", len(gates), files)
	}
	first := namesIn(t, folder)[0]

	working := startApps(t, 6, gates...)
	waitUntil(t, "the key has been rotated", func() bool { return t.Failed() || working.keys() > 1 })
	working.waitForMore(t)
	waitUntil(t, "the old key is deleted", func() bool {
		for _, name := range namesIn(t, folder) {
			if name == first {
				return t.Failed()
			}
		}
		return true
	})
	working.waitForMore(t)
	working.end()
	if n := working.again.Load(); n != 0 {
		t.Errorf("%d connections broke, though no gateway was reloaded", n)
	}
	checkOnePerRotation(t, gates)
	t.Logf("%d registrations with %d keys", working.registered.Load(), working.keys())
}

// checkOnePerRotation: no two gateways have made a key for the same time.
func checkOnePerRotation(t *testing.T, gates []*gateway) {
	t.Helper()
	made := make(map[string]int)
	for _, gate := range gates {
		for line := range strings.Lines(gate.log.String()) {
			if !strings.Contains(line, "created an RSA key") {
				continue
			}
			name := regexp.MustCompile(`\d{8}T\d{6}Z`).FindString(line)
			if made[name]++; name == "" || made[name] > 1 {
				t.Errorf("more than one key was made for %q", name)
			}
		}
	}
	if len(made) < 2 {
		t.Errorf("keys were made at %v, want at least two", made)
	}
}

func namesIn(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// TestFileRotationUnderLoad: a key file is replaced again and again while apps
// register, configurations are reloaded and one new file is broken; those that
// fetched the old key in time still get through.
func TestFileRotationUnderLoad(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := prepareGateway(t, setup{upstream: up.address, site: `
	customer_gate_keys /keys*
	customer_gate /api/* {
		keys file {$DIR}/keys {
			reload_interval 1s
			overlap 3s
		}
		` + patient + `
	}
	reverse_proxy {$UPSTREAM}
	`})
	folder := filepath.Join(gate.dir, "keys")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "default.pem")
	replace(t, path, newKey().pem)
	gate.start(t)
	working := startApps(t, 4, gate)
	working.waitForMore(t)

	for rotation := range 3 {
		known := working.keys()
		replace(t, path, newKey().pem)
		waitUntil(t, "the new key is given out", func() bool { return t.Failed() || working.keys() > known })
		if rotation > 0 {
			gate.reload(t) // which must not forget the key that retires
		}
		working.waitForMore(t)
	}

	failed := func() int {
		return metric(gate.metrics(t), `caddy_customer_gate_key_loads_total{provider="file",result="failed"}`)
	}
	if n := failed(); n != 0 {
		t.Errorf("%d failed loads before anything was wrong", n)
	}
	half := newKey().pem
	replace(t, path, half[:len(half)/2])
	waitUntil(t, "the broken file is noticed", func() bool { return failed() > 0 })
	working.waitForMore(t)
	if !strings.Contains(gate.log.String(), path) {
		t.Error("the log does not name the broken file")
	}
	known := working.keys()
	replace(t, path, newKey().pem)
	waitUntil(t, "the mended file is taken up", func() bool { return t.Failed() || working.keys() > known })
	working.waitForMore(t)
	working.end()
	t.Logf("%d registrations with %d keys, %d connections closed unread", working.registered.Load(), working.keys(), working.again.Load())
}

// replace puts a file in the place of another at once.
func replace(t *testing.T, path string, content []byte) {
	t.Helper()
	writeFile(t, path+".new", content)
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// TestRetiredKey: when the overlap is over, the old key opens nothing more.
func TestRetiredKey(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address, site: `
	customer_gate {
		keys file {$DIR}/private.pem {
			reload_interval 1s
			overlap 5s
		}
		` + patient + `
		reuse_limit off
	}
	reverse_proxy {$UPSTREAM}
	`})
	old := newCustomer().encrypted(t, keyOfTests(), crypto.SHA256).json()
	renewed := newKey()
	fresh := newCustomer().encrypted(t, renewed, crypto.SHA256).json()
	post(t, gate.url(endpoint), old).check(t, 201)
	replace(t, filepath.Join(gate.dir, "private.pem"), renewed.pem)
	waitUntil(t, "the new key is in use", func() bool { return post(t, gate.url(endpoint), fresh).status == 201 })
	post(t, gate.url(endpoint), old).check(t, 201)
	waitUntil(t, "the old key has retired", func() bool { return post(t, gate.url(endpoint), old).status == 422 })
	post(t, gate.url(endpoint), fresh).check(t, 201)
	up.take()
}
