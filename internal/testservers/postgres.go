package testservers

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

const (
	superuser = "postgres"
	// PostgresPassword is that of the user postgres.
	PostgresPassword = "password of the test's server"
)

// Postgres is a PostgreSQL server.
type Postgres struct {
	Process

	// Address is host and port.
	Address string

	databases atomic.Int32
}

// PostgresOptions say what a PostgreSQL server is to be beyond its defaults.
type PostgresOptions struct {
	// Certificate makes the server offer TLS.
	Certificate *Certificate
}

// NewPostgres runs a PostgreSQL server until the end of the test.
func NewPostgres(t testing.TB, options PostgresOptions) *Postgres {
	t.Helper()
	server, err := StartPostgres(options)
	return closeWith(t, server, err)
}

// StartPostgres runs a PostgreSQL server until it is closed.
func StartPostgres(options PostgresOptions) (*Postgres, error) {
	return tryPorts(func() (*Postgres, error) { return startPostgres(options) })
}

func startPostgres(options PostgresOptions) (*Postgres, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	binaries, err := postgresPrograms()
	if err != nil {
		return nil, err
	}
	user, err := unprivileged()
	if err != nil {
		return nil, err
	}
	folder, err := folderOf(user, "postgres")
	if err != nil {
		return nil, err
	}
	data := filepath.Join(folder, "data")
	p := &Postgres{Address: net.JoinHostPort("127.0.0.1", port)}
	p.Process = Process{
		command: []string{filepath.Join(binaries, "postgres"), "-D", data, "-p", port,
			"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=500"},
		folder:  folder,
		user:    user,
		answers: p.answers,
		stop:    syscall.SIGINT, // does not wait for clients to go
	}
	if err := initialise(binaries, data, folder, user); err != nil {
		p.Close()
		return nil, err
	}
	if options.Certificate != nil {
		if err := p.serveTLS(options.Certificate); err != nil {
			p.Close()
			return nil, err
		}
	}
	return startFirst(p, &p.Process)
}

// initialise makes the files of a new server.
func initialise(binaries, data, folder string, user *syscall.Credential) error {
	passwordFile := filepath.Join(folder, "password")
	if err := writeFor(user, passwordFile, PostgresPassword); err != nil {
		return err
	}
	initdb := exec.Command(filepath.Join(binaries, "initdb"), "-D", data, "-U", superuser, "--pwfile", passwordFile,
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync")
	initdb.Dir = folder
	initdb.SysProcAttr = attributes(user)
	if output, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, output)
	}
	return nil
}

// serveTLS gives the server a copy of the key that is its own, as it demands.
func (p *Postgres) serveTLS(certificate *Certificate) error {
	for name, source := range map[string]string{"server.crt": certificate.File, "server.key": certificate.KeyFile} {
		pem, err := os.ReadFile(source)
		if err != nil {
			return err
		}
		if err := writeFor(p.user, filepath.Join(p.folder, "data", name), string(pem)); err != nil {
			return err
		}
	}
	p.command = append(p.command, "-c", "ssl=on")
	return nil
}

// DSN is the URL of a database of the server, for its superuser.
func (p *Postgres) DSN(database string) string {
	dsn := url.URL{Scheme: "postgres", User: url.UserPassword(superuser, PostgresPassword), Host: p.Address, Path: database}
	return dsn.String()
}

// NewDatabase makes an empty database and returns its URL, for the superuser.
func (p *Postgres) NewDatabase(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test%d", p.databases.Add(1))
	if err := p.exec(p.DSN(superuser), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return p.DSN(name)
}

// Exec runs SQL statements in a database of the server.
func (p *Postgres) Exec(t testing.TB, dsn, statements string) {
	t.Helper()
	if err := p.exec(dsn, statements); err != nil {
		t.Fatal(err)
	}
}

func (p *Postgres) answers() error { return p.exec(p.DSN(superuser), "") }

func (*Postgres) exec(dsn, statements string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.PgConn().Exec(ctx, statements).ReadAll()
	return err
}

// postgresPrograms finds the folder of the newest server's programs. Debian
// keeps those of each version out of the PATH.
func postgresPrograms() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) > 0 {
		return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { // 9 < 15
			return strings.Compare(fmt.Sprintf("%60s", a), fmt.Sprintf("%60s", b))
		})), nil
	}
	path, err := program("postgres", "postgresql")
	return filepath.Dir(path), err
}
