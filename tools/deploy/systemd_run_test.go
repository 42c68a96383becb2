package deploy

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// systemd is one of a test's own, that runs the unit.
type systemd struct {
	pid         string
	site, admin string // addresses of the gateway
}

// TestUnitRuns has systemd run the unit: with all that it forbids, the gateway makes its
// key, finds OpenSSL, keeps claims, reloads, and stops and starts with what it has kept.
func TestUnitRuns(t *testing.T) {
	if err := exec.Command("unshare", "--pid", "--fork", "--mount", "--uts", "--ipc", "true").Run(); err != nil && os.Getenv("CI") != "true" {
		t.Skip("who cannot make namespaces cannot become systemd: ", err)
	}
	s := startSystemd(t)
	key := s.get(t, s.site+"/keys.json")
	if status := s.register(t); status != http.StatusCreated {
		t.Fatalf("a registration is answered %d\n%s", status, s.ctl(t, "status", "customergate"))
	}
	if status := s.register(t); status != http.StatusConflict {
		t.Errorf("the same again is answered %d", status)
	}
	if metrics := s.get(t, s.admin+"/metrics"); !strings.Contains(metrics, `engine="openssl"`) && !strings.Contains(metrics, `engine="cryptomb"`) {
		t.Error("the gateway has not found OpenSSL")
	}
	for _, action := range []string{"reload", "restart"} {
		s.ctl(t, action, "customergate")
		s.await(t)
		if again := s.get(t, s.site+"/keys.json"); again != key {
			t.Errorf("after %s the key is another one", action)
		}
		if status := s.register(t); status != http.StatusConflict {
			t.Errorf("after %s the address is answered %d", action, status)
		}
	}
	s.ctl(t, "stop", "customergate")
	if shown := s.ctl(t, "show", "customergate", "--property=ActiveState,Result,NRestarts"); !strings.Contains(shown, "ActiveState=inactive") ||
		!strings.Contains(shown, "Result=success") || !strings.Contains(shown, "NRestarts=0") {
		t.Errorf("after stop it is\n%s", shown)
	}
}

func startSystemd(t *testing.T) *systemd {
	t.Helper()
	folder := t.TempDir()
	units := filepath.Join(folder, "units")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(units, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"sysinit", "basic", "shutdown", "network-online"} {
		write("units/"+target+".target", "[Unit]\nDefaultDependencies=no\n")
	}
	write("units/default.target", "[Unit]\nDefaultDependencies=no\nWants=customergate.service\n")
	unit, err := os.ReadFile("../../deploy/systemd/customergate.service")
	if err != nil {
		t.Fatal(err)
	}
	write("units/customergate.service", string(unit))
	s := &systemd{site: "http://" + freeAddress(t), admin: "http://" + freeAddress(t)}
	_, port, _ := strings.Cut(strings.TrimPrefix(s.site, "http://"), ":")
	write("Caddyfile", fmt.Sprintf("{\n\tadmin %s\n\tgrace_period 2s\n}\nhttp://:%s {\n\tbind 127.0.0.1\n\tcustomer_gate_keys /keys*\n\t@registration customer_gate_path register-customer\n"+
		"\tcustomer_gate @registration {\n\t\tunique_email bolt /var/lib/caddy/claims.db\n\t}\n\trespond created 201\n}\n", strings.TrimPrefix(s.admin, "http://"), port))
	if said, err := exec.Command("go", "build", "-C", "../..", "-o", filepath.Join(folder, "caddy"), "./cmd/caddy").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}

	script, err := filepath.Abs("testdata/systemd.sh")
	if err != nil {
		t.Fatal(err)
	}
	// The namespaces, and with them all that is in them, end with the program.
	namespaces := exec.Command("unshare", "--pid", "--fork", "--mount", "--uts", "--ipc", "--kill-child", script, folder)
	var said strings.Builder
	namespaces.Stdout, namespaces.Stderr = &said, &said
	if err := namespaces.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = namespaces.Process.Kill()
		_ = namespaces.Wait()
		if t.Failed() {
			t.Logf("%s", said.String())
		}
	})
	children := fmt.Sprintf("/proc/%d/task/%[1]d/children", namespaces.Process.Pid)
	eventually(t, "systemd has begun", func() bool {
		child, err := os.ReadFile(children)
		s.pid = strings.TrimSpace(string(child))
		return err == nil && s.pid != ""
	})
	s.await(t)
	return s
}

// await returns when the gateway answers.
func (s *systemd) await(t *testing.T) {
	t.Helper()
	eventually(t, "the gateway answers", func() bool {
		answer, err := http.Get(s.site + "/keys.json")
		if err != nil {
			return false
		}
		return answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
	})
}

// ctl is systemctl, and what it says.
func (s *systemd) ctl(t *testing.T, arguments ...string) string {
	t.Helper()
	said, err := exec.Command("nsenter", append([]string{"--target", s.pid, "--pid", "--mount", "systemctl", "--no-pager"}, arguments...)...).CombinedOutput()
	if err != nil {
		t.Errorf("systemctl %q: %v\n%s", arguments, err, said)
	}
	return string(said)
}

func (s *systemd) get(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", url, answer.StatusCode, err)
	}
	return string(body)
}

func (s *systemd) register(t *testing.T) (status int) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, s.site+"/usermanagement/register-customer", strings.NewReader(
		`{"customerType":"INDIVIDUAL","payloadEncrypted":false,"firstName":"Ada","lastName":"Lovelace","email":"ada@example.com","phone":"+447123456789",`+
			`"dob":"1990-12-10","password":"tUrtle-vex9!Quartz","confirmPassword":"tUrtle-vex9!Quartz"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, "Platform": {"fincode"}, "Uuid": {"1"}}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// eventually polls, as nothing tells when another process is ready.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited for this in vain: %s", what)
		}
	}
}
