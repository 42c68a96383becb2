// Package agreement counts what the upstream says of requests beside what the gate
// says, or would say, of them.
package agreement

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/customergate/customergate/caddymodule/internal/metric"
)

// Name is that of the metric, for who reads it.
const Name = "caddy_customer_gate_agreement_total"

// Verdicts that are not the code of something wrong.
const (
	Accepted = "accepted"
	Skipped  = "skipped"
)

// total outlives configurations, so that what was counted survives a reload.
var total = prometheus.NewCounterVec(prometheus.CounterOpts{
	Name: Name,
	Help: "Requests that went on to the upstream, by the gate's verdict (accepted, skipped when it had none, or each code that it would have refused the request with) the class of the upstream's answer (none when there was none), and whether the verdict stood alone (yes) or beside other codes (no).",
}, []string{"endpoint", "mode", "verdict", "upstream", "alone"})

// Register puts the metric on a configuration's registry.
func Register(registry prometheus.Registerer) error { return metric.Register(registry, total) }

// Count counts an answer of the upstream, 0 for none, beside the gate's verdicts.
func Count(endpoint, mode string, status int, verdicts ...string) {
	upstream := "none"
	if status >= 100 && status <= 599 {
		upstream = strconv.Itoa(status/100) + "xx"
	}
	alone := "no"
	if len(verdicts) == 1 {
		alone = "yes"
	}
	for _, verdict := range verdicts {
		total.WithLabelValues(endpoint, mode, verdict, upstream, alone).Inc()
	}
}
