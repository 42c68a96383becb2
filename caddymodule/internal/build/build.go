// Package build tells what a gateway was built of.
package build

import (
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/customergate/customergate/caddymodule/internal/metric"
)

// Info is the versions that a gateway was built of, "(devel)" where nobody says.
type Info struct {
	Module string `json:"customergate"` // of this module
	Caddy  string `json:"caddy"`
	Go     string `json:"go"`
}

const (
	ownPath   = "github.com/customergate/customergate"
	caddyPath = "github.com/caddyserver/caddy/v2"
	unknown   = "(devel)"
)

// Get reads the binary's own notes, once.
var Get = sync.OnceValue(func() Info {
	info := Info{unknown, unknown, unknown}
	notes, ok := debug.ReadBuildInfo()
	if !ok {
		return info
	}
	info.Go = notes.GoVersion
	info.Module = versionOf(ownPath, notes)
	info.Caddy = versionOf(caddyPath, notes)
	return info
})

func versionOf(path string, notes *debug.BuildInfo) string {
	modules := append(slices.Clone(notes.Deps), &notes.Main)
	i := slices.IndexFunc(modules, func(m *debug.Module) bool { return m.Path == path })
	if i < 0 || strings.TrimSpace(modules[i].Version) == "" {
		return unknown
	}
	return modules[i].Version
}

var info = prometheus.NewGaugeVec(prometheus.GaugeOpts{
	Namespace: "caddy", Subsystem: "customer_gate", Name: "build_info",
	Help: "Always 1: the versions of this module, of Caddy and of Go that the gateway was built of.",
}, []string{"version", "caddy", "go"})

// RegisterMetrics puts the versions on a configuration's registry.
func RegisterMetrics(registry prometheus.Registerer) error {
	built := Get()
	info.WithLabelValues(built.Module, built.Caddy, built.Go).Set(1)
	return metric.Register(registry, info)
}
