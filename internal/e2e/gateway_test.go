package e2e

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// setup is what a test's gateway differs in. In the Caddyfile's parts, {$PORT}
// is the site's port, {$UPSTREAM} the upstream's address, {$DIR} a folder of the
// test's own and {$STORAGE} one in it for Caddy's storage.
type setup struct {
	global   string   // further global options
	address  string   // of the site; default: http://:{$PORT}
	site     string   // directives of the site; default: a gate before the upstream
	more     string   // whatever follows the site
	upstream string   // address of the upstream
	key      *testKey // written to {$DIR}/private.pem; default: keyOfTests
	env      []string // further variables, NAME=value
}

const defaultSite = `
	customer_gate {
		keys file {$DIR}/private.pem
		` + patient + `
	}
	reverse_proxy {$UPSTREAM}
`

// patient is the queue of a gate that refuses nothing for want of time: under
// the race detector, beside all other tests, operations take far longer than
// those of a gateway.
const patient = `queue {
			wait 1m
			target 1m
		}`

// caddyfile logs all there is to log, accesses too, so that every test that
// stops its gateway looks for leaks.
func (s setup) caddyfile() string {
	if s.site == "" {
		s.site = defaultSite
	}
	if !strings.Contains(s.site, "bind ") {
		s.site += "bind 127.0.0.1\n"
	}
	if s.address == "" {
		s.address = "http://:{$PORT}"
	}
	return `{
	debug
	admin 127.0.0.1:{$ADMIN_PORT}
	storage file_system {$STORAGE}
	grace_period 2s
` + s.global + `
}
` + s.address + ` {
	log
` + s.site + `
}
` + s.more
}

// gateway is one process of the real binary.
type gateway struct {
	address string // of the site, host:port
	admin   string // of the admin endpoint, host:port
	dir     string // storage, home and configuration
	config  string // the Caddyfile's path
	env     []string
	alone   bool // with its binary, in an empty root

	process *exec.Cmd
	log     *logWatch
	exited  chan struct{} // closed when the process has ended
	exit    error
}

// startGateway returns a gateway that serves its configuration, and stops it
// when the test ends.
func startGateway(t testing.TB, s setup) *gateway {
	t.Helper()
	g := prepareGateway(t, s)
	g.start(t)
	return g
}

func prepareGateway(t testing.TB, s setup) *gateway {
	t.Helper()
	dir, port, adminPort := t.TempDir(), freePort(t), freePort(t)
	if s.key == nil {
		s.key = keyOfTests()
	}
	writeFile(t, filepath.Join(dir, "private.pem"), s.key.pem)
	config := filepath.Join(dir, "Caddyfile")
	writeFile(t, config, []byte(s.caddyfile()))
	env := append(homeEnv(dir),
		"PORT="+port, "ADMIN_PORT="+adminPort, "DIR="+dir, "STORAGE="+filepath.Join(dir, "storage"), "UPSTREAM="+s.upstream)
	return &gateway{
		address: "127.0.0.1:" + port,
		admin:   "127.0.0.1:" + adminPort,
		dir:     dir,
		config:  config,
		env:     append(env, s.env...),
	}
}

// homeEnv keeps a process out of the developer's home.
func homeEnv(dir string) []string {
	return append(os.Environ(), "HOME="+dir,
		"XDG_DATA_HOME="+filepath.Join(dir, "xdg", "data"),
		"XDG_CONFIG_HOME="+filepath.Join(dir, "xdg", "config"),
		"GORACE=exitcode=0 atexit_sleep_ms=10") // see racesOfOurs
}

// start runs the process until the test ends.
func (g *gateway) start(t testing.TB) {
	t.Helper()
	t.Cleanup(func() {
		if g.process != nil {
			g.stop(t)
		}
	})
	g.launch(t)
}

