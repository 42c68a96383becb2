package pgstore

import (
	"context"
	"slices"

	"github.com/customergate/customergate/caddymodule/claims"
)

// importBatch is how many entries go to the server in one statement.
const importBatch = 2000

// importSQL counts what was not committed when it began. Rows come in the order
// of the index, so that two imports cannot wait for each other.
const importSQL = `
WITH wanted AS (
	SELECT DISTINCT id FROM unnest($1::bytea[]) AS id
), kept AS (
	SELECT id FROM customergate_claims JOIN wanted USING (id)
	WHERE committed AND (expires IS NULL OR expires > now())
), written AS (
	INSERT INTO customergate_claims AS entry (id, committed)
	SELECT id, true FROM wanted ORDER BY id
	ON CONFLICT (id) DO UPDATE
	SET token = NULL, committed = true, expires = NULL, value = NULL
	WHERE NOT entry.committed OR entry.expires IS NOT NULL
	RETURNING id
)
SELECT count(*) FROM written WHERE id NOT IN (SELECT id FROM kept)`

const countSQL = `
SELECT count(*) FROM customergate_claims
WHERE id >= $1::bytea AND id < $2::bytea AND committed AND (expires IS NULL OR expires > now())`

const forgetSQL = `
WITH gone AS (DELETE FROM customergate_claims WHERE id = $1::bytea RETURNING expires)
SELECT EXISTS (SELECT FROM gone WHERE expires IS NULL OR expires > now())`

// Import commits many entries without values for ever, 2,000 in a statement. The
// timeout is that of a statement. What was committed for ever stays as it is. What
// it adds is counted too low where a connection breaks and a statement is
// repeated.
func (s *Store) Import(ctx context.Context, ids []claims.ID) (added int, err error) {
	for batch := range slices.Chunk(ids, importBatch) {
		rows := make([][]byte, len(batch))
		for i, id := range batch {
			rows[i] = rowID(id)
		}
		var n int
		err := s.repeat(ctx, func(ctx context.Context) error {
			return s.pool.QueryRow(ctx, importSQL, rows).Scan(&n)
		})
		if err != nil {
			return added, err
		}
		added += n
	}
	return added, nil
}

// Count returns how many entries of a kind are committed and still kept. The
// server reads all of them, for which it has until the context ends.
func (s *Store) Count(ctx context.Context, kind claims.Kind) (n int, err error) {
	if err := s.ensureTable(ctx); err != nil {
		return 0, s.explain(ctx, err)
	}
	err = s.pool.QueryRow(ctx, countSQL, []byte{byte(kind)}, []byte{byte(kind) + 1}).Scan(&n)
	return n, s.explain(ctx, err)
}

// Forget deletes an entry, whoever has it.
func (s *Store) Forget(ctx context.Context, id claims.ID) (was bool, err error) {
	err = s.repeat(ctx, func(ctx context.Context) error {
		return s.pool.QueryRow(ctx, forgetSQL, rowID(id)).Scan(&was)
	})
	return was, err
}
