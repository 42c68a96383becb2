package pgstore

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/customergate/customergate/caddymodule/claims"
)

// An entry that has expired is as good as deleted; now() is the server's clock,
// when the statement began.

// reserveSQL first looks, because an attempt to insert writes to the disk even
// where it fails, and anyone may ask for an address that is taken. What it sees
// there is how things were when the statement began. Where another statement
// has changed the entry since, ON CONFLICT judges the entry as it is now, after
// waiting for the other to end; if it is not free then, no row comes back
// at all, and a new attempt will see why.
const reserveSQL = `
WITH found AS (
	SELECT committed, expires, value FROM customergate_claims
	WHERE id = $1::bytea AND (expires IS NULL OR expires > now()) AND (committed OR token <> $2::bytea)
), taken AS (
	INSERT INTO customergate_claims AS entry (id, token, committed, expires)
	SELECT $1::bytea, $2::bytea, false, now() + $3::bigint * interval '1 microsecond'
	WHERE NOT EXISTS (SELECT FROM found)
	ON CONFLICT (id) DO UPDATE
	SET token = excluded.token, committed = false, expires = excluded.expires, value = NULL
	WHERE entry.expires <= now() OR (NOT entry.committed AND entry.token = excluded.token)
	RETURNING id
)
SELECT ` + foundColumns + ` FROM found
UNION ALL SELECT false, false, 0, NULL FROM taken`

const lookSQL = `
SELECT ` + foundColumns + ` FROM customergate_claims
WHERE id = $1::bytea AND (expires IS NULL OR expires > now())`

// foundColumns are scanned by scanFound.
const foundColumns = `true, committed, CASE WHEN committed THEN 0 ELSE ceil(extract(epoch FROM expires - now()) * 1000000)::bigint END, value`

const commitSQL = `
INSERT INTO customergate_claims AS entry (id, token, committed, expires, value)
VALUES ($1::bytea, $2::bytea, true, now() + $3::bigint * interval '1 microsecond', $4::bytea)
ON CONFLICT (id) DO UPDATE
SET token = excluded.token, committed = true, expires = excluded.expires, value = excluded.value
WHERE entry.expires <= now() OR entry.token = excluded.token`

const releaseSQL = `DELETE FROM customergate_claims WHERE id = $1::bytea AND token = $2::bytea AND NOT committed`

// Reserve takes an entry that nobody has for the holder of the token.
func (s *Store) Reserve(ctx context.Context, id claims.ID, token claims.Token, lease time.Duration) (found claims.Found, err error) {
	err = s.repeat(ctx, func(ctx context.Context) error {
		found, err = scanFound(s.pool.QueryRow(ctx, reserveSQL, rowID(id), token[:], lease.Microseconds()))
		if errors.Is(err, pgx.ErrNoRows) {
			return errOvertaken
		}
		return err
	})
	return found, err
}

// Look returns what Reserve would find, and changes nothing.
func (s *Store) Look(ctx context.Context, id claims.ID) (found claims.Found, err error) {
	err = s.repeat(ctx, func(ctx context.Context) error {
		found, err = scanFound(s.pool.QueryRow(ctx, lookSQL, rowID(id)))
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // it is free
		}
		return err
	})
	return found, err
}

// Commit makes the entry permanent, or for as long as keep says.
func (s *Store) Commit(ctx context.Context, id claims.ID, token claims.Token, value []byte, keep time.Duration) error {
	var kept *int64 // for ever
	if keep > 0 {
		kept = new(max(1, keep.Microseconds()))
	}
	return s.repeat(ctx, func(ctx context.Context) error {
		result, err := s.pool.Exec(ctx, commitSQL, rowID(id), token[:], kept, value)
		if err == nil && result.RowsAffected() == 0 {
			return claims.ErrFenced
		}
		return err
	})
}

// Release gives up the reservation of the token.
func (s *Store) Release(ctx context.Context, id claims.ID, token claims.Token) error {
	return s.repeat(ctx, func(ctx context.Context) error {
		_, err := s.pool.Exec(ctx, releaseSQL, rowID(id), token[:])
		return err
	})
}

func scanFound(row pgx.Row) (claims.Found, error) {
	var (
		there, isCommitted bool
		wait               int64
		value              []byte
	)
	err := row.Scan(&there, &isCommitted, &wait, &value)
	switch {
	case err != nil || !there:
		return claims.Found{}, err
	case isCommitted:
		return claims.Found{State: claims.Committed, Value: value}, nil
	default:
		return claims.Found{State: claims.Pending, Wait: time.Duration(wait) * time.Microsecond}, nil
	}
}

// rowID is the key of an entry's row.
func rowID(id claims.ID) []byte { return append([]byte{byte(id.Kind)}, id.Sum[:]...) }
