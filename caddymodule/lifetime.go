package caddymodule

import (
	"context"
	"time"
)

// A lifetime is the time that a registration has once it begins to reserve what
// it needs. It does not end when the client goes away, because the upstream
// goes on then too: what bounds it is the lease.
type lifetime struct {
	since time.Time
	ctx   context.Context
	end   context.CancelFunc
}

// leaseMargin is what is left of a lease when the upstream's time is over:
// enough to settle the claim before somebody else can take it.
const leaseMargin = time.Second

func newLifetime(ctx context.Context, since time.Time, lease time.Duration) *lifetime {
	ctx, end := context.WithDeadline(context.WithoutCancel(ctx), since.Add(lease-leaseMargin))
	return &lifetime{since: since, ctx: ctx, end: end}
}
