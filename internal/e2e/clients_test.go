package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const weakPassword = "Summer2025!"

// TestClients runs the programs of examples/clients: each registers a customer,
// shows what is wrong with another, and lives through a change of the key. With
// edits, it measures the table of docs/encrypting.md.
func TestClients(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startPublishing(t, setup{upstream: up.address})
	const nonASCII = password + "ß€🗝"

	for _, h := range habits {
		t.Run(h.platform+" "+h.writes, func(t *testing.T) {
			built := h.build(t)
			if h.mgf1 == "" {
				front, body := frontThatListens(t, gate)
				checkOutput(t, built.run(t, front.URL, nonASCII), "refused: 422\n…/password password_undecryptable: …")
				up.checkUntouched(t)
				h.checkFault(t, body(), nonASCII)
				return
			}
			before := gate.opened(t)
			output := built.run(t, gate.url(""), nonASCII)
			h.checkMeasured(t, before, gate.opened(t))
			checkOutput(t, output, "registered")
			checkRegistered(t, up.takeOne(t), nonASCII)
			if h.old != "" {
				return
			}
			checkOutput(t, built.run(t, gate.url(""), weakPassword), "refused: 422\n/password password_common: …")
			up.checkUntouched(t)
			if h.example != "register.sh" { // which asks for the key whenever it runs, and does nothing for long
				front := frontOfRotation(t, gate)
				checkOutput(t, built.run(t, front.URL, password), "registered")
				checkRegistered(t, up.takeOne(t), password)
			}
		})
	}
}

// program is an example that can be run.
type program struct {
	dir     string
	command []string
}

// build returns the program in a folder of its own, edited and compiled.
func (h habit) build(t *testing.T) program {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, h.example), []byte(h.source(t)))
	p := program{dir: dir}
	switch filepath.Ext(h.example) {
	case ".java":
		p.compile(t, "javac", "-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", "--release", "11", h.example)
		// As much work goes into getting fast as a program of a second has in all.
		p.command = []string{"java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", strings.TrimSuffix(h.example, ".java")}
	case ".go":
		p.compile(t, "go", "build", "-o", "register", h.example)
		p.command = []string{"./register"}
	case ".mjs":
		p.command = []string{"node", h.example}
	case ".py":
		p.command = []string{python(), h.example}
	case ".php":
		p.command = []string{"php", h.example}
	case ".sh":
		p.command = []string{"bash", h.example}
	}
	return p
}

// python has the package cryptography. Debian has that for its own Python,
// whatever other one comes first in the PATH.
func python() string {
	if exec.Command("python3", "-c", "import cryptography").Run() == nil {
		return "python3"
	}
	return "/usr/bin/python3"
}

func (p program) compile(t *testing.T, words ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), words[0], words[1:]...)
	command.Dir = p.dir
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", words[0], err, out)
	}
}

// run returns what the program prints about a customer with that password. Its
// exit status has to say the same.
func (p program) run(t *testing.T, gateway, password string, action ...string) string {
	t.Helper()
	var diagnostics bytes.Buffer
	arguments := slices.Concat(p.command[1:], []string{gateway, "excel@KanarienPost.example"}, action)
	command := exec.CommandContext(t.Context(), p.command[0], arguments...)
	command.Dir = p.dir
	command.Env = append(os.Environ(), "NO_PROXY=*")
	command.Stdin = strings.NewReader(password + "\n")
	command.Stderr = &diagnostics
	out, err := command.Output()
	yes := strings.HasPrefix(string(out), "registered") || strings.HasPrefix(string(out), "logged in")
	if yes != (err == nil) || diagnostics.Len() > 0 {
		t.Fatalf("%s: %v\n%s%s", p.command[0], err, out, &diagnostics)
	}
	return string(out)
}

func checkOutput(t *testing.T, got, want string) {
	t.Helper()
	if !matches(want, got) {
		t.Errorf("the program prints\n%s\nwant\n%s", got, want)
	}
}

// checkRegistered fails unless the upstream got the customer of the programs,
// normalised and in plaintext.
func checkRegistered(t *testing.T, got received, password string) {
	t.Helper()
	got.checkFraming(t)
	want := fmt.Sprintf(`{"customerType":"INDIVIDUAL","payloadEncrypted":false,`+
		`"firstName":"Excel","lastName":"Nwachukwu","email":"excel@kanarienpost.example",`+
		`"dialingCode":"+44","phone":"+447123456789","dob":"1989-12-16",`+
		`"password":%q,"confirmPassword":%[1]q}`, password)
	if string(got.body) != want {
		t.Errorf("the upstream got\n%s\nwant\n%s", got.body, want)
	}
}
