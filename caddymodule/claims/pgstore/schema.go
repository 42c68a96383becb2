package pgstore

import (
	"context"
	_ "embed" // the schema
	"fmt"

	"github.com/jackc/pgx/v5"
)

// schemaVersion is that of schema.sql, which it also writes.
const schemaVersion = 1

// schemaLock is an advisory lock that no other application takes by chance.
const schemaLock = 0x637573746f6d6572

//go:embed schema.sql
var schema string

// ensureTable creates the table where it is missing. It asks the server only
// until it has been there once.
func (s *Store) ensureTable(ctx context.Context) error {
	if s.hasTable.Load() {
		return nil
	}
	version, err := readVersion(ctx, s.pool)
	if err == nil && version == 0 {
		version, err = s.createTable(ctx)
	}
	if err != nil {
		return err
	}
	if version > schemaVersion {
		return newerTable(version)
	}
	s.hasTable.Store(true)
	return nil
}

// createTable lets one gateway at a time see whether there is something to
// create. The lock ends with the transaction.
func (s *Store) createTable(ctx context.Context) (version int, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(schemaLock)); err != nil {
			return err
		}
		if version, err = readVersion(ctx, tx); err != nil || version != 0 {
			return err
		}
		version = schemaVersion
		_, err := tx.Conn().PgConn().Exec(ctx, schema).ReadAll()
		return err
	})
	return version, err
}

type querier interface {
	QueryRow(ctx context.Context, sql string, arguments ...any) pgx.Row
}

// readVersion returns 0 where there is no table. Reading one that is missing
// would end a transaction, and to_regclass may answer from a cache that has not
// heard of what was created while the transaction waited.
func readVersion(ctx context.Context, db querier) (version int, err error) {
	var exists bool
	err = db.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'customergate_schema' AND pg_table_is_visible(oid))`).Scan(&exists)
	if err != nil || !exists {
		return 0, err
	}
	err = db.QueryRow(ctx, `SELECT version FROM customergate_schema`).Scan(&version)
	return version, err
}

// newerTable is the version of a table that this program does not know.
type newerTable int

func (v newerTable) Error() string {
	return fmt.Sprintf("the table customergate_claims is of version %d, and this gateway knows only %d; run a newer gateway", int(v), schemaVersion)
}
