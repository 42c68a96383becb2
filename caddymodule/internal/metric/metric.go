// Package metric puts collectors that outlive configurations on the registry
// that Caddy makes anew for each.
package metric

import (
	"errors"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// Register puts collectors on a registry, where another module of the same
// configuration may have put them already. It fails where the registry has
// another collector in the place of one: nobody would see what that one counts.
func Register(registry prometheus.Registerer, collectors ...prometheus.Collector) error {
	for _, c := range collectors {
		err := registry.Register(c)
		first, again := errors.AsType[prometheus.AlreadyRegisteredError](err)
		switch {
		case again && first.ExistingCollector != c:
			return fmt.Errorf("another module has registered the same metric: %w", err)
		case err != nil && !again:
			return err
		}
	}
	return nil
}
