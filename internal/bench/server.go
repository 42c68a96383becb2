package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/customergate/customergate/internal/cryptomb"
	"github.com/customergate/customergate/internal/load"
	"github.com/customergate/customergate/internal/process"
)

// server is a gateway that runs.
type server struct {
	name string
	*process.Process
}

// servers are those that are measured, in front of one upstream.
type servers struct {
	dir      string
	upstream net.Listener

	gate    *server   // as it comes
	relaxed *server   // with a garbage collector that comes less often
	engines []*server // with one engine each
	node    *server   // nil without Node
	base    *server   // of another commit; nil without one
}

const caddyfile = `{
	admin off
	persist_config off
	log {
		level ERROR
	}
}
(upstream) {
	reverse_proxy %[1]s {
		transport http {
			keepalive_idle_conns_per_host 1024
		}
	}
}
(gate) {
	customer_gate {
		keys file %[2]s
		plaintext 127.0.0.0/24
		reuse_limit 65535 1s
		%[3]s
		{block}
	}
}
http://:{$PORT} {
	bind 127.0.0.1
	handle /bare/* {
		import upstream
	}
	handle /gate/* {
		import gate
		import upstream
	}
	handle /claims/* {
		import gate {
			unique_email bolt claims.db
		}
		import upstream
	}
	handle /monitored/* {
		import gate {
			mode monitor
		}
		import upstream
	}
	handle /metrics {
		metrics
	}
	handle /other {
		respond "other"
	}
}
`

func startServers(dir string, set settings) (*servers, error) {
	s := &servers{dir: dir}
	var err error
	if s.upstream, err = load.StartUpstream(); err != nil {
		return s, err
	}
	usual, static := filepath.Join(dir, "caddy"), filepath.Join(dir, "caddy-static")
	if err := process.BuildGateway(".", usual); err != nil {
		return s, err
	}
	if err := process.BuildGateway(".", static, "CGO_ENABLED=0"); err != nil {
		return s, err
	}
	if s.gate, err = s.startGateway("gate", usual, ""); err != nil {
		return s, err
	}
	if s.relaxed, err = s.startGateway(relaxed, usual, "", relaxed); err != nil {
		return s, err
	}
	for _, engine := range set.engines {
		binary := usual
		if engine == goEngine {
			binary = static
		}
		if err := s.startEngine(engine, binary); err != nil {
			return s, err
		}
	}
	if err := s.startNode(); err != nil {
		return s, err
	}
	return s, s.startBase(set.base)
}

// relaxed is the variable that has the garbage collector come less often.
const relaxed = "GOGC=400"

// goEngine is the engine of a build without cgo.
const goEngine = "go"

func (s *servers) startGateway(name, binary, option string, variables ...string) (*server, error) {
	dir := filepath.Join(s.dir, name)
	text := fmt.Sprintf(caddyfile, s.upstream.Addr(), filepath.Join(s.dir, keyFile), option)
	p, err := process.StartGateway(binary, dir, text, append(cryptomb.Environment(), variables...))
	return &server{name, p}, err
}

// startEngine starts a gateway with an engine. One that cannot be had here is
// left out.
func (s *servers) startEngine(name, binary string) error {
	gateway, err := s.startGateway(name, binary, "engine "+name)
	if err != nil {
		return err
	}
	metrics, err := gateway.metrics()
	if err != nil || !strings.Contains(metrics, `customer_gate_engine_info{engine="`+name+`"`) {
		gateway.Stop()
		fmt.Fprintf(os.Stderr, "the engine %s cannot be had here\n", name)
		return err
	}
	s.engines = append(s.engines, gateway)
	return nil
}

func (s *server) metrics() (string, error) {
	response, err := http.Get("http://" + s.Address + "/metrics")
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return string(text), err
}

// startNode starts what scripts/install-node-gateway.sh has installed.
func (s *servers) startNode() error {
	const dir = "build/node-gateway"
	node, notFound := exec.LookPath("node")
	_, missing := os.Stat(filepath.Join(dir, "node_modules"))
	if installed := notFound == nil && missing == nil; !installed {
		fmt.Fprintln(os.Stderr, "the Node gateway cannot be had here")
		return nil
	}
	port, err := process.FreePort()
	if err != nil {
		return err
	}
	command := exec.Command(node, "gateway.mjs", port, s.upstream.Addr().String(), filepath.Join(s.dir, keyFile))
	command.Dir, command.Env = dir, append(os.Environ(), "NODE_ENV=production")
	p, err := process.Start("127.0.0.1:"+port, command)
	s.node = &server{"Node", p}
	return err
}

// startBase starts the gateway of another commit, with its defaults.
func (s *servers) startBase(commit string) error {
	if commit == "" {
		return nil
	}
	checkout, binary := filepath.Join(s.dir, "base-checkout"), filepath.Join(s.dir, "caddy-base")
	if out, err := exec.Command("git", "worktree", "add", "--detach", checkout, commit).CombinedOutput(); err != nil {
		return fmt.Errorf("checking out %s: %w\n%s", commit, err, out)
	}
	err := process.BuildGateway(checkout, binary)
	err = errors.Join(err, exec.Command("git", "worktree", "remove", "--force", checkout).Run())
	if err == nil {
		s.base, err = s.startGateway(commit, binary, "")
	}
	return err
}

func (s *servers) stop() {
	for _, one := range append(s.engines, s.gate, s.relaxed, s.node, s.base) {
		if one != nil && one.Process != nil {
			one.Stop()
		}
	}
	if s.upstream != nil {
		_ = s.upstream.Close()
	}
}
