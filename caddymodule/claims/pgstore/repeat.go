package pgstore

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/customergate/customergate/caddymodule/claims"
)

// maxAttempts bounds the repetitions of an operation, which otherwise end with
// its time.
const maxAttempts = 10

// errOvertaken says that another statement has changed the entry meanwhile.
var errOvertaken = errors.New("the entry changes all the time")

// repeat runs an operation within the timeout, with the table in place. It
// repeats what may succeed the next time: with the same token, each of the
// operations does the same again, so it does no harm if the server has done it
// and only its answer was lost.
func (s *Store) repeat(ctx context.Context, operation func(context.Context) error) error {
	bounded, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	for attempt := 1; ; attempt++ {
		err := s.ensureTable(bounded)
		if err == nil {
			err = operation(bounded)
		}
		if err == nil || errors.Is(err, claims.ErrFenced) {
			return err
		}
		if attempt == maxAttempts || bounded.Err() != nil || !s.mayRepeat(err) {
			return s.explain(ctx, err)
		}
	}
}

// mayRepeat reports whether to try again, and clears what stood in the way.
func (s *Store) mayRepeat(err error) bool {
	if errors.Is(err, errOvertaken) {
		return true
	}
	if said, is := errors.AsType[*pgconn.PgError](err); is {
		return s.mayRepeatAfter(said.Code)
	}
	if _, is := errors.AsType[*pgconn.ConnectError](err); is || pgconn.Timeout(err) {
		return false // the server is not there
	}
	if errors.As(err, new(newerTable)) {
		return false
	}
	s.pool.Reset() // a connection was lost, so the others probably are, too
	return true
}

// SQLSTATE codes, PostgreSQL manual, appendix A.
const (
	serializationFailure = "40001" // where the database's default is another isolation level
	deadlockDetected     = "40P01"
	undefinedTable       = "42P01"
	queryCanceled        = "57014"
	adminShutdown        = "57P01"
	crashShutdown        = "57P02"
)

func (s *Store) mayRepeatAfter(code string) bool {
	switch code {
	case serializationFailure, deadlockDetected:
		return true
	case undefinedTable: // somebody has dropped it, or this is another database now
		return s.hasTable.Swap(false)
	case adminShutdown, crashShutdown: // said to an idle connection, which is closed now
		s.pool.Reset()
		return true
	}
	return false
}
