package selfcheck

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/customergate/customergate/caddymodule/internal/metric"
)

// What is checked, and what comes of it.
const (
	keyCheck   = "key"
	storeCheck = "store"

	ok      = "ok"
	failed  = "failed"
	skipped = "skipped" // behind customers
)

// The metrics outlive configurations, so that counters survive a reload.
var (
	checks = prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: "self_checks_total",
		Help: "Self checks by what was checked (key: a password encrypted with the published key of a tenant; store: a claim) and result: ok, failed, skipped (customers were waiting).",
	}, []string{"check", "result"})
	lastSuccess = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: "self_check_last_success_timestamp_seconds",
		Help: "When a self check has succeeded last, for all tenants; 0 if none has since the gateway has started.",
	}, []string{"check"})
)

// RegisterMetrics puts the metrics on a configuration's registry.
func RegisterMetrics(registry prometheus.Registerer) error {
	for _, check := range []string{keyCheck, storeCheck} {
		for _, result := range []string{ok, failed, skipped} {
			checks.WithLabelValues(check, result) // from 0, so that alerts see the first one
		}
		lastSuccess.WithLabelValues(check)
	}
	return metric.Register(registry, checks, lastSuccess)
}

func count(check, result string) { checks.WithLabelValues(check, result).Inc() }

func succeeded(check string) { lastSuccess.WithLabelValues(check).SetToCurrentTime() }
