package process

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// BuildGateway builds the gateway of a checkout, as `go build` does. Variables
// such as CGO_ENABLED=0 tell how.
func BuildGateway(checkout, binary string, variables ...string) error {
	build := exec.Command("go", "build", "-o", binary, "./cmd/caddy")
	build.Dir, build.Env = checkout, append(os.Environ(), variables...)
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the gateway in %s: %w\n%s", checkout, err, out)
	}
	return nil
}

// StartGateway runs a binary of the gateway with a Caddyfile in a folder of its
// own. The Caddyfile's site is http://127.0.0.1:{$PORT}. An environment such as
// os.Environ tells where libraries are.
func StartGateway(binary, dir, caddyfile string, environment []string) (*Process, error) {
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "Caddyfile")
	if err := os.WriteFile(config, []byte(caddyfile), 0o600); err != nil {
		return nil, err
	}
	command := exec.Command(binary, "run", "--config", config)
	command.Dir = dir
	command.Env = slices.Concat(environment, []string{"PORT=" + port, // and keep it out of the developer's home:
		"HOME=" + dir, "XDG_DATA_HOME=" + filepath.Join(dir, "data"), "XDG_CONFIG_HOME=" + filepath.Join(dir, "config")})
	return Start("127.0.0.1:"+port, command)
}
