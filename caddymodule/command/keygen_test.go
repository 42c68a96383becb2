package command

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule"
	"github.com/customergate/customergate/caddymodule/keys"
)

func TestKeygenCommand(t *testing.T) {
	for bits, args := range map[int][]string{2048: nil, 3072: {"--bits", "3072"}} {
		t.Run(fmt.Sprint(bits), func(t *testing.T) { testKeygen(t, bits, args...) })
	}
}

func testKeygen(t *testing.T, want int, args ...string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "new", "keys")
	run := execute(t, "", append([]string{"keygen", "--out", dir}, args...)...)
	if run.err != nil {
		t.Fatal(run.err)
	}
	private, err := keys.ReadPrivateFile(filepath.Join(dir, "private.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if bits := private.N.BitLen(); bits != want {
		t.Errorf("the key has %d bits", bits)
	}
	for name, mode := range map[string]os.FileMode{"private.pem": 0o600, "public.pem": 0o644, ".": 0o700 | os.ModeDir} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != mode {
			t.Errorf("the mode of %s is %v, want %v", name, info.Mode(), mode)
		}
	}
	public, err := keys.ParsePublic(mustRead(t, filepath.Join(dir, "public.pem")))
	if err != nil || !public.Equal(&private.PublicKey) {
		t.Errorf("public.pem holds another key: %v", err)
	}
	checkDashboardForm(t, run.stdout, &private.PublicKey)
}

// checkDashboardForm wants one line of Base64 with the SubjectPublicKeyInfo.
func checkDashboardForm(t *testing.T, line string, want *rsa.PublicKey) {
	t.Helper()
	if strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\n") {
		t.Errorf("it is not one line: %q", line)
	}
	der, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSuffix(line, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		t.Fatal(err)
	}
	if !want.Equal(public) {
		t.Error("it is another key")
	}
}

// TestKeygenCommandOverwritesNothing: a key that is overwritten is gone.
func TestKeygenCommandOverwritesNothing(t *testing.T) {
	for _, name := range []string{"private.pem", "public.pem"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, name)
			writeFile(t, path, "precious", 0o600)
			run := execute(t, "", "keygen", "--out", dir)
			if run.err == nil || !strings.Contains(run.err.Error(), path+" exists") {
				t.Errorf("the error is %v", run.err)
			}
			if string(mustRead(t, path)) != "precious" {
				t.Error("it was overwritten")
			}
			if run.stdout != "" {
				t.Errorf("it printed %s", run.stdout)
			}
			if files := filesIn(t, dir); len(files) != 1 {
				t.Errorf("it left %q", files)
			}
		})
	}
}

func TestKeygenCommandFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	writeFile(t, file, "", 0o600)
	for name, args := range map[string][]string{
		"no folder":        nil,
		"folder is a file": {"--out", file},
		"under a file":     {"--out", file + "/keys"},
		"an argument":      {"--out", t.TempDir(), "more"},
		"too few bits":     {"--out", t.TempDir() + "/a", "--bits", "1024"},
		"too many bits":    {"--out", t.TempDir() + "/a", "--bits", "16384"},
		"bits in words":    {"--out", t.TempDir() + "/a", "--bits", "many"},
	} {
		t.Run(name, func(t *testing.T) {
			if run := execute(t, "", append([]string{"keygen"}, args...)...); run.err == nil || run.stdout != "" {
				t.Errorf("error %v, output %s", run.err, run.stdout)
			}
		})
	}
}

func TestPublicKeyCommand(t *testing.T) {
	key := keyFile(t)
	want := &testKey().PublicKey
	run := func(args ...string) string {
		t.Helper()
		done := execute(t, "", append([]string{"public-key", "--key", key}, args...)...)
		if done.err != nil {
			t.Fatal(done.err)
		}
		return done.stdout
	}
	checkDashboardForm(t, run(), want)
	checkDashboardForm(t, run("--format", "base64"), want)

	pem := run("--format", "pem")
	if !strings.HasPrefix(pem, "-----BEGIN PUBLIC KEY-----\n") || !strings.HasSuffix(pem, "\n-----END PUBLIC KEY-----\n") {
		t.Errorf("not PEM: %s", pem)
	}
	var jwk struct{ Kty, Kid, D string }
	text := run("--format", "jwk")
	if err := json.Unmarshal([]byte(text), &jwk); err != nil || jwk.Kty != "RSA" || jwk.D != "" {
		t.Errorf("not a public JWK: %s: %v", text, err)
	}
	for name, form := range map[string]string{"pem": pem, "jwk": text} {
		if public, err := keys.ParsePublic([]byte(form)); err != nil || !want.Equal(public) {
			t.Errorf("%s holds another key: %v", name, err)
		}
	}
}

func TestPublicKeyCommandFails(t *testing.T) {
	shared := keyFile(t)
	if err := os.Chmod(shared, 0o640); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		args []string
		says string
	}{
		"no key":                      {nil, "required flag(s)"},
		"key that is not there":       {[]string{"--key", shared + "x"}, "x"},
		"key that the group can read": {[]string{"--key", shared}, "chmod 600"},
		"public key":                  {[]string{"--key", private(t, publicFile(t))}, "public key"},
		"unknown form":                {[]string{"--key", keyFile(t), "--format", "der"}, "--format"},
		"an argument":                 {[]string{"--key", keyFile(t), "more"}, "unknown command"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			run := execute(t, "", append([]string{"public-key"}, test.args...)...)
			if run.err == nil || !strings.Contains(run.err.Error(), test.says) {
				t.Errorf("the error is %v, it should say %q", run.err, test.says)
			}
			if run.stdout != "" {
				t.Errorf("it printed %s", run.stdout)
			}
		})
	}
}

// private makes a file readable by its owner alone.
func private(t *testing.T, path string) string {
	t.Helper()
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestCommandsReportBrokenPipes: what could not be read or printed is no
// success.
func TestCommandsReportBrokenPipes(t *testing.T) {
	noStorage(t)
	body := filepath.Join(t.TempDir(), "body.json")
	writeFile(t, body, validBody, 0o600)
	for name, err := range map[string]error{
		"check":        checkFlags{client: "127.0.0.1", request: caddymodule.OfflineRequest{Tenant: keys.DefaultTenant}}.run(body, nil, brokenPipe{}, io.Discard),
		"encrypt, out": runEncrypt(t.Context(), publicFile(t), "sha256", strings.NewReader(password), brokenPipe{}, io.Discard),
		"encrypt, in":  runEncrypt(t.Context(), publicFile(t), "sha256", brokenPipe{}, os.Stdout, io.Discard),
		"keygen":       runKeygen(t.TempDir(), keys.MinBits, brokenPipe{}),
		"public-key":   runPublicKey(keyFile(t), "jwk", brokenPipe{}),
	} {
		if !errors.Is(err, errBrokenPipe) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}
