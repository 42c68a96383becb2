package uniqueness

import (
	"bytes"
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

// errOtherPepper is what comes of two hosts that share a store and not Caddy's
// storage: nobody would notice until two customers have one address.
var errOtherPepper = errors.New("the addresses in the claims store are hashed under another pepper, so this gateway would not know them: " +
	"give it the pepper of the gateway that has filled the store (share Caddy's storage, or name a file with `pepper file`), " +
	"or, if that one is lost, empty the store and import the addresses anew")

// pepperID is the entry of a store that tells which pepper it is filled with.
var pepperID = claims.ID{Kind: claims.Pepper}

const (
	markLease = 5 * time.Second       // of who is about to write the mark
	markPause = 10 * time.Millisecond // while another one is
)

// mark tells one pepper from others, and nothing else about it.
func (p *pepper) mark() []byte { return p.sum(nil, "pepper") }

// leaveMark has a store tell later comers which pepper it is filled with. It
// returns errOtherPepper if that is another.
func (p *pepper) leaveMark(ctx context.Context, store claims.Store) error {
	token := claims.NewToken()
	for {
		found, err := store.Reserve(ctx, pepperID, token, markLease)
		switch {
		case err != nil:
			return err
		case found.State == claims.Free:
			return store.Commit(ctx, pepperID, token, p.mark(), 0)
		case found.State == claims.Committed:
			return p.compare(found)
		case !pause(ctx, markPause):
			return ctx.Err()
		}
	}
}

// findMark is leaveMark for those who change nothing.
func (p *pepper) findMark(ctx context.Context, store claims.Administrator) error {
	found, err := store.Look(ctx, pepperID)
	if err != nil || found.State != claims.Committed {
		return err
	}
	return p.compare(found)
}

func (p *pepper) compare(mark claims.Found) error {
	if !bytes.Equal(mark.Value, p.mark()) {
		return errOtherPepper
	}
	return nil
}

// A pepperMark compares the pepper with that of the store: when the configuration
// starts, or else, where the store does not answer by then, with the first
// registration.
type pepperMark struct {
	pepper *pepper
	passed atomic.Bool
}

func (m *pepperMark) start(store claims.Store) error {
	ctx, cancel := context.WithTimeout(context.Background(), reserveLimit)
	defer cancel()
	err := m.pass(ctx, store)
	if errors.Is(err, errOtherPepper) {
		return err
	}
	return nil // that the store fails, the log says already
}

func (m *pepperMark) pass(ctx context.Context, store claims.Store) error {
	if m.passed.Load() {
		return nil
	}
	err := m.pepper.leaveMark(ctx, store)
	if err == nil {
		m.passed.Store(true)
	}
	return err
}

// look is pass for those who change nothing.
func (m *pepperMark) look(ctx context.Context, store claims.Administrator) error {
	if m.passed.Load() {
		return nil
	}
	return m.pepper.findMark(ctx, store)
}
