package pgstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/customergate/customergate/caddymodule/secret"
)

const (
	minTimeout = 10 * time.Millisecond
	maxTimeout = time.Minute

	// defaultConnections is how many a gateway keeps at most. A server takes
	// 100 by default, and an operation a few milliseconds.
	defaultConnections = 10

	// cancelDelay is how long the server has to end a statement whose time is
	// over, before its connection is given up.
	cancelDelay = 100 * time.Millisecond
)

var (
	errNoDSN = errors.New("the DSN of the database is missing")
	errDSN   = errors.New("the DSN of the database is neither a URL, postgres://<user>@<host>/<database>, " +
		"nor keywords with values, or a value of it is not what it should be; reserved characters in a URL must be percent-encoded")
	errPasswordInDSN = errors.New("the DSN of the database holds a password; put a placeholder in its place, {env.<name>} or {file.<path>}, " +
		"or use the options password and password_file, " +
		"because Caddy shows its configuration on its admin endpoint and saves it to disk")
)

// check judges what is configured so far, without reading what it names.
func (s *Store) check() error {
	switch {
	case s.DSN == "":
		return errNoDSN
	case holdsPassword(s.DSN):
		return errPasswordInDSN
	case s.Timeout != 0 && (time.Duration(s.Timeout) < minTimeout || time.Duration(s.Timeout) > maxTimeout):
		return fmt.Errorf("timeout: it must be from %v to %v", minTimeout, maxTimeout)
	}
	return secret.Check(s.Secret)
}

var (
	passwordInURL  = regexp.MustCompile(`^[a-zA-Z]+://[^:@/]*:(.*)@`)
	passwordByName = regexp.MustCompile(`(?i)password\s*=\s*('[^']*'|[^\s&']*)`)
)

// holdsPassword reports whether a DSN has a password in it that is no
// placeholder.
func holdsPassword(dsn string) bool {
	const stand = "PLACEHOLDER"
	dsn = secret.Placeholder.ReplaceAllLiteralString(dsn, stand)
	for _, pattern := range []*regexp.Regexp{passwordInURL, passwordByName} {
		for _, match := range pattern.FindAllStringSubmatch(dsn, -1) {
			if password := strings.Trim(match[1], "'"); password != "" && password != stand {
				return true
			}
		}
	}
	return false
}

// poolConfig is what the driver is told. Its errors do not repeat the DSN.
func (s *Store) poolConfig() (*pgxpool.Config, error) {
	dsn, err := caddy.NewReplacer().ReplaceOrErr(s.DSN, true, true)
	if err != nil {
		return nil, fmt.Errorf("DSN of the database: %w", err)
	}
	config, err := pgxpool.ParseConfig(dsn)
	if missing, is := errors.AsType[*fs.PathError](err); is {
		return nil, fmt.Errorf("DSN of the database: %w", missing)
	}
	if err != nil {
		return nil, errDSN
	}
	if _, err := secret.Read(s.Secret); err != nil {
		return nil, err
	}
	config.BeforeConnect = s.setPassword
	if !strings.Contains(dsn, "pool_max_conns") {
		config.MaxConns = defaultConnections
	}
	connection := config.ConnConfig
	// Each host is tried with TLS and without where sslmode leaves it open: none
	// of these attempts may use up the time of the next.
	connection.ConnectTimeout = s.timeout / time.Duration(1+len(connection.Fallbacks))
	connection.DefaultQueryExecMode = pgx.QueryExecModeExec // leaves nothing behind in a connection
	connection.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: cancelDelay}
	}
	return config, nil
}

// setPassword reads the password for each connection, so that it may change.
func (s *Store) setPassword(_ context.Context, connection *pgx.ConnConfig) error {
	password, err := secret.Read(s.Secret)
	if password != "" {
		connection.Password = password
	}
	return err
}
