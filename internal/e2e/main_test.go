package e2e

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// binary is the gateway that all tests run.
var binary string

// checkout is the root of the source tree.
var checkout, _ = filepath.Abs(filepath.Join("..", ".."))

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	lookAtSources()
	dir, err := os.MkdirTemp("", "customergate-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "caddy")
	build := exec.Command("go", "build", "-race", "-ldflags=-w", "-o", binary, "./cmd/caddy")
	build.Dir = checkout
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the gateway: %v\n%s", err, out)
		return 1
	}
	defer sharedRedis.close()
	defer sharedPostgres.close()
	return m.Run()
}

// lookAtSources is for go test, which remembers results until what the tests have
// looked at changes, and does not see what is built here.
func lookAtSources() {
	for _, folder := range []string{"caddymodule", "cmd", "validation"} {
		_ = filepath.WalkDir(filepath.Join(checkout, folder), func(path string, _ fs.DirEntry, err error) error {
			_, _ = os.Stat(path)
			return err
		})
	}
}
