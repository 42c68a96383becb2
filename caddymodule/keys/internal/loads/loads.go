// Package loads counts how often the keys' providers have read their keys, at the
// start and when they looked for changes.
package loads

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/customergate/customergate/caddymodule/internal/metric"
)

// loads outlives configurations, so that it survives a reload.
var loads = prometheus.NewCounterVec(prometheus.CounterOpts{
	Namespace: "caddy", Subsystem: "customer_gate", Name: "key_loads_total",
	Help: "Times that keys were read, at the start and to look for changes, by provider and result: ok, or failed, which leaves the old keys in force.",
}, []string{"provider", "result"})

const (
	resultOK     = "ok"
	resultFailed = "failed"
)

// Register puts the counters on a configuration's registry. Those of the
// provider begin at 0, so that alerts see the first failure.
func Register(registry prometheus.Registerer, provider string) error {
	loads.WithLabelValues(provider, resultOK)
	loads.WithLabelValues(provider, resultFailed)
	return metric.Register(registry, loads)
}

// Count counts one reading of a provider's keys.
func Count(provider string, ok bool) {
	result := resultOK
	if !ok {
		result = resultFailed
	}
	loads.WithLabelValues(provider, result).Inc()
}
