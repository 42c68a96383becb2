package uniqueness

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/claims"
)

// maxMismatches is how many requests that are not the first one may come with its
// key until nobody is told any more whether a request is the first one: somebody
// who has the key and all but the password could find that by trying. A client
// that makes its keys wrongly by mistake is told of it often enough.
const maxMismatches = 5

// Requests are compared one at a time, or else those at the same time would count
// as one.
const (
	compareLimit = reserveLimit               // for the operations of one comparison
	compareLease = compareLimit + time.Second // of one that died: it outlives the operations
	comparePause = 10 * time.Millisecond      // while another request is compared, then twice as long each time

	comparePauseLongest = 50 * time.Millisecond
)

// comparisonID names the entry that a request of an idempotency key reserves while
// it is compared.
func (p *pepper) comparisonID(request claims.ID) claims.ID {
	id := claims.ID{Kind: claims.Idempotency}
	p.mac(id.Sum[:0], []byte("comparison\x00"), request.Sum[:])
	return id
}

// compare tells what a request gets to know that came with the key of an earlier
// one. When the key is spent, the same is done and told for every request.
func (v *Visit) compare(ctx context.Context, repeat *repeatable) (*Earlier, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), compareLimit)
	defer cancel()
	comparison := newClaim(v.keeper.store, v.keeper.store.mark.pepper.comparisonID(repeat.id))
	others, err := v.reserveAlone(ctx, comparison)
	switch {
	case err != nil:
		return nil, v.failed(err)
	case others.State != claims.Free:
		return &Earlier{Wait: others.Wait}, nil
	}
	defer giveBack(comparison)
	found, err := v.reserve(ctx, repeat.claim, v.keeper.lease)
	switch {
	case err != nil:
		return nil, v.failed(err)
	case found.State == claims.Pending:
		return &Earlier{Wait: found.Wait}, nil
	case ctx.Err() != nil: // a mismatch could not be counted any more, so nothing is told
		return nil, v.failed(ctx.Err())
	case found.State == claims.Free: // what was kept has ended since
		v.repeat = repeat
		return nil, nil
	}
	return v.earlier(ctx, repeat, found.Value)
}

// reserveAlone reserves the comparison when no other one is under way, or returns
// the one that still is.
func (v *Visit) reserveAlone(ctx context.Context, comparison *claim) (claims.Found, error) {
	for wait := comparePause; ; wait = min(2*wait, comparePauseLongest) {
		found, err := v.reserve(ctx, comparison, compareLease)
		if err != nil || found.State == claims.Free || !pause(ctx, wait) {
			return found, err
		}
	}
}

// giveBack lets the next one be compared. What it cannot do, the end of the lease
// does soon, so that it takes no time from what the request may settle yet.
func giveBack(comparison *claim) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = comparison.release(ctx)
}

func (v *Visit) earlier(ctx context.Context, repeat *repeatable, sealed []byte) (*Earlier, error) {
	kept, err := v.keeper.store.mark.pepper.open(repeat.id, sealed)
	switch {
	case err != nil:
		v.keeper.logger.Error("an answer in the claims store cannot be read, so a request is answered 503", zap.Error(err))
		return nil, err
	case kept.Mismatches >= maxMismatches:
		return &Earlier{Mismatch: true}, nil
	case kept.Fingerprint == repeat.fingerprint:
		return &Earlier{Answer: &kept.Answer}, nil
	}
	if err := v.countMismatch(ctx, repeat, kept); err != nil {
		return nil, v.failed(err)
	}
	return &Earlier{Mismatch: true}, nil
}

// countMismatch remembers one more, before anybody is told. The answer is kept for
// as long again, so that the count does not end with it.
func (v *Visit) countMismatch(ctx context.Context, repeat *repeatable, kept *keptAnswer) error {
	kept.Mismatches++
	sealed, err := v.keeper.store.mark.pepper.seal(repeat.id, kept)
	if err != nil {
		return err
	}
	return v.keeper.store.Commit(ctx, repeat.id, kept.Token, sealed, repeatWindow)
}
