package storetest

import (
	"context"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

// Claim reserves and commits a new entry.
func Claim(ctx context.Context, s claims.Store) (claims.ID, error) {
	id, token := NewID(claims.Email), claims.NewToken()
	if _, err := s.Reserve(ctx, id, token, time.Minute); err != nil {
		return id, err
	}
	return id, s.Commit(ctx, id, token, []byte("value"), 0)
}

// UseAll does everything with a store that may need a right of its own, and
// returns the first error.
func UseAll(ctx context.Context, s claims.Administrator) error {
	id, held, token := NewID(claims.Email), NewID(claims.Email), claims.NewToken()
	for _, step := range []func() error{
		func() error { _, err := s.Look(ctx, id); return err },
		func() error { _, err := s.Reserve(ctx, held, token, time.Minute); return err },
		func() error { _, err := s.Reserve(ctx, held, token, time.Minute); return err },
		func() error { _, err := s.Reserve(ctx, held, claims.NewToken(), time.Minute); return err },
		func() error { return s.Release(ctx, held, token) },
		func() error { return s.Commit(ctx, id, token, []byte("value"), time.Minute) },
		func() error { return s.Commit(ctx, id, token, []byte("value"), 0) },
		func() error { _, err := s.Import(ctx, []claims.ID{id, held}); return err },
		func() error { _, err := s.Count(ctx, claims.Email); return err },
		func() error { _, err := s.Forget(ctx, id); return err },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
