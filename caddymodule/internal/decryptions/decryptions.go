// Package decryptions counts private-key operations, what became of them, and whose keys
// they were.
package decryptions

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/customergate/customergate/caddymodule/internal/keyuse"
	"github.com/customergate/customergate/caddymodule/internal/metric"
	"github.com/customergate/customergate/caddymodule/internal/oaep"
)

// The metrics outlive configurations, so that counters survive a reload.
var (
	total = prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: "decryptions_total",
		Help: "Private-key operations, and ciphertexts refused without one, by result: ok, failed, malformed, unknown_key, reused, error, fault.",
	}, []string{"result"})
	durations = prometheus.NewHistogramVec(metric.Histogram("decrypt_duration_seconds",
		"Duration of private-key operations by result and MGF1 variant.",
		.0005, .001, .002, .004, .008, .016, .032, .064, .128, .256), []string{"result", "mgf1"})
	reused = prometheus.NewCounter(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: "reuse_refused_total",
		Help: "Ciphertexts that could be decrypted, but had been sent too often, or with too many persons' words (reuse_limit).",
	})
)

// RegisterMetrics puts the metrics on a configuration's registry.
func RegisterMetrics(registry prometheus.Registerer) error {
	for _, result := range oaep.Results() {
		total.WithLabelValues(result.String()) // from 0, so that alerts see the first one
	}
	return metric.Register(registry, total, durations, reused)
}

// Observe counts what became of a ciphertext.
func Observe(o oaep.Observation) {
	switch o.Result {
	case oaep.ResultOK:
		keyuse.Opened(o.KeyID, o.Platform, time.Now())
	case oaep.ResultReused:
		reused.Inc()
	}
	total.WithLabelValues(o.Result.String()).Inc()
	metric.Observe(o.Span, durations.WithLabelValues(o.Result.String(), o.Variant.String()), o.Took.Seconds())
}