// launch runs the process, for the first time or again.
func (g *gateway) launch(t testing.TB) {
	t.Helper()
	g.log = watchFor("serving initial configuration")
	g.exited = make(chan struct{})
	process := g.command()
	process.Stdout, process.Stderr = g.log, g.log
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	g.process = process
	go func() {
		g.exit = g.process.Wait()
		close(g.exited)
	}()
	select {
	case <-g.log.seen:
	case <-g.exited:
		t.Fatalf("the gateway ended at once: %v\n%s", g.exit, g.log)
	case <-time.After(patience):
		t.Fatalf("the gateway did not start:\n%s", g.log)
	}
}

// stop ends the process and looks at what it leaves behind: races, and
// whatever of a customer or a key is in its log.
func (g *gateway) stop(t testing.TB) {
	t.Helper()
	g.end(t)
	g.checkLog(t)
}

// kill ends the process without a warning (SIGKILL).
func (g *gateway) kill(t testing.TB) {
	t.Helper()
	_ = g.process.Process.Kill()
	<-g.exited
	g.checkLog(t)
}

func (g *gateway) checkLog(t testing.TB) {
	t.Helper()
	log := g.log.String()
	for _, race := range racesOfOurs(log) {
		t.Errorf("the race detector found:\n%s", race)
	}
	for _, leak := range findCanaries([]byte(log)) {
		t.Errorf("the log holds %s", leak)
	}
	if t.Failed() {
		t.Logf("log of the gateway:\n%s", log)
	}
}

// end has the process stop in good order, unless it has already.
func (g *gateway) end(t testing.TB) {
	t.Helper()
	err := g.process.Process.Signal(syscall.SIGTERM)
	if err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("stopping the gateway: %v", err)
	}
	select {
	case <-g.exited:
	case <-time.After(patience):
		_ = g.process.Process.Kill()
		<-g.exited
		t.Error("the gateway did not stop when told to")
	}
	if g.exit != nil {
		t.Errorf("the gateway ended with %v", g.exit)
	}
}

var ours = regexp.MustCompile(`customergate/customergate/(caddymodule|validation)`)

// copiedWhileItStarts is a race of Caddy's: an event of an early handshake copies the
// TLS app while that starts. Where it started from is guessed by the race detector,
// which may take it for a function of ours that has run before.
const copiedWhileItStarts = "caddytls.(*TLS).CaddyModule()"

// racesOfOurs are the reports of the race detector in which code of this
// module takes part, but for the main function. Caddy has races of its own while it
// starts.
func racesOfOurs(log string) []string {
	var races []string
	for part := range strings.SplitSeq(log, "==================") {
		if strings.Contains(part, "DATA RACE") && ours.MatchString(part) && !strings.Contains(part, copiedWhileItStarts) {
			races = append(races, part)
		}
	}
	return races
}

// url is an address on the site.
func (g *gateway) url(path string) string { return "http://" + g.address + path }

// variable is the value of one of the Caddyfile's variables.
func (g *gateway) variable(name string) string {
	for _, entry := range slices.Backward(g.env) {
		if value, found := strings.CutPrefix(entry, name+"="); found {
			return value
		}
	}
	return ""
}

// metrics is what the admin endpoint tells a Prometheus server.
func (g *gateway) metrics(t testing.TB) string {
	t.Helper()
	return g.adminGet(t, "/metrics")
}

func (g *gateway) adminGet(t testing.TB, path string) string {
	t.Helper()
	response, err := http.Get("http://" + g.admin + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("GET %s on the admin endpoint: %d, %v", path, response.StatusCode, err)
	}
	return string(body)
}

func writeFile(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// logWatch keeps a process's output and tells when a text has come by.
type logWatch struct {
	mu     sync.Mutex
	buffer bytes.Buffer
	text   []byte
	seen   chan struct{} // closed when the text has come by
	done   bool
}

func watchFor(text string) *logWatch {
	return &logWatch{text: []byte(text), seen: make(chan struct{})}
}

func (w *logWatch) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buffer.Write(p)
	if !w.done && bytes.Contains(w.buffer.Bytes(), w.text) {
		w.done = true
		close(w.seen)
	}
	return len(p), nil
}

func (w *logWatch) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buffer.String()
}
