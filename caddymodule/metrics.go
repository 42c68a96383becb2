package caddymodule

import (
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/customergate/customergate/caddymodule/internal/metric"
	"github.com/customergate/customergate/caddymodule/internal/oaep"
	"github.com/customergate/customergate/caddymodule/uniqueness"
)

// Outcomes of requests that were not refused; a refusal's is its code in lower
// case.
const (
	outcomeAccepted  = "accepted"
	outcomePreflight = "preflight"
	outcomePublished = "published"
)

func outcomeOf(code string) string { return strings.ToLower(code) }

// metrics are the gate's, on Caddy's endpoint. Their labels have few values,
// none of them a client's.
type metrics struct {
	requests   *prometheus.CounterVec
	violations *prometheus.CounterVec
	decrypts   *prometheus.HistogramVec
	reused     prometheus.Counter
}

// collected outlives configurations, so that counters survive a reload, which
// gives every configuration a registry of its own.
var collected = metrics{
	requests: prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: "requests_total",
		Help: "Requests by outcome: accepted (handed to the upstream), preflight, published (answered with public keys), or the code of the refusal.",
	}, []string{"outcome"}),
	violations: prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: "violations_total",
		Help: "Violations by JSON pointer (names that the contract does not know are *) and code.",
	}, []string{"pointer", "code"}),
	decrypts: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: "decrypt_duration_seconds",
		Help:    "Duration of private-key operations by result and MGF1 variant.",
		Buckets: []float64{.0005, .001, .002, .004, .008, .016, .032, .064, .128, .256},
	}, []string{"result", "mgf1"}),
	reused: prometheus.NewCounter(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: "reuse_refused_total",
		Help: "Ciphertexts that could be decrypted, but had been sent too often, or with too many persons' words (reuse_limit).",
	}),
}

// newMetrics puts the collectors on a configuration's registry.
func newMetrics(registry prometheus.Registerer) (*metrics, error) {
	if err := metric.Register(registry, collected.requests, collected.violations, collected.decrypts, collected.reused); err != nil {
		return nil, err
	}
	if err := uniqueness.RegisterMetrics(registry); err != nil {
		return nil, err
	}
	for _, outcome := range []string{outcomeAccepted, outcomePreflight, outcomePublished} {
		collected.requests.WithLabelValues(outcome) // from 0, so that alerts see the first one
	}
	for code := range statuses {
		collected.requests.WithLabelValues(outcomeOf(code))
	}
	return &collected, nil
}

func (m *metrics) count(outcome string) {
	m.requests.WithLabelValues(outcome).Inc()
}

func (m *metrics) refused(r *refusal, traces []detail) {
	m.count(outcomeOf(r.code))
	for _, d := range traces {
		if d.Pointer != nil {
			m.violations.WithLabelValues(d.place, string(d.Code)).Inc()
		}
	}
}

func (g *Gate) observeDecrypt(result oaep.Result, variant oaep.Variant, d time.Duration) {
	if result == oaep.ResultReused {
		g.metrics.reused.Inc()
	}
	g.metrics.decrypts.WithLabelValues(result.String(), variant.String()).Observe(d.Seconds())
}
