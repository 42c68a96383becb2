package caddymodule

import (
	"errors"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/customergate/customergate/caddymodule/internal/oaep"
)

// Outcomes of requests that were not refused; a refusal's is its code in lower
// case.
const (
	outcomeAccepted  = "accepted"
	outcomePreflight = "preflight"
)

// outcomes are all that there are.
var outcomes = []string{
	outcomeAccepted, outcomePreflight, outcomeOf(codeMalformedJSON), outcomeOf(codeInvalidHeader),
	outcomeOf(codeMethodNotAllowed), outcomeOf(codePayloadTooLarge), outcomeOf(codeUnsupportedMediaType),
	outcomeOf(codeValidationError), outcomeOf(codeTooEarly), outcomeOf(codeClientGone), outcomeOf(codeServiceUnavailable),
}

func outcomeOf(code string) string { return strings.ToLower(code) }

// metrics are the gate's, on Caddy's endpoint. Their labels have few values,
// none of them a client's.
type metrics struct {
	requests   *prometheus.CounterVec
	violations *prometheus.CounterVec
	decrypts   *prometheus.HistogramVec
}

// collected outlives configurations, so that counters survive a reload, which
// gives every configuration a registry of its own.
var collected = metrics{
	requests: prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: "requests_total",
		Help: "Requests by outcome: accepted (handed to the upstream), preflight, or the code of the refusal.",
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
}

// newMetrics puts the collectors on a configuration's registry, where another
// gate of the same configuration may have put them already.
func newMetrics(registry prometheus.Registerer) (*metrics, error) {
	for _, c := range []prometheus.Collector{collected.requests, collected.violations, collected.decrypts} {
		err := registry.Register(c)
		if _, already := errors.AsType[prometheus.AlreadyRegisteredError](err); err != nil && !already {
			return nil, err
		}
	}
	for _, outcome := range outcomes {
		collected.requests.WithLabelValues(outcome) // from 0, so that alerts see the first one
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
	g.metrics.decrypts.WithLabelValues(result.String(), variant.String()).Observe(d.Seconds())
}
