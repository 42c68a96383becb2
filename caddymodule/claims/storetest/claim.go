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
