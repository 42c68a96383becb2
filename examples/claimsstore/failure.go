package mariadb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/customergate/customergate/caddymodule/claims"
)

// within does an operation in its time.
func (s *Store) within(ctx context.Context, operation func(context.Context) error) error {
	bounded, cancel := context.WithTimeout(ctx, time.Duration(s.Timeout))
	defer cancel()
	return s.explain(bounded, operation(bounded))
}

// explain puts an error into an operator's words, and keeps that of the context
// in it. What the server says is left out: it repeats values.
func (s *Store) explain(ctx context.Context, err error) error {
	if err == nil || errors.Is(err, claims.ErrFenced) {
		return err
	}
	if said, is := errors.AsType[*mysql.MySQLError](err); is {
		if remedy := remedies[said.Number]; remedy != "" {
			return misconfigured(fmt.Sprintf("mariadb: %s (error %d)", remedy, said.Number))
		}
		return fmt.Errorf("mariadb: the server refuses (error %d, SQLSTATE %s)", said.Number, said.SQLState[:])
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("mariadb: no answer within %v: %w", time.Duration(s.Timeout), context.DeadlineExceeded)
	}
	return fmt.Errorf("mariadb: %w", err)
}

// misconfigured is the error of a server that wants another configuration.
type misconfigured string

func (m misconfigured) Error() string { return string(m) }

// Numbers of errors after which a statement is worth another attempt.
const (
	duplicateEntry = 1062
	deadlock       = 1213
)

// remedies are what to do about an error, by the server's number of it.
var remedies = map[uint16]string{
	1044: "the user may not use the database; grant SELECT, INSERT, UPDATE and DELETE on customergate_claims",
	1045: "the server refuses the user or the password",
	1049: "there is no such database",
	1142: "the user lacks a right; grant SELECT, INSERT, UPDATE and DELETE on customergate_claims",
	1146: "there is no table customergate_claims; make it with schema.sql",
}

func isNumber(err error, number uint16) bool {
	said, is := errors.AsType[*mysql.MySQLError](err)
	return is && said.Number == number
}
