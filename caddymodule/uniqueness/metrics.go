package uniqueness

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/internal/metric"
)

// The metrics of claims outlive configurations, so that counters survive a
// reload. Their labels have few values, none of them a client's.
var (
	claimsTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: "claims_total",
		Help: "What became of claims on email addresses (unique_email): first reserved, taken or pending, then committed, released, held (until the lease ends) or fenced (by another request after it); failed where the store did not answer, open where a request went on without a claim.",
	}, []string{"outcome"})
	claimTimes = prometheus.NewHistogramVec(metric.Histogram("claim_duration_seconds",
		"Duration of operations on the claims store by verb: reserve, commit, release.",
		.0001, .0005, .001, .002, .004, .008, .016, .032, .064, .128, .256, .512, 1, 2), []string{"verb"})
	storeUp = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: "store_up",
		Help: "Whether the last operation on the claims store worked, by its kind: bolt, redis, postgres or that of another author.",
	}, []string{"store"})
)

// Outcomes of operations on the claims store.
const (
	claimReserved  = "reserved"
	claimTaken     = "taken"
	claimPending   = "pending"
	claimCommitted = "committed"
	claimReleased  = "released"
	claimHeld      = "held"
	claimFenced    = "fenced"
	claimFailed    = "failed"
	claimOpen      = "open"
)

var claimOutcomes = []string{
	claimReserved, claimTaken, claimPending, claimCommitted, claimReleased, claimHeld, claimFenced, claimFailed, claimOpen,
}

// RegisterMetrics puts the metrics of claims on a configuration's registry.
func RegisterMetrics(registry prometheus.Registerer) error {
	for _, outcome := range claimOutcomes {
		claimsTotal.WithLabelValues(outcome) // from 0, so that alerts see the first one
	}
	return metric.Register(registry, claimsTotal, claimTimes, storeUp)
}

func countClaim(outcome string) { claimsTotal.WithLabelValues(outcome).Inc() }

// countOperation counts an operation on the claims store that began at a time.
// What becomes of an idempotency key is not counted, but a store that fails is.
func countOperation(span trace.SpanContext, verb, outcome string, kind claims.Kind, start time.Time) {
	metric.Observe(span, claimTimes.WithLabelValues(verb), time.Since(start).Seconds())
	if kind == claims.Email || outcome == claimFailed {
		countClaim(outcome)
	}
}

func reserveOutcome(found claims.Found, err error) string {
	switch {
	case err != nil:
		return claimFailed
	case found.State == claims.Committed:
		return claimTaken
	case found.State == claims.Pending:
		return claimPending
	}
	return claimReserved
}
