package keys

import "github.com/prometheus/client_golang/prometheus"

// loads counts how often a provider has read its keys, at the start and when
// it looked for changes. It outlives configurations, so that it survives a
// reload.
var loads = prometheus.NewCounterVec(prometheus.CounterOpts{
	Namespace: "caddy", Subsystem: "customer_gate", Name: "key_loads_total",
	Help: "Times that keys were read, at the start and to look for changes, by provider and result: ok, or failed, which leaves the old keys in force.",
}, []string{"provider", "result"})

const (
	loadOK     = "ok"
	loadFailed = "failed"
)

// countLoad counts one reading of a provider's keys.
func countLoad(provider string, ok bool) {
	result := loadOK
	if !ok {
		result = loadFailed
	}
	loads.WithLabelValues(provider, result).Inc()
}

// presetLoads has the counters of a provider begin at 0, so that alerts see
// the first failure.
func presetLoads(provider string) {
	loads.WithLabelValues(provider, loadOK)
	loads.WithLabelValues(provider, loadFailed)
}
