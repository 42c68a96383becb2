package caddymodule

import (
	"errors"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/customergate/customergate/caddymodule/internal/agreement"
	"github.com/customergate/customergate/caddymodule/internal/build"
	"github.com/customergate/customergate/caddymodule/internal/decryptions"
	"github.com/customergate/customergate/caddymodule/internal/keyuse"
	"github.com/customergate/customergate/caddymodule/internal/metric"
	"github.com/customergate/customergate/caddymodule/internal/selfcheck"
	"github.com/customergate/customergate/caddymodule/uniqueness"
	"github.com/customergate/customergate/caddymodule/waiting"
)

// Outcomes of requests that were not refused; a refusal's is its code in lower
// case.
const (
	outcomeAccepted  = "accepted"
	outcomePreflight = "preflight"
	outcomePublished = "published"
)

// publicKeys is the endpoint of a Publisher.
const publicKeys = "public_keys"

func outcomeOf(code string) string { return strings.ToLower(code) }

// metrics are the gate's, on Caddy's endpoint. Their labels have few values,
// none of them a client's.
type metrics struct {
	requests   *prometheus.CounterVec
	violations *prometheus.CounterVec
	mode       string // of the handler
}

// collected outlives configurations, so that counters survive a reload, which
// gives every configuration a registry of its own.
var collected = metrics{
	requests: prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: "requests_total",
		Help: "Requests by endpoint (public_keys for that of the public keys), mode (enforce or monitor) and outcome: accepted (handed to the upstream), preflight, published (answered with public keys), skipped (monitored without a verdict), or the code of the refusal, which with monitor is what it would have been.",
	}, []string{"endpoint", "mode", "outcome"}),
	violations: prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: "violations_total",
		Help: "Violations by endpoint, mode (monitor where they refused nothing), JSON pointer (names that the contract does not know are *) and code.",
	}, []string{"endpoint", "mode", "pointer", "code"}),
}

var bodySizes = prometheus.NewHistogramVec(metric.Histogram("request_body_bytes",
	"Sizes of the bodies that were read, by endpoint.",
	256, 512, 1<<10, 2<<10, 4<<10, 8<<10, 16<<10, 32<<10, 64<<10, 1<<20, 16<<20), []string{"endpoint"})

// newMetrics puts the collectors on a configuration's registry, and returns those of
// one handler.
func newMetrics(registry prometheus.Registerer, endpoint, mode string) (*metrics, error) {
	if err := metric.Register(registry, collected.requests, collected.violations, bodySizes); err != nil {
		return nil, err
	}
	if err := errors.Join(
		uniqueness.RegisterMetrics(registry), agreement.Register(registry), decryptions.RegisterMetrics(registry),
		waiting.RegisterMetrics(registry), keyuse.RegisterMetrics(registry), build.RegisterMetrics(registry), selfcheck.RegisterMetrics(registry),
	); err != nil {
		return nil, err
	}
	own := collected
	own.mode = mode
	own.requests = collected.requests.MustCurryWith(prometheus.Labels{"endpoint": endpoint, "mode": mode})
	own.violations = collected.violations.MustCurryWith(prometheus.Labels{"endpoint": endpoint})
	for _, outcome := range []string{outcomeAccepted, outcomePreflight, outcomePublished} {
		own.requests.WithLabelValues(outcome) // from 0, so that alerts see the first one
	}
	for code := range statuses {
		own.requests.WithLabelValues(outcomeOf(code))
	}
	return &own, nil
}

func (m *metrics) count(outcome string) {
	m.requests.WithLabelValues(outcome).Inc()
}

func (m *metrics) refused(r *refusal, traces []detail) {
	m.count(outcomeOf(r.code))
	m.violated(traces, m.mode)
}

func (m *metrics) violated(traces []detail, mode string) {
	for _, d := range traces {
		if d.Pointer != nil {
			m.violations.WithLabelValues(mode, d.place, string(d.Code)).Inc()
		}
	}
}
