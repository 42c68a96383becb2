package e2e

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCommandsPrintNoLogLines: what is beside the output of a command is meant
// for whoever has typed it. A Caddyfile that is not formatted gets a warning in
// Caddy's log.
func TestCommandsPrintNoLogLines(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "private.pem"), newKey().pem)
	writeFile(t, filepath.Join(dir, "Caddyfile"), []byte("http://localhost:8080 {\n  customer_gate {\n  keys file private.pem\n  unique_email bolt claims.db\n  }\n}\n"))
	writeFile(t, filepath.Join(dir, "body.json"), []byte(`{}`))
	writeFile(t, filepath.Join(dir, "customers"), []byte("ada@example.com\n"))
	for _, test := range []struct{ command, beside string }{
		{"keys --config Caddyfile", ""},
		{"keys", ""},
		{"check --config Caddyfile body.json", ""},
		{"check body.json", ""},
		{"claims count --config Caddyfile", ""},
		{"claims import --config Caddyfile customers", "note: made the key that addresses are hashed with, in Caddy's storage (FileStorage:" + dir + "/xdg/data/caddy); the gateway has to use the same storage\n"},
		{"claims import --config Caddyfile customers", ""},
		{"claims check --config Caddyfile ada@example.com", ""},
		{"claims forget --config Caddyfile ada@example.com", ""},
		{"keys --config nowhere", "Error: reading config from file: open nowhere: no such file or directory\n"},
	} {
		command := exec.Command(binary, append([]string{"customer-gate"}, strings.Fields(test.command)...)...)
		var beside bytes.Buffer
		command.Dir, command.Env, command.Stderr = dir, homeEnv(dir), &beside
		_ = command.Run() // some tell by their exit status what they have found
		if beside.String() != test.beside {
			t.Errorf("%s says beside its output\n%swant\n%s", test.command, beside.String(), test.beside)
		}
	}
}
