package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestContractTools: linters find nothing wrong with the contract, clients that are
// generated from it compile and work, and so does the Bruno collection.
func TestContractTools(t *testing.T) {
	t.Parallel()
	tools := newContractTools(t)
	up := startUpstream(t)
	site := strings.Replace(everyGate, "customer_gate_contract", "customer_gate_contract {\n server http://127.0.0.1:{$PORT}/api/v6/services\n keys http://127.0.0.1:{$PORT}/keys.json\n }", 1)
	gate := startGateway(t, setup{upstream: up.address, site: site})
	_, openAPI := gate.fetch(t, "GET", "/openapi.json")
	writeFile(t, filepath.Join(tools.dir, "openapi.json"), openAPI)

	t.Run("redocly", func(t *testing.T) { tools.run(t, "redocly", "lint", "openapi.json") })
	t.Run("spectral", func(t *testing.T) { tools.run(t, "spectral", "lint", "--ruleset", "spectral.yaml", "openapi.json") })
	t.Run("patterns", func(t *testing.T) { checkOutput(t, tools.node(t, "patterns.mjs"), "all alike\n") })
	t.Run("generated clients", func(t *testing.T) {
		tools.run(t, "openapi-typescript", "openapi.json", "--output", "types.ts")
		tools.run(t, "orval", "--config", "orval.config.mjs")
		tools.run(t, "tsc", "--project", ".")
		checkOutput(t, tools.node(t, "built/fetch.js"), "422 VALIDATION_ERROR /password password_common\nregistered\n")
		checkOutput(t, tools.node(t, "built/orval.js"), "refused /password\nregistered\nlogged in 201\n")
		if got := len(up.take()); got != 3 {
			t.Errorf("%d requests have reached the upstream", got)
		}
	})
	t.Run("Bruno", func(t *testing.T) {
		collection := filepath.Join(tools.dir, "bruno")
		if err := os.CopyFS(collection, os.DirFS(filepath.Join(checkout, "examples", "bruno"))); err != nil {
			t.Fatal(err)
		}
		command := tools.command(t, filepath.Join(tools.dir, "node_modules", ".bin", "bru"),
			"run", "--sandbox", "developer", "--env", "local", "--env-var", "host=http://"+gate.address)
		command.Dir = collection
		if out, err := command.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		for _, request := range up.take() {
			if !strings.Contains(string(request.body), `"tUrtle-vex9!Quartz"`) {
				t.Errorf("the upstream got %s", request.body)
			}
		}
	})
}

// contractTools are programs of npm, at work in a folder of their own.
type contractTools struct{ dir string }

func newContractTools(t *testing.T) contractTools {
	t.Helper()
	modules := filepath.Join(checkout, "build", "contract-tools", "node_modules")
	if _, err := os.Stat(filepath.Join(modules, ".package-lock.json")); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("run scripts/install-contract-tools.sh: ", err)
		}
		t.Skip("scripts/install-contract-tools.sh installs what this test needs")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "contract"))); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	return contractTools{dir}
}

// command asks nobody on the Internet for anything.
func (c contractTools) command(t *testing.T, program string, arguments ...string) *exec.Cmd {
	command := exec.CommandContext(t.Context(), program, arguments...)
	command.Dir = c.dir
	command.Env = append(homeEnv(c.dir), "NO_PROXY=*", "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true")
	return command
}

func (c contractTools) run(t *testing.T, tool string, arguments ...string) {
	t.Helper()
	command := c.command(t, filepath.Join(c.dir, "node_modules", ".bin", tool), arguments...)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", tool, err, out)
	}
}

func (c contractTools) node(t *testing.T, arguments ...string) string {
	t.Helper()
	out, err := c.command(t, "node", arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}
