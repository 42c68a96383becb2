package mariadb

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

// Each operation is a sequence of small statements, every one of which does nothing
// where it is not its turn, so none needs a transaction: of all who insert a
// row, the primary key lets one through. Times are the server's, which all
// gateways share.
const (
	lookSQL = `SELECT committed, COALESCE(TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), expires), 0), value
		FROM customergate_claims WHERE id = ? AND (expires IS NULL OR expires > UTC_TIMESTAMP(6))`

	freeSQL = `DELETE FROM customergate_claims WHERE id = ? AND expires <= UTC_TIMESTAMP(6)`

	reserveSQL = `INSERT INTO customergate_claims (id, token, committed, expires)
		VALUES (?, ?, FALSE, UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND)`

	renewSQL = `UPDATE customergate_claims SET expires = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND
		WHERE id = ? AND token = ? AND NOT committed`

	// INTERVAL NULL makes it NULL, which is for ever.
	commitSQL = `UPDATE customergate_claims
		SET committed = TRUE, value = ?, expires = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND
		WHERE id = ? AND token = ?`

	commitFreeSQL = `INSERT INTO customergate_claims (id, token, committed, value, expires)
		VALUES (?, ?, TRUE, ?, UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND)`

	releaseSQL = `DELETE FROM customergate_claims WHERE id = ? AND token = ? AND NOT committed`
)

// Reserve takes an entry that nobody has for the holder of the token.
func (s *Store) Reserve(ctx context.Context, id claims.ID, token claims.Token, lease time.Duration) (found claims.Found, err error) {
	err = s.within(ctx, func(ctx context.Context) error {
		renewed, err := s.change(ctx, renewSQL, lease.Microseconds(), rowID(id), token[:])
		if err != nil || renewed {
			return err
		}
		found, err = s.insert(ctx, id, reserveSQL, rowID(id), token[:], lease.Microseconds())
		return err
	})
	return found, err
}

// Commit makes the entry permanent, or for as long as keep says.
func (s *Store) Commit(ctx context.Context, id claims.ID, token claims.Token, value []byte, keep time.Duration) error {
	var kept sql.NullInt64 // for ever
	if keep > 0 {
		kept = sql.NullInt64{Int64: max(1, keep.Microseconds()), Valid: true}
	}
	return s.within(ctx, func(ctx context.Context) error {
		committed, err := s.change(ctx, commitSQL, value, kept, rowID(id), token[:])
		if err != nil || committed {
			return err
		}
		found, err := s.insert(ctx, id, commitFreeSQL, rowID(id), token[:], value, kept)
		if err == nil && found.State != claims.Free {
			return claims.ErrFenced
		}
		return err
	})
}

// Release gives up the reservation of the token.
func (s *Store) Release(ctx context.Context, id claims.ID, token claims.Token) error {
	return s.within(ctx, func(ctx context.Context) error {
		_, err := s.change(ctx, releaseSQL, rowID(id), token[:])
		return err
	})
}

// insert adds a row for an entry that nobody has, or returns what is there. It
// looks first, because a look costs the server least. What it saw may have gone
// when it inserts, and then it looks again.
func (s *Store) insert(ctx context.Context, id claims.ID, statement string, arguments ...any) (claims.Found, error) {
	for {
		found, err := s.look(ctx, id)
		if err != nil || found.State != claims.Free {
			return found, err
		}
		if _, err := s.change(ctx, freeSQL, rowID(id)); err != nil {
			return claims.Found{}, err
		}
		_, err = s.change(ctx, statement, arguments...)
		if !isNumber(err, duplicateEntry) {
			return claims.Found{}, err
		}
	}
}

// change runs a statement, and tells whether there was a row for it. A statement
// that the server has undone, because it and others waited for each other, runs
// again.
func (s *Store) change(ctx context.Context, statement string, arguments ...any) (bool, error) {
	result, err := s.db.ExecContext(ctx, statement, arguments...)
	for isNumber(err, deadlock) {
		result, err = s.db.ExecContext(ctx, statement, arguments...)
	}
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

func (s *Store) look(ctx context.Context, id claims.ID) (claims.Found, error) {
	var (
		committed bool
		wait      int64
		value     []byte
	)
	err := s.db.QueryRowContext(ctx, lookSQL, rowID(id)).Scan(&committed, &wait, &value)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return claims.Found{State: claims.Free}, nil
	case err != nil:
		return claims.Found{}, err
	case committed:
		return claims.Found{State: claims.Committed, Value: value}, nil
	}
	return claims.Found{State: claims.Pending, Wait: time.Duration(wait) * time.Microsecond}, nil
}

// rowID is the key of an entry's row.
func rowID(id claims.ID) []byte { return append([]byte{byte(id.Kind)}, id.Sum[:]...) }
