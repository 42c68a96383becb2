package customergate

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// buildCommands returns the command lines of xcaddy.txt as words, the one for
// the published module first.
func buildCommands(t *testing.T) (published, local []string) {
	t.Helper()
	text, err := os.ReadFile("xcaddy.txt")
	if err != nil {
		t.Fatal(err)
	}
	var commands [][]string
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 0 && words[0] != "#" {
			commands = append(commands, words)
		}
	}
	if len(commands) != 2 {
		t.Fatalf("xcaddy.txt holds %d commands, want 2", len(commands))
	}
	return commands[0], commands[1]
}

// output runs a command in the checkout's root and returns its standard output.
func output(t *testing.T, words ...string) string {
	t.Helper()
	var diagnostics strings.Builder
	command := exec.CommandContext(t.Context(), words[0], words[1:]...)
	command.Stderr = &diagnostics
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(words, " "), err, out, diagnostics.String())
	}
	return string(out)
}

func TestXcaddyBuildFromLocalCheckout(t *testing.T) {
	_, local := buildCommands(t)
	binary := filepath.Join(t.TempDir(), "caddy")
	pinned := []string{"go", "tool", "-modfile=tools/go.mod"}
	output(t, slices.Concat(pinned, local, []string{"--output", binary})...)

	modules := strings.Fields(output(t, binary, "list-modules"))
	if !slices.Contains(modules, "http.handlers.customer_gate") {
		t.Errorf("the binary built by %q has no http.handlers.customer_gate among its %d modules",
			strings.Join(local, " "), len(modules))
	}
}

func TestXcaddyCommandsNameThisModule(t *testing.T) {
	module := strings.TrimSpace(output(t, "go", "list", "-m"))
	caddy := strings.TrimSpace(output(t, "go", "list", "-m", "-f", "{{.Version}}", "github.com/caddyserver/caddy/v2"))
	published, local := buildCommands(t)

	if want := "xcaddy build --with " + module; strings.Join(published, " ") != want {
		t.Errorf("published module: %q, want %q", strings.Join(published, " "), want)
	}
	// The tested Caddy is the one that go.mod asks for. The replaced module
	// needs a version, or the go command looks for one outside the checkout.
	if want := "xcaddy build " + caddy + " --with " + module + "@v0.0.0=."; strings.Join(local, " ") != want {
		t.Errorf("local checkout: %q, want %q", strings.Join(local, " "), want)
	}
}
