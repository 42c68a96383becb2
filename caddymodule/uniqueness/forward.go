package uniqueness

import (
	"context"
	"net/http"
	"time"

	"github.com/customergate/customergate/caddymodule/internal/tracing"
)

// An Upstream is where a request goes that has reserved what it needs.
type Upstream interface {
	// Serve hands the request on until ctx ends, and has the answer written to w.
	Serve(ctx context.Context, w http.ResponseWriter) error

	// NeverSent reports whether the request cannot have arrived, given the error
	// that Serve returned.
	NeverSent(err error) bool

	// Wipe clears the request's passwords.
	Wipe()
}

// leaseMargin is what is left of a lease when the upstream's time is over:
// enough to settle the claim before somebody else can take it.
const leaseMargin = time.Second

// Forward hands a request on and settles by the answer what it has reserved. It
// goes on to the end when the client goes away, because the upstream does so
// too; what bounds it is the lease.
func (v *Visit) Forward(ctx context.Context, w http.ResponseWriter, upstream Upstream) error {
	if v == nil {
		return upstream.Serve(ctx, w)
	}
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), v.leased.Add(v.keeper.lease-leaseMargin))
	defer cancel()
	if v.keeper.neutral != nil {
		return v.forwardNeutrally(ctx, w, upstream)
	}
	answer := v.watch(w)
	judged, err := v.ask(ctx, answer, upstream)
	_, span := tracing.Start(ctx, "settle")
	v.settle(judged, answer.forRepeats())
	span.End()
	answer.finish()
	return err
}

// ask hands the request on and judges the answer. A handler that panics in
// mid-answer, as reverse_proxy does, leaves it unclear.
func (v *Visit) ask(ctx context.Context, answer *upstreamAnswer, upstream Upstream) (verdict, error) {
	returned := false
	defer func() {
		if !returned {
			upstream.Wipe()
			v.settle(unclear, nil)
		}
	}()
	err := upstream.Serve(ctx, answer)
	returned = true
	upstream.Wipe() // settling may take a while
	return v.keeper.judge(answer, upstream, err), err
}
