package testservers

import (
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// MariaDB is a MariaDB server, whose user root has no password, and which does not
// wait for its disk.
type MariaDB struct {
	Process

	// Address is host and port.
	Address string

	databases atomic.Int32
}

// NewMariaDB runs a MariaDB server until the end of the test.
func NewMariaDB(t testing.TB) *MariaDB {
	t.Helper()
	server, err := tryPorts(startMariaDB)
	return closeWith(t, server, err)
}

func startMariaDB() (*MariaDB, error) {
	path, err := program("mariadbd", "mariadb-server-core")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	owner, err := user.Current()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "mariadb")
	if err != nil {
		return nil, err
	}
	m := &MariaDB{Address: net.JoinHostPort("127.0.0.1", port)}
	data := filepath.Join(folder, "data")
	settings := []string{"--no-defaults", "--datadir=" + data, "--user=" + owner.Username, "--skip-name-resolve",
		"--debug-no-sync", "--innodb-log-file-size=8M"}
	m.Process = Process{
		command: append([]string{path}, append(settings, "--port="+port, "--bind-address=127.0.0.1",
			"--socket="+filepath.Join(folder, "socket"), "--pid-file="+filepath.Join(folder, "pid"), "--max-connections=500")...),
		folder:  folder,
		answers: func() error { return m.exec("", "DO 0") },
		stop:    syscall.SIGTERM,
	}
	install := exec.Command("mariadb-install-db", append(settings, "--auth-root-authentication-method=normal", "--skip-test-db")...)
	if output, err := install.CombinedOutput(); err != nil {
		m.Close()
		return nil, fmt.Errorf("mariadb-install-db: %w\n%s", err, output)
	}
	return startFirst(m, &m.Process)
}

// NewDatabase makes a database with such tables, and returns its name.
func (m *MariaDB) NewDatabase(t testing.TB, schema string) string {
	t.Helper()
	name := fmt.Sprintf("test%d", m.databases.Add(1))
	m.Exec(t, "", "CREATE DATABASE "+name)
	m.Exec(t, name, schema)
	return name
}

// Exec runs an SQL statement as root.
func (m *MariaDB) Exec(t testing.TB, database, statement string) {
	t.Helper()
	if err := m.exec(database, statement); err != nil {
		t.Fatal(err)
	}
}

func (m *MariaDB) exec(database, statement string) error {
	config := mysql.NewConfig()
	config.Net, config.Addr, config.User, config.DBName = "tcp", m.Address, "root", database
	config.Logger = new(mysql.NopLogger)
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	_, err = db.Exec(statement)
	return err
}
