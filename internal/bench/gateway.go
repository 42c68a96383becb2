package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// gateway is the real binary, running.
type gateway struct {
	address string
	process *exec.Cmd
	log     bytes.Buffer
}

const caddyfile = `{
	admin off
	persist_config off
	log {
		level ERROR
	}
}
(upstream) {
	reverse_proxy %s {
		transport http {
			keepalive_idle_conns_per_host 1024
		}
	}
}
(gate) {
	customer_gate {
		keys file %s
		plaintext private_ranges
		reuse_limit 65535 1s
		{block}
	}
}
http://:%s {
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
			unique_email bolt %s
		}
		import upstream
	}
}
`

func startGateway(dir, upstream string) (*gateway, error) {
	binary := filepath.Join(dir, "caddy")
	build := exec.Command("go", "build", "-o", binary, "./cmd/caddy")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("building the gateway (run this in the root of the checkout): %w", err)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "Caddyfile")
	text := fmt.Sprintf(caddyfile, upstream, filepath.Join(dir, keyFile), port, filepath.Join(dir, "claims.db"))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	g := &gateway{address: "127.0.0.1:" + port, process: exec.Command(binary, "run", "--config", config)}
	g.process.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+filepath.Join(dir, "data"), "XDG_CONFIG_HOME="+filepath.Join(dir, "config"))
	g.process.Stderr = &g.log
	if err := g.process.Start(); err != nil {
		return nil, err
	}
	return g, g.ready()
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// ready waits until the gateway accepts connections.
func (g *gateway) ready() error {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if c, err := net.Dial("tcp", g.address); err == nil {
			return c.Close()
		}
	}
	g.stop()
	return fmt.Errorf("the gateway did not start:\n%s", g.log.String())
}

func (g *gateway) stop() {
	_ = g.process.Process.Signal(syscall.SIGTERM)
	_ = g.process.Wait()
}

// cpu is the CPU time that the process has used, by proc(5)'s utime and stime.
func (g *gateway) cpu() (time.Duration, error) {
	fields, err := g.stat("stat")
	if err != nil {
		return 0, err
	}
	// The fields are counted from behind the command's name in brackets.
	_, rest, _ := strings.Cut(fields, ") ")
	parts := strings.Fields(rest)
	user, errUser := strconv.Atoi(parts[11])
	system, errSystem := strconv.Atoi(parts[12])
	if errUser != nil || errSystem != nil {
		return 0, fmt.Errorf("cannot read the CPU time in %q", fields)
	}
	const clockTick = 10 * time.Millisecond // USER_HZ is 100 on every Linux port in use
	return time.Duration(user+system) * clockTick, nil
}

// memory is the resident set in MiB.
func (g *gateway) memory() (float64, error) {
	fields, err := g.stat("statm")
	if err != nil {
		return 0, err
	}
	pages, err := strconv.Atoi(strings.Fields(fields)[1])
	return float64(pages*os.Getpagesize()) / (1 << 20), err
}

func (g *gateway) stat(name string) (string, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", g.process.Process.Pid, name))
	return string(b), err
}

// startUpstream answers every request with a small JSON document, having read
// its body.
func startUpstream() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"success":true}`)
	}))
}
