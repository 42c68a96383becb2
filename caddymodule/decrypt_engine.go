package caddymodule

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/engine"
)

func (g *Gate) checkEngine() error {
	if names := engine.Names(); g.Engine != "" && !slices.Contains(names, g.Engine) {
		return fmt.Errorf("engine: %q is not in this binary: want one of %s", g.Engine, strings.Join(names, ", "))
	}
	return nil
}

// chooseEngine tells the operator which engine it has become.
func (g *Gate) chooseEngine(registry prometheus.Registerer) (*engine.Engine, error) {
	chosen, trouble := engine.Choose(g.Engine)
	log := g.logger.Info
	if trouble != nil && g.Engine != engine.Auto {
		log = g.logger.Warn
	}
	log("private-key operations have an engine", zap.String("engine", chosen.Name()), zap.String("version", chosen.Version()), zap.NamedError("instead", trouble))
	g.engineText = strings.TrimSpace(chosen.Name() + " " + chosen.Version())
	return chosen, showEngine(registry, chosen)
}

// showEngine adds the engine to those of the configuration, which has a registry
// of its own.
func showEngine(registry prometheus.Registerer, chosen *engine.Engine) error {
	engines := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: "engine_info",
		Help: "Always 1: an engine for private-key operations that is in use, and the version of its library.",
	}, []string{"engine", "version"})
	err := registry.Register(engines)
	if other := (prometheus.AlreadyRegisteredError{}); errors.As(err, &other) {
		engines, err = other.ExistingCollector.(*prometheus.GaugeVec), nil
	}
	if err != nil {
		return fmt.Errorf("registering metrics: %w", err)
	}
	engines.WithLabelValues(chosen.Name(), chosen.Version()).Set(1)
	return nil
}

// reportKey tells the operator of a key that has another engine than the rest.
func (g *Gate) reportKey(trouble error) {
	g.logger.Warn("a private key is not served by the engine", zap.Error(trouble))
}
