package mariadb

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/customergate/customergate/caddymodule/claims"
)

// The methods of claims.Administrator serve `caddy customer-gate claims`. A
// store that leaves them out works in the gate all the same.

// importBatch is how many entries go to the server in one statement.
const importBatch = 1000

const (
	countSQL = `SELECT COUNT(*) FROM customergate_claims
		WHERE committed AND (expires IS NULL OR expires > UTC_TIMESTAMP(6))`

	countKindSQL = countSQL + ` AND id >= ? AND id < ?`

	// importSQL assigns from left to right, so what it asks about comes last.
	importSQL = ` ON DUPLICATE KEY UPDATE
		token = IF(committed AND expires IS NULL, token, NULL),
		value = IF(committed AND expires IS NULL, value, NULL),
		committed = TRUE, expires = NULL`

	forgetSQL = `DELETE FROM customergate_claims WHERE id = ?`
)

// Import commits many entries without values for ever, 1,000 in a statement. The
// timeout is that of a batch. What customers register meanwhile may be counted
// among what it adds.
func (s *Store) Import(ctx context.Context, ids []claims.ID) (added int, err error) {
	for batch := range slices.Chunk(ids, importBatch) {
		err := s.within(ctx, func(ctx context.Context) error {
			n, err := s.importBatch(ctx, rowIDs(batch))
			added += n
			return err
		})
		if err != nil {
			return added, err
		}
	}
	return added, nil
}

func (s *Store) importBatch(ctx context.Context, rows []any) (added int, err error) {
	var there int
	among := countSQL + ` AND id IN (?` + strings.Repeat(`, ?`, len(rows)-1) + `)`
	if err := s.db.QueryRowContext(ctx, among, rows...).Scan(&there); err != nil {
		return 0, err
	}
	values := `INSERT INTO customergate_claims (id, committed) VALUES (?, TRUE)` + strings.Repeat(`, (?, TRUE)`, len(rows)-1)
	if _, err := s.db.ExecContext(ctx, values+importSQL, rows...); err != nil {
		return 0, err
	}
	return len(rows) - there, nil
}

// rowIDs are the keys of rows, each once, in an order in which two imports cannot
// wait for each other.
func rowIDs(ids []claims.ID) []any {
	keys := make([][]byte, len(ids))
	for i, id := range ids {
		keys[i] = rowID(id)
	}
	slices.SortFunc(keys, bytes.Compare)
	keys = slices.CompactFunc(keys, bytes.Equal)
	rows := make([]any, len(keys))
	for i, key := range keys {
		rows[i] = key
	}
	return rows
}

// Count returns how many entries of a kind are committed and still kept. The
// server reads all of them, for which it has until the context ends.
func (s *Store) Count(ctx context.Context, kind claims.Kind) (n int, err error) {
	first, next := rowID(claims.ID{Kind: kind}), rowID(claims.ID{Kind: kind + 1})
	err = s.db.QueryRowContext(ctx, countKindSQL, first, next).Scan(&n)
	return n, s.explain(ctx, err)
}

// Look returns what Reserve would find, and changes nothing.
func (s *Store) Look(ctx context.Context, id claims.ID) (found claims.Found, err error) {
	err = s.within(ctx, func(ctx context.Context) error {
		found, err = s.look(ctx, id)
		return err
	})
	return found, err
}

// Forget deletes an entry, whoever has it.
func (s *Store) Forget(ctx context.Context, id claims.ID) (there bool, err error) {
	err = s.within(ctx, func(ctx context.Context) error {
		if _, err := s.change(ctx, freeSQL, rowID(id)); err != nil {
			return err
		}
		there, err = s.change(ctx, forgetSQL, rowID(id))
		return err
	})
	return there, err
}
