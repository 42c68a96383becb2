package redisstore

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/customergate/customergate/caddymodule/claims"
)

// Reserve takes an entry that nobody has for the holder of the token.
func (s *Store) Reserve(ctx context.Context, id claims.ID, token claims.Token, lease time.Duration) (claims.Found, error) {
	return s.find(ctx, reserveScript, id, token[:], milliseconds(lease))
}

// Look returns what Reserve would find, and changes nothing.
func (s *Store) Look(ctx context.Context, id claims.ID) (claims.Found, error) {
	return s.find(ctx, lookScript, id)
}

// Commit makes the entry permanent, or for as long as keep says.
func (s *Store) Commit(ctx context.Context, id claims.ID, token claims.Token, value []byte, keep time.Duration) error {
	var kept int64 // for ever
	if keep > 0 {
		kept = milliseconds(keep)
	}
	if value == nil {
		value = []byte{} // the driver takes nil for a mistake
	}
	done, err := s.run(ctx, commitScript, id, token[:], value, kept).Bool()
	switch {
	case err != nil:
		return s.explain(ctx, err)
	case !done:
		return claims.ErrFenced
	}
	return nil
}

// Release gives up the reservation of the token.
func (s *Store) Release(ctx context.Context, id claims.ID, token claims.Token) error {
	return s.explain(ctx, s.run(ctx, releaseScript, id, token[:]).Err())
}

// run runs a script on the entry within the timeout. The driver repeats it where
// the connection breaks: with the same token, each does the same again.
func (s *Store) run(ctx context.Context, script *redis.Script, id claims.ID, arguments ...any) *redis.Cmd {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return script.Run(ctx, s.client, []string{key(id)}, arguments...)
}

// find runs a script that answers as look does.
func (s *Store) find(ctx context.Context, script *redis.Script, id claims.ID, arguments ...any) (claims.Found, error) {
	answer, err := s.run(ctx, script, id, arguments...).Slice()
	if err != nil {
		return claims.Found{}, s.explain(ctx, err)
	}
	return found(answer)
}

func found(answer []any) (claims.Found, error) {
	if len(answer) != 3 {
		return claims.Found{}, errAnswer
	}
	state, isState := answer[0].(int64)
	wait, isWait := answer[1].(int64)
	value, isValue := answer[2].(string)
	if !isState || !isWait || !isValue {
		return claims.Found{}, errAnswer
	}
	switch state {
	case replyFree:
		return claims.Found{State: claims.Free}, nil
	case replyPending:
		return claims.Found{State: claims.Pending, Wait: time.Duration(max(wait, 1)) * time.Millisecond}, nil
	case replyCommitted:
		return claims.Found{State: claims.Committed, Value: []byte(value)}, nil
	}
	return claims.Found{}, errAnswer
}

var errAnswer = errors.New("redis: the answer of the server is none of those that the script gives")

// keyPrefix begins the keys of all entries of a kind.
func keyPrefix(kind claims.Kind) string { return "customergate:" + string(rune(kind)) + ":" }

func key(id claims.ID) string { return keyPrefix(id.Kind) + hex.EncodeToString(id.Sum[:]) }

// milliseconds rounds up, for 0 would be no time to live at all.
func milliseconds(d time.Duration) int64 {
	return max(1, int64((d+time.Millisecond-1)/time.Millisecond))
}
