package metric

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func counter(help string) prometheus.Collector {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: "requests_total", Help: help})
}

// TestRegister: what is on the registry already has to be the same collector, not
// just one that looks the same.
func TestRegister(t *testing.T) {
	ours := counter("ours")
	for name, test := range map[string]struct {
		first prometheus.Collector
		fails bool
	}{
		"nothing there":        {prometheus.NewCounter(prometheus.CounterOpts{Name: "other_total"}), false},
		"the same":             {ours, false},
		"one that looks alike": {counter("ours"), true},
		"one of another kind":  {counter("another's"), true},
	} {
		registry := prometheus.NewRegistry()
		registry.MustRegister(test.first)
		if err := Register(registry, ours); (err != nil) != test.fails {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}
