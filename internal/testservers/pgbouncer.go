package testservers

import (
	"fmt"
	"net"
	"net/url"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// PgBouncer stands before a PostgreSQL server and pools transactions: each of a
// client's may run on another of two connections.
type PgBouncer struct {
	Process

	// Address is host and port.
	Address string
}

// NewPgBouncer runs a pgbouncer until the end of the test.
func NewPgBouncer(t testing.TB, server *Postgres) *PgBouncer {
	t.Helper()
	bouncer, err := tryPorts(func() (*PgBouncer, error) { return startPgBouncer(server) })
	return closeWith(t, bouncer, err)
}

func startPgBouncer(server *Postgres) (*PgBouncer, error) {
	path, err := exec.LookPath("/usr/sbin/pgbouncer") // not on every user's PATH
	if err != nil {
		if path, err = program("pgbouncer", "pgbouncer"); err != nil {
			return nil, err
		}
	}
	host, serverPort, err := net.SplitHostPort(server.Address)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	user, err := unprivileged()
	if err != nil {
		return nil, err
	}
	folder, err := folderOf(user, "pgbouncer")
	if err != nil {
		return nil, err
	}
	users, config := filepath.Join(folder, "users.txt"), filepath.Join(folder, "pgbouncer.ini")
	if err := writeFor(user, users, fmt.Sprintf("%q %q\n", superuser, PostgresPassword)); err != nil {
		return nil, err
	}
	err = writeFor(user, config, fmt.Sprintf("[databases]\n* = host=%s port=%s\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %s\n"+
		"unix_socket_dir =\nauth_type = scram-sha-256\nauth_file = %s\npool_mode = transaction\ndefault_pool_size = 2\n", host, serverPort, port, users))
	if err != nil {
		return nil, err
	}
	b := &PgBouncer{Address: net.JoinHostPort("127.0.0.1", port)}
	b.Process = Process{
		command: []string{path, config},
		folder:  folder,
		user:    user,
		answers: func() error { return server.exec(b.DSN(superuser), "") },
		stop:    syscall.SIGINT,
	}
	return startFirst(b, &b.Process)
}

// DSN is the URL of a database of the server behind, for its superuser.
func (b *PgBouncer) DSN(database string) string {
	dsn := url.URL{Scheme: "postgres", User: url.UserPassword(superuser, PostgresPassword), Host: b.Address, Path: database}
	return dsn.String()
}
