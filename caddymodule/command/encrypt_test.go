package command

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/customergate/customergate/caddymodule/keys"
)

func publicFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "public.b64")
	writeFile(t, path, must(keys.PublicBase64(&testKey().PublicKey))+"\n", 0o644)
	return path
}

func TestEncryptCommand(t *testing.T) {
	noStorage(t)
	public := publicFile(t)
	tests := map[string]struct {
		stdin string
		args  []string
		mgf1  string // the one policy of the gate that opens it
		want  string
	}{
		"default":                  {password, nil, "sha256", password},
		"SHA-256":                  {password, []string{"--mgf1", "sha256"}, "sha256", password},
		"SHA-1":                    {password, []string{"--mgf1", "sha1"}, "sha1", password},
		"line ended":               {password + "\n", nil, "sha256", password},
		"line ended as in DOS":     {password + "\r\n", nil, "sha256", password},
		"blanks are kept":          {" " + password + " \n", nil, "sha256", " " + password + " "},
		"letters of other scripts": {"Ünïcødé#42" + password, nil, "sha256", "Ünïcødé#42" + password},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			run := execute(t, test.stdin, append([]string{"encrypt", "--key", public}, test.args...)...)
			if run.err != nil || !regexp.MustCompile(`^[A-Za-z0-9+/]{342}==\n$`).MatchString(run.stdout) {
				t.Fatalf("error %v, output %q", run.err, run.stdout)
			}
			ciphertext := strings.TrimSpace(run.stdout)
			config := filepath.Join(t.TempDir(), "Caddyfile")
			writeFile(t, config, ":8080 {\n\tcustomer_gate {\n\t\tkeys file "+keyFile(t)+"\n\t\tmgf1 "+test.mgf1+"\n\t}\n}\n", 0o600)
			body := sealed(ciphertext, ciphertext)
			checked := execute(t, body, "check", "--config", config, "--reveal", "-")
			var forwarded struct{ Password string }
			if err := json.Unmarshal([]byte(checked.stdout), &forwarded); err != nil || checked.err != nil {
				t.Fatalf("check: %v, %v: %s", checked.err, err, checked.stdout)
			}
			if forwarded.Password != test.want {
				t.Errorf("the password that comes out is %q, want %q", forwarded.Password, test.want)
			}
		})
	}
}

func TestEncryptCommandFails(t *testing.T) {
	public := publicFile(t)
	noKey := filepath.Join(t.TempDir(), "none")
	writeFile(t, noKey, "not a key", 0o644)
	tests := map[string]struct {
		stdin string
		args  []string
		says  string
	}{
		"empty":                   {"", []string{"--key", public}, "one line of UTF-8"},
		"empty line":              {"\n", []string{"--key", public}, "one line of UTF-8"},
		"two lines":               {password + "\n" + password + "\n", []string{"--key", public}, "one line of UTF-8"},
		"control character":       {"pass\x07word", []string{"--key", public}, "one line of UTF-8"},
		"NUL":                     {"pass\x00word", []string{"--key", public}, "one line of UTF-8"},
		"not UTF-8":               {"pass\xffword", []string{"--key", public}, "one line of UTF-8"},
		"longer than a block":     {strings.Repeat("a", 191), []string{"--key", public}, "too long"},
		"no key":                  {password, nil, "required flag(s)"},
		"key that is not there":   {password, []string{"--key", noKey + "x"}, "nonex"},
		"key that is none":        {password, []string{"--key", noKey}, noKey},
		"private key":             {password, []string{"--key", keyFile(t)}, "private key"},
		"unknown mask generation": {password, []string{"--key", public, "--mgf1", "md5"}, "--mgf1"},
		"password as an argument": {"", []string{"--key", public, password}, "unknown command"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			run := execute(t, test.stdin, append([]string{"encrypt"}, test.args...)...)
			if run.err == nil || !strings.Contains(run.err.Error(), test.says) {
				t.Errorf("the error is %v, it should say %q", run.err, test.says)
			}
			if run.stdout != "" {
				t.Errorf("it printed %s", run.stdout)
			}
		})
	}
}

// TestEncryptCommandTakesTheLongestPassword: 190 bytes fit into a key of 2048
// bits.
func TestEncryptCommandTakesTheLongestPassword(t *testing.T) {
	if run := execute(t, strings.Repeat("a", 190), "encrypt", "--key", publicFile(t)); run.err != nil {
		t.Error(run.err)
	}
}

// TestEncryptCommandAtATerminal asks, and shows nothing of what is typed.
func TestEncryptCommandAtATerminal(t *testing.T) {
	user, terminal := newTerminal(t)
	var ciphertext strings.Builder
	done := make(chan error)
	go func() { done <- runEncrypt(t.Context(), publicFile(t), "sha256", terminal, &ciphertext, terminal) }()
	awaitEcho(t, terminal, false)
	fmt.Fprintln(user, password)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if !echoes(t, terminal) {
		t.Error("what is typed next is not shown")
	}
	terminal.Close()
	if shown, _ := io.ReadAll(user); string(shown) != "Password: \r\n" {
		t.Errorf("it shows %q", shown)
	}
	noStorage(t)
	text := strings.TrimSpace(ciphertext.String())
	if run := execute(t, sealed(text, text), "check", "--key", keyFile(t), "--reveal", "-"); !strings.Contains(run.stdout, password) {
		t.Errorf("the password that comes out is another: %v, %s", run.err, run.stdout)
	}
}

// TestEncryptCommandInterruptedAtATerminal: the user sees again what is typed.
func TestEncryptCommandInterruptedAtATerminal(t *testing.T) {
	_, terminal := newTerminal(t)
	ctx, interrupt := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- runEncrypt(ctx, publicFile(t), "sha256", terminal, io.Discard, io.Discard) }()
	awaitEcho(t, terminal, false)
	interrupt()
	if err := <-done; err == nil || err.Error() != "interrupted" {
		t.Errorf("the error is %v", err)
	}
	if !echoes(t, terminal) {
		t.Error("what is typed next is not shown")
	}
}

// awaitEcho returns when a terminal shows what is typed, or does not any more.
func awaitEcho(t *testing.T, terminal *os.File, want bool) {
	t.Helper()
	for echoes(t, terminal) != want {
		runtime.Gosched()
	}
}

func echoes(t *testing.T, terminal *os.File) bool {
	t.Helper()
	settings, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return settings.Lflag&unix.ECHO != 0
}
