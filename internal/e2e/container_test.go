package e2e

import (
	"crypto"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestContainer builds the image of deploy/container from nothing but the binary, and
// registers a customer at a gateway that runs in it, as nobody in particular, with keys
// in its volume.
func TestContainer(t *testing.T) {
	t.Parallel()
	folder, up := t.TempDir(), startUpstream(t)
	copyFile(t, staticBinary(t), filepath.Join(folder, "caddy"))
	copyFile(t, "/etc/ssl/certs/ca-certificates.crt", filepath.Join(folder, "ca-certificates.crt"))
	if err := os.Mkdir(filepath.Join(folder, "state"), 0o700); err != nil {
		t.Fatal(err)
	}
	buildah := func(arguments ...string) *exec.Cmd {
		command := exec.Command("buildah", append([]string{"--storage-driver", "vfs", "--root", filepath.Join(folder, "root"), "--runroot", filepath.Join(folder, "run")}, arguments...)...)
		command.Dir = folder
		return command
	}
	run := func(arguments ...string) string {
		t.Helper()
		said, err := buildah(arguments...).CombinedOutput()
		if err != nil {
			t.Fatalf("buildah %q: %v\n%s", arguments, err, said)
		}
		return strings.TrimSpace(string(said))
	}
	run("bud", "--isolation", "chroot", "-f", filepath.Join(checkout, "deploy", "container", "Dockerfile"), "-t", "customergate", ".")
	container := run("from", "--pull-never", "localhost/customergate")

	port := freePort(t)
	config := filepath.Join(folder, "Caddyfile")
	writeFile(t, config, []byte("{\n admin off\n}\nhttp://127.0.0.1:"+port+" {\n bind 127.0.0.1\n customer_gate_keys /keys*\n customer_gate /u*\n reverse_proxy "+up.address+"\n}\n"))
	if err := os.Chmod(config, 0o644); err != nil { // the gateway is another user
		t.Fatal(err)
	}
	log := watchFor("serving initial configuration")
	gateway := buildah("run", "--isolation", "chroot", "-v", config+":/etc/caddy/Caddyfile:ro", container, "/caddy", "run", "--config", "/etc/caddy/Caddyfile")
	gateway.Stdout, gateway.Stderr = log, log
	gateway.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := gateway.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-gateway.Process.Pid, syscall.SIGKILL) // buildah's processes and the gateway
		_ = gateway.Wait()
		_ = buildah("rm", "--all").Run()
	})
	waitUntil(t, "the gateway in the container serves or has failed", func() bool {
		return closed(log.seen) || strings.Contains(log.String(), "Error: ")
	})
	if !closed(log.seen) {
		t.Fatal(log)
	}
	url := "http://127.0.0.1:" + port
	key, err := fetchKey(url + "/keys.txt")
	if err != nil {
		t.Fatal(err)
	}
	post(t, url+"/usermanagement/register-customer", newCustomer().encrypted(t, key.testKey, crypto.SHA256).json()).check(t, 201)
	newCustomer().checkForwarded(t, up.takeOne(t).body)
	if user := run("run", "--isolation", "chroot", container, "/caddy", "environ"); !strings.Contains(user, "HOME=/state") {
		t.Errorf("its environment is %s", user)
	}
}
