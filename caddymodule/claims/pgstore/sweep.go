package pgstore

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/internal/trouble"
)

const (
	// sweepInterval is how often each gateway deletes what has expired.
	sweepInterval = time.Minute
	// sweepBatch is how many rows a statement deletes, so that it is short.
	sweepBatch = 1000
)

// sweepSQL locks the rows first, which judges each as it is then, and leaves out
// those that another statement works on, such as the sweep of another gateway.
const sweepSQL = `
WITH expired AS MATERIALIZED (
	SELECT id FROM customergate_claims WHERE expires <= now()
	ORDER BY expires LIMIT $1 FOR UPDATE SKIP LOCKED
)
DELETE FROM customergate_claims AS entry USING expired WHERE entry.id = expired.id`

// sweepUntilDone deletes what has expired, now and then. It is housekeeping: an
// expired entry is free wherever it is looked at.
func (s *Store) sweepUntilDone(ctx context.Context) {
	defer close(s.swept)
	for ticker := time.Tick(sweepInterval); ; {
		select {
		case <-ctx.Done():
			return
		case <-ticker:
		}
		s.sweepAndSay(ctx)
	}
}

func (s *Store) sweepAndSay(ctx context.Context) {
	switch _, err := s.sweep(ctx); {
	case err == nil:
		s.sweeping.Works()
	case ctx.Err() == nil:
		s.sweeping.Failed("", err)
	}
}

func sweepTrouble(logger *zap.Logger) *trouble.Log {
	return trouble.New(logger, "expired claims could not be deleted; trying again every minute", "expired claims are deleted again")
}

// sweep deletes what has expired.
func (s *Store) sweep(ctx context.Context) (deleted int64, err error) {
	for {
		var n int64
		err := s.repeat(ctx, func(ctx context.Context) error {
			result, err := s.pool.Exec(ctx, sweepSQL, sweepBatch)
			n = result.RowsAffected()
			return err
		})
		deleted += n
		if err != nil || n < sweepBatch {
			return deleted, err
		}
	}
}
