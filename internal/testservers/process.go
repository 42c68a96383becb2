// Package testservers runs real Redis, PostgreSQL and MariaDB servers for tests,
// on free ports of the loopback interface and in temporary folders. It needs the
// programs of Debian's packages redis-server, postgresql and
// mariadb-server-core, but none of their services. Where it runs as root,
// PostgreSQL runs as the user postgres, for it refuses root.
//
// A server can be stopped, killed, frozen, and started again on its port with
// what it has stored.
package testservers

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// startTimeout is how long a server may take to answer, on a busy machine.
const startTimeout = 2 * time.Minute

// Process is a server that runs, or has run.
type Process struct {
	command []string
	folder  string
	user    *syscall.Credential
	answers func() error
	stop    syscall.Signal

	log  logBuffer
	cmd  *exec.Cmd
	done chan struct{}
}

// Start starts the server, for the first time or again, and returns when it
// answers.
func (p *Process) Start() error {
	cmd := exec.Command(p.command[0], p.command[1:]...)
	cmd.Dir = p.folder
	cmd.Stdout, cmd.Stderr = &p.log, &p.log
	cmd.SysProcAttr = attributes(p.user)
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait() // what it says is in the state of the process
		close(done)
	}()
	p.cmd, p.done = cmd, done
	return p.await()
}

func (p *Process) await() error {
	deadline := time.After(startTimeout)
	for {
		err := p.answers()
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			ended := p.cmd.ProcessState
			p.cmd = nil
			return fmt.Errorf("%s has ended (%v):\n%s", p.command[0], ended, p.Log())
		case <-deadline:
			p.Kill()
			return fmt.Errorf("%s does not answer (%w):\n%s", p.command[0], err, p.Log())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Stop lets the server end in order.
func (p *Process) Stop() {
	if p.cmd == nil {
		return
	}
	p.signal(p.stop)
	<-p.done
	p.cmd = nil
}

// Kill ends the server and its processes at once (SIGKILL).
func (p *Process) Kill() {
	if p.cmd == nil {
		return
	}
	for _, pid := range p.signalAll(syscall.SIGKILL) {
		awaitEnd(pid) // PostgreSQL does not start again while one is there
	}
	<-p.done
	p.cmd = nil
}

func awaitEnd(pid int) {
	for deadline := time.Now().Add(startTimeout); syscall.Kill(pid, 0) == nil && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
}

// Freeze makes the server stop answering, with its connections open.
func (p *Process) Freeze() {
	for _, pid := range append(p.signalAll(syscall.SIGSTOP), p.cmd.Process.Pid) {
		awaitStop(pid)
	}
}

// Thaw lets a frozen server go on.
func (p *Process) Thaw() { p.signalAll(syscall.SIGCONT) }

func (p *Process) signal(signal syscall.Signal) { _ = p.cmd.Process.Signal(signal) }

// signalAll reaches the processes that the server has started too, which are
// in groups of their own, and returns those.
func (p *Process) signalAll(signal syscall.Signal) []int {
	workers := children(p.cmd.Process.Pid)
	p.signal(signal)
	for _, pid := range workers {
		_ = syscall.Kill(pid, signal)
	}
	return workers
}

// Folder is where the server keeps what it stores.
func (p *Process) Folder() string { return p.folder }

// Log returns what the server has written so far.
func (p *Process) Log() string { return p.log.String() }

// Close kills the server and removes what it has stored.
func (p *Process) Close() {
	p.Kill()
	_ = os.RemoveAll(p.folder)
}

// closeWith closes a server at the end of the test, which fails unless it has
// started.
func closeWith[S interface{ Close() }](t testing.TB, server S, err error) S {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

// tryPorts starts a server, once more with other ports where another program
// was faster to take one.
func tryPorts[S any](start func() (S, error)) (server S, err error) {
	for range 3 {
		if server, err = start(); err == nil {
			return server, nil
		}
	}
	return server, err
}

// freePort finds a port of the loopback interface that nobody listens on.
func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port), nil
}

// program finds a program, and says what to install where it is missing.
func program(name, debianPackage string) (string, error) {
	path, err := exec.LookPath(name)
	if errors.Is(err, exec.ErrNotFound) {
		return "", fmt.Errorf("%s is missing: install the package %s, or run `make deps`", name, debianPackage)
	}
	return path, err
}

// logBuffer may be read while a server writes.
type logBuffer struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.String()
}
