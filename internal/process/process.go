// Package process runs servers and tells what they cost: their CPU time and
// memory, as Linux counts them.
package process

import (
	"bytes"
	"fmt"
	"net"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// patience is how long a server may take to accept connections.
const patience = 30 * time.Second

// Process is a server that runs.
type Process struct {
	Address string // host:port

	command *exec.Cmd
	log     bytes.Buffer // to be read when the process has ended
	exited  chan struct{}
}

// Start runs a server and waits until it accepts connections.
func Start(address string, command *exec.Cmd) (*Process, error) {
	p := &Process{Address: address, command: command, exited: make(chan struct{})}
	command.Stdout, command.Stderr = &p.log, &p.log
	if err := command.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = command.Wait() // what it has to say is in its log
		close(p.exited)
	}()
	return p, p.ready()
}

func (p *Process) ready() error {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", p.Address); err == nil {
			return c.Close()
		}
		select {
		case <-p.exited:
			return fmt.Errorf("%s ended at once:\n%s", p.command.Path, p.log.String())
		default:
		}
	}
	p.Stop()
	return fmt.Errorf("%s did not start:\n%s", p.command.Path, p.log.String())
}

// Stop has the server end in good order, or kills it.
func (p *Process) Stop() {
	_ = p.command.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.exited:
	case <-time.After(patience):
		_ = p.command.Process.Kill()
		<-p.exited
	}
}

// CPU is the CPU time that the process has used: what CLOCK_PROCESS_CPUTIME_ID
// is to itself, by clock_getcpuclockid(3), which is exact where proc(5) counts
// in hundredths of a second.
func (p *Process) CPU() (time.Duration, error) {
	const perProcess = 2 // CPUCLOCK_SCHED, of all threads
	var used unix.Timespec
	err := unix.ClockGettime(int32(^p.command.Process.Pid<<3|perProcess), &used)
	return time.Duration(used.Nano()), err
}

// FreePort is a port of 127.0.0.1 that nobody listens on.
func FreePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}
