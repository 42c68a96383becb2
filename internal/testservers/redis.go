package testservers

import (
	"bufio"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Redis is a Redis server.
type Redis struct {
	Process

	// Address is host and port.
	Address string
}

// RedisOptions say what a Redis server is to be beyond its defaults. It saves no
// snapshots.
type RedisOptions struct {
	// AppendOnly has each write on disk before it is acknowledged.
	AppendOnly bool

	// Certificate makes the server speak TLS only.
	Certificate *Certificate

	// Directives are further lines of its configuration.
	Directives []string
}

// NewRedis runs a Redis server until the end of the test.
func NewRedis(t testing.TB, options RedisOptions) *Redis {
	t.Helper()
	server, err := StartRedis(options)
	return closeWith(t, server, err)
}

// StartRedis runs a Redis server until it is closed.
func StartRedis(options RedisOptions) (*Redis, error) {
	return tryPorts(func() (*Redis, error) { return startRedis(options) })
}

func startRedis(options RedisOptions) (*Redis, error) {
	path, err := program("redis-server", "redis-server")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "redis")
	if err != nil {
		return nil, err
	}
	file := filepath.Join(folder, "redis.conf")
	if err := os.WriteFile(file, []byte(options.configuration(port)), 0o600); err != nil {
		return nil, err
	}
	r := &Redis{Address: net.JoinHostPort("127.0.0.1", port)}
	r.Process = Process{
		command: []string{path, file},
		folder:  folder,
		answers: func() error { return redisAnswers(r.Address, options.Certificate != nil) },
		stop:    syscall.SIGTERM,
	}
	return startFirst(r, &r.Process)
}

// startFirst starts a new server, of which nothing is left if it does not.
func startFirst[S any](server *S, p *Process) (*S, error) {
	if err := p.Start(); err != nil {
		p.Close()
		return nil, err
	}
	return server, nil
}

func (o RedisOptions) configuration(port string) string {
	lines := []string{"bind 127.0.0.1", `save ""`, "repl-diskless-sync-delay 0"}
	if o.Certificate == nil {
		lines = append(lines, "port "+port)
	} else {
		lines = append(lines, "port 0", "tls-port "+port, "tls-auth-clients optional",
			"tls-cert-file "+o.Certificate.File, "tls-key-file "+o.Certificate.KeyFile, "tls-ca-cert-file "+o.Certificate.File)
	}
	if o.AppendOnly {
		lines = append(lines, "appendonly yes", "appendfsync always")
	}
	return strings.Join(append(lines, o.Directives...), "\n") + "\n"
}

// redisAnswers asks whether a server has read its data: it also says that it
// wants a password only then.
func redisAnswers(address string, overTLS bool) error {
	answer, err := askRedis(address, overTLS, "PING")
	switch {
	case err != nil:
		return err
	case strings.HasPrefix(answer, "+PONG"), strings.HasPrefix(answer, "-NOAUTH"):
		return nil
	}
	return errors.New(answer)
}

// askRedis returns the first line of the answer to a command.
func askRedis(address string, overTLS bool, command string) (string, error) {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	if overTLS {
		conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true}) // it is our own
	}
	if _, err := conn.Write([]byte(command + "\r\n")); err != nil {
		return "", err
	}
	return bufio.NewReader(conn).ReadString('\n')
}
