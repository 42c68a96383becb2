package filekeys

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

func pemOf(t testing.TB, number int) string {
	t.Helper()
	return string(keytest.Must[[]byte](t)(keys.PrivatePEM(keytest.Key(number))))
}

// A keyDir is a directory for key files.
type keyDir struct {
	t    testing.TB
	path string
}

// newKeyDir makes one with files by name, each of an hour ago.
func newKeyDir(t testing.TB, files map[string]int) keyDir {
	t.Helper()
	d := keyDir{t, t.TempDir()}
	for name, number := range files {
		d.put(name, number, time.Hour)
	}
	return d
}

// put places a key in a file as operators should: at once, and with an age.
func (d keyDir) put(name string, number int, age time.Duration) {
	d.t.Helper()
	d.write(name, pemOf(d.t, number), age)
}

func (d keyDir) write(name, content string, age time.Duration) {
	d.t.Helper()
	path, modified := filepath.Join(d.path, name), time.Now().Add(-age)
	for _, err := range []error{
		os.MkdirAll(filepath.Dir(path), 0o700),
		os.WriteFile(path+".new", []byte(content), 0o600),
		os.Chtimes(path+".new", modified, modified),
		os.Rename(path+".new", path),
	} {
		if err != nil {
			d.t.Fatal(err)
		}
	}
}

func (d keyDir) remove(name string) {
	d.t.Helper()
	if err := os.RemoveAll(filepath.Join(d.path, name)); err != nil {
		d.t.Fatal(err)
	}
}

func (d keyDir) chmod(name string, mode os.FileMode) {
	d.t.Helper()
	if err := os.Chmod(filepath.Join(d.path, name), mode); err != nil {
		d.t.Fatal(err)
	}
}

func (d keyDir) link(name, to string) {
	d.t.Helper()
	if err := os.Symlink(to, filepath.Join(d.path, name)); err != nil {
		d.t.Fatal(err)
	}
}

// A running is a Provider in a configuration that runs.
type running struct {
	*Provider
	t      testing.TB
	logs   *observer.ObservedLogs
	unload func() // ends the configuration
}

// run loads a configuration and starts it. Its logs are those from then on.
func run(t testing.TB, config *Provider) *running {
	t.Helper()
	r, err := provision(t, config)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	return r
}

// provision loads a configuration without starting it.
func provision(t testing.TB, config *Provider) (*running, error) {
	t.Helper()
	ctx, unload := caddy.NewContext(keytest.Context(t, t.TempDir()))
	unload = sync.OnceFunc(unload)
	t.Cleanup(unload)
	file, err := keytest.Load[*Provider](t, ctx, "file", config)
	if err != nil {
		return nil, err
	}
	core, logs := observer.New(zap.InfoLevel)
	file.logger = zap.New(core)
	return &running{file, t, logs, unload}, nil
}

func seconds(n int) *caddy.Duration {
	return new(caddy.Duration(time.Duration(n) * time.Second))
}

// check compares the keys of a tenant with those wanted, by number.
func (r *running) check(tenant string, want ...int) {
	r.t.Helper()
	ring, err := r.Keys(tenant)
	if err != nil && len(want) > 0 {
		r.t.Fatalf("the keys of %s: %v", tenant, err)
	}
	if len(want) == 0 && err != keys.ErrUnknownTenant { //nolint:errorlint // it is returned as it is
		r.t.Errorf("%s has %d keys, %v; it should be unknown", tenant, len(ring), err)
	}
	if got := numbersOf(ring); !slices.Equal(got, want) {
		r.t.Errorf("%s has the keys %v, want %v", tenant, got, want)
	}
}

func numbersOf(ring []keys.Key) []int {
	var numbers []int
	for _, key := range ring {
		numbers = append(numbers, keytest.Number(key.PublicKey()))
	}
	return numbers
}

// logged takes the messages since it was last asked.
func (r *running) logged(level string) []string {
	var messages []string
	for _, entry := range r.logs.TakeAll() {
		if entry.Level.String() == level {
			message := entry.Message
			for _, name := range []string{"tenant", "file", "error"} {
				if value, ok := entry.ContextMap()[name].(string); ok {
					message += " " + name + "=" + value
				}
			}
			messages = append(messages, message)
		}
	}
	return messages
}

// checkLog wants so many messages of a level, each to say something.
func (r *running) checkLog(level string, says ...string) {
	r.t.Helper()
	messages := r.logged(level)
	if len(messages) != len(says) {
		r.t.Fatalf("%d messages of level %s, want %d: %q", len(messages), level, len(says), messages)
	}
	for i, part := range says {
		if !strings.Contains(messages[i], part) {
			r.t.Errorf("the log says %q, it should say %q", messages[i], part)
		}
	}
}
