// Package metric puts collectors that outlive configurations on the registry
// that Caddy makes anew for each.
package metric

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// Register puts collectors on a registry, where another module of the same
// configuration may have put them already.
func Register(registry prometheus.Registerer, collectors ...prometheus.Collector) error {
	for _, c := range collectors {
		err := registry.Register(c)
		if _, already := errors.AsType[prometheus.AlreadyRegisteredError](err); err != nil && !already {
			return err
		}
	}
	return nil
}
