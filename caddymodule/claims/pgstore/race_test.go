package pgstore

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
)

// A statement that waits for another transaction finds, when that has ended,
// what it could not see when it began. Each test lets another transaction do
// something to an entry, has the store wait for it, and then ends it.
func TestStatementThatWaitsForAnother(t *testing.T) {
	mine, others := claims.NewToken(), claims.NewToken()
	reserveIt := func(ctx context.Context, s *Store, id claims.ID) (claims.State, error) {
		found, err := s.Reserve(ctx, id, mine, time.Minute)
		return found.State, err
	}
	commitIt := func(ctx context.Context, s *Store, id claims.ID) (claims.State, error) {
		return claims.Committed, s.Commit(ctx, id, mine, nil, 0)
	}
	// before and during take the entry's id, and the token of another.
	const (
		reserved  = `INSERT INTO customergate_claims (id, token, committed, expires) VALUES ($1, $2, false, now() + interval '1 minute')`
		expired   = `INSERT INTO customergate_claims (id, token, committed, expires) VALUES ($1, $2, false, now() - interval '1 minute')`
		committed = `INSERT INTO customergate_claims (id, token, committed) VALUES ($1, $2, true)`
		renew     = `UPDATE customergate_claims SET expires = now() + interval '1 minute' WHERE id = $1 AND token = $2`
		commit    = `UPDATE customergate_claims SET committed = true, expires = NULL WHERE id = $1 AND token = $2`
		remove    = `DELETE FROM customergate_claims WHERE id = $1 AND token = $2`
	)
	tests := map[string]struct {
		before, during string
		rollback       bool
		operation      func(context.Context, *Store, claims.ID) (claims.State, error)
		want           claims.State
		wantErr        error
	}{
		"reserve, reserved meanwhile":                {during: reserved, operation: reserveIt, want: claims.Pending},
		"reserve, committed meanwhile":               {during: committed, operation: reserveIt, want: claims.Committed},
		"reserve, not reserved after all":            {during: reserved, rollback: true, operation: reserveIt, want: claims.Free},
		"reserve, expired and renewed meanwhile":     {before: expired, during: renew, operation: reserveIt, want: claims.Pending},
		"reserve, expired and committed meanwhile":   {before: expired, during: commit, operation: reserveIt, want: claims.Committed},
		"reserve, expired and deleted meanwhile":     {before: expired, during: remove, operation: reserveIt, want: claims.Free},
		"late commit, reserved meanwhile":            {during: reserved, operation: commitIt, want: claims.Committed, wantErr: claims.ErrFenced},
		"late commit, committed meanwhile":           {during: committed, operation: commitIt, want: claims.Committed, wantErr: claims.ErrFenced},
		"late commit, other's released meanwhile":    {before: reserved, during: remove, operation: commitIt, want: claims.Committed},
		"late commit, other's renewed after all":     {before: expired, during: renew, operation: commitIt, want: claims.Committed, wantErr: claims.ErrFenced},
		"late commit, other's not renewed after all": {before: expired, during: renew, rollback: true, operation: commitIt, want: claims.Committed},
	}
	dsn := shared.NewDatabase(t)
	s := start(t, dsn)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			id, conn := storetest.NewID(claims.Email), connect(t, dsn)
			if test.before != "" {
				run(t, conn, test.before, rowID(id), others[:])
			}
			tx, err := conn.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			run(t, tx, test.during, rowID(id), others[:])
			type result struct {
				claims.State
				error
			}
			done := make(chan result)
			go func() {
				state, err := test.operation(t.Context(), s, id)
				done <- result{state, err}
			}()
			awaitLock(t, dsn)
			end := tx.Commit
			if test.rollback {
				end = tx.Rollback
			}
			if err := end(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := <-done; got.State != test.want || !errors.Is(got.error, test.wantErr) {
				t.Errorf("it says %v, %v", got.State, got.error)
			}
		})
	}
}

func TestDatabaseWhoseDefaultIsAnotherIsolation(t *testing.T) {
	for _, level := range []string{"repeatable read", "serializable"} {
		t.Run(level, func(t *testing.T) {
			dsn := shared.NewDatabase(t)
			shared.Exec(t, dsn, `DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET default_transaction_isolation = ''`+level+`'''; END $$`)
			s := start(t, dsn)
			if free := race(t, s, 50); free != 1 {
				t.Errorf("%d of 50 have reserved the entry", free)
			}
		})
	}
}

// race has many reserve one entry at once, and returns how many have.
func race(t *testing.T, s *Store, n int) (free int) {
	t.Helper()
	id := storetest.NewID(claims.Email)
	states := make(chan claims.State, n)
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			found, err := s.Reserve(t.Context(), id, claims.NewToken(), time.Minute)
			if err != nil {
				t.Error(err)
			}
			states <- found.State
		})
	}
	all.Wait()
	close(states)
	for state := range states {
		if state == claims.Free {
			free++
		}
	}
	return free
}

// awaitLock returns when a statement waits for another transaction.
func awaitLock(t *testing.T, dsn string) {
	t.Helper()
	conn := connect(t, dsn)
	for waiting := 0; waiting == 0; {
		err := conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func run(t *testing.T, db interface {
	Exec(ctx context.Context, sql string, arguments ...any) (pgconn.CommandTag, error)
}, sql string, arguments ...any) {
	t.Helper()
	if _, err := db.Exec(t.Context(), sql, arguments...); err != nil {
		t.Fatal(err)
	}
}
