package pgstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// explain puts the driver's error into words without secrets, and keeps that of
// the context within it.
func (s *Store) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("postgres: %w", ctx.Err())
	}
	said, isSaid := errors.AsType[*pgconn.PgError](err)
	switch {
	case isSaid && said.Code != queryCanceled:
		return newRefusal(said)
	case isSaid, pgconn.Timeout(err), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("postgres: no answer within %v: %w", s.timeout, context.DeadlineExceeded)
	}
	if failed, is := errors.AsType[*pgconn.ConnectError](err); is {
		return fmt.Errorf("postgres: cannot connect: %s", strings.ReplaceAll(errors.Unwrap(failed).Error(), "\n", "; "))
	}
	return fmt.Errorf("postgres: %w", err)
}

// A refusal is the server's no. Values of a statement are in the details of the
// server's error, which are left out, or in the message of classes 22 and 23.
type refusal struct{ code, message string }

func newRefusal(said *pgconn.PgError) refusal {
	r := refusal{code: said.Code, message: said.Message}
	if strings.HasPrefix(r.code, "22") || strings.HasPrefix(r.code, "23") {
		r.message = "the server refuses a value"
	}
	return r
}

func (r refusal) Error() string {
	return fmt.Sprintf("postgres: %s%s (SQLSTATE %s)", r.message, remedies[r.code], r.code)
}

// remedies are what it takes to get a yes where it needs another configuration.
var remedies = map[string]string{
	"28000": "; correct the user, or the server's pg_hba.conf",
	"28P01": "; correct the user or the password",
	"3D000": "; create the database, or correct the DSN",
	"3F000": "; set a search_path that exists",
	"42501": "; grant the user SELECT, INSERT, UPDATE and DELETE on customergate_claims and SELECT on customergate_schema, or CREATE on the schema for both to be created",
}

func isMisconfigured(err error) bool {
	if errors.As(err, new(newerTable)) {
		return true
	}
	r, is := errors.AsType[refusal](err)
	return is && remedies[r.code] != ""
}
