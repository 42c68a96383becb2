package e2e

import (
	"crypto"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/customergate/customergate/internal/cryptomb"
)

// engines are those that the binary has, and the CPU can run.
func engines() []string {
	names := []string{"go", "openssl"}
	if cryptomb.CPU() {
		names = append(names, "cryptomb")
	}
	return names
}

// TestEngines: whatever does the private operations, and however many come at
// once, answers are the same.
func TestEngines(t *testing.T) {
	t.Parallel()
	for _, name := range engines() {
		t.Run(name, func(t *testing.T) {
			up := startUpstream(t)
			gate := startGateway(t, setup{upstream: up.address, env: cryptomb.Environment(), site: `
			customer_gate {
				keys file {$DIR}/private.pem
				engine ` + name + `
				` + patient + `
			}
			reverse_proxy {$UPSTREAM}
			`})
			gate.checkDecrypts(t)
			up.take()
			if !strings.Contains(gate.log.String(), `"engine":"`+name+`"`) {
				t.Error("the log does not say which engine is in use")
			}
			if metrics := gate.metrics(t); !strings.Contains(metrics, `caddy_customer_gate_engine_info{engine="`+name+`"`) {
				t.Error("the metrics do not say which engine is in use")
			}
		})
	}
}

// checkDecrypts sends registrations at once that open, and some that do not.
func (g *gateway) checkDecrypts(t *testing.T) {
	t.Helper()
	const each = 6
	stranger := newKey()
	var sending sync.WaitGroup
	send := func(status int, key *testKey, hash crypto.Hash) {
		body := newCustomer().sealed(key.encrypt(t, password, hash), key.encrypt(t, password, hash)).json()
		sending.Go(func() {
			if got, err := tryPost(g.url(endpoint), body); err != nil || got.status != status {
				t.Errorf("a registration was answered %d (%v), want %d", got.status, err, status)
			}
		})
	}
	for range each {
		send(201, keyOfTests(), crypto.SHA256)
		send(201, keyOfTests(), crypto.SHA1)
		send(422, stranger, crypto.SHA256)
	}
	sending.Wait()
}

// TestStaticBinary: a build without cgo needs nothing of the machine, and says
// that Go does the private operations.
func TestStaticBinary(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := prepareGateway(t, setup{upstream: up.address})
	copyFile(t, staticBinary(t), filepath.Join(gate.dir, "caddy"))
	gate.alone = true
	gate.start(t)
	gate.checkDecrypts(t)
	up.take()
	if log := gate.log.String(); !strings.Contains(log, `"engine":"go"`) || !strings.Contains(log, "without cgo") {
		t.Error("the log does not say that Go does the private operations, and why")
	}
}

// staticBinary is a gateway that was built without cgo, once for all tests.
func staticBinary(t *testing.T) string {
	t.Helper()
	path, err := buildStatic()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var buildStatic = sync.OnceValues(func() (string, error) {
	path := filepath.Join(filepath.Dir(binary), "caddy-static")
	build := exec.Command("go", "build", "-o", path, "./cmd/caddy")
	build.Dir, build.Env = checkout, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, nil
})

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, content, 0o700) // as the program that it may be
	}
	if err != nil {
		t.Fatal(err)
	}
}

// command runs the binary of all tests, or that of a gateway which is alone in
// an empty root.
func (g *gateway) command() *exec.Cmd {
	if !g.alone {
		process := exec.Command(binary, "run", "--config", g.config)
		process.Dir, process.Env = g.dir, g.env
		return process
	}
	process := exec.Command("/caddy", "run", "--config", "/Caddyfile")
	process.Dir = "/"
	for _, name := range []string{"PORT", "ADMIN_PORT", "UPSTREAM"} {
		process.Env = append(process.Env, name+"="+g.variable(name))
	}
	process.Env = append(process.Env, "DIR=/", "STORAGE=/storage", "HOME=/")
	process.SysProcAttr = &syscall.SysProcAttr{Chroot: g.dir}
	if os.Getuid() != 0 { // who else may change the root of a namespace of their own
		process.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		process.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		process.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	return process
}
