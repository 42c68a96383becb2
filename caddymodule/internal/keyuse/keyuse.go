// Package keyuse remembers which keys open ciphertexts, when last, and of which
// platforms: an operator removes a key that retires when nobody uses it any more.
package keyuse

import (
	"maps"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/customergate/customergate/caddymodule/internal/metric"
	"github.com/customergate/customergate/caddymodule/keys"
)

// A Use is that of one key since the process has started.
type Use struct {
	Last       time.Time      // when it opened a ciphertext last
	ByPlatform map[string]int // how many, by what Platform makes of the clients' platforms
}

var (
	mu   sync.Mutex
	uses = map[string]*Use{} // by the key's ID
)

// The metrics outlive configurations, so that counters survive a reload. Keys are few,
// and their IDs are public.
var (
	opened = prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: "key_decryptions_total",
		Help: "Ciphertexts that a key has opened, by its kid and by platform: android, ios, web, other, or unknown where the endpoint has no devicePlatform or the client did not say.",
	}, []string{"kid", "platform"})
	lastUsed = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: "key_last_used_timestamp_seconds",
		Help: "When a key has opened a ciphertext last, by its kid; absent for one that has opened none since the gateway has started.",
	}, []string{"kid"})
	created = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: "key_created_timestamp_seconds",
		Help: "When clients began, or will begin, to be given a key, by its kid; absent where nobody knows.",
	}, []string{"kid"})
)

// RegisterMetrics puts the metrics on a configuration's registry.
func RegisterMetrics(registry prometheus.Registerer) error {
	return metric.Register(registry, opened, lastUsed, created)
}

// Opened notes that a key has opened a ciphertext.
func Opened(kid, platform string, now time.Time) {
	opened.WithLabelValues(kid, platform).Inc()
	lastUsed.WithLabelValues(kid).Set(float64(now.Unix()))
	mu.Lock()
	defer mu.Unlock()
	use := uses[kid]
	if use == nil {
		use = &Use{ByPlatform: map[string]int{}}
		uses[kid] = use
	}
	use.Last = now
	use.ByPlatform[platform]++
}

// Seen notes that a key is there.
func Seen(key keys.Key) {
	if !key.NotBefore.IsZero() {
		created.WithLabelValues(key.ID).Set(float64(key.NotBefore.Unix()))
	}
}

// Of is the use of a key, the zero Use for one that has opened nothing.
func Of(kid string) Use {
	mu.Lock()
	defer mu.Unlock()
	if use := uses[kid]; use != nil {
		return Use{use.Last, maps.Clone(use.ByPlatform)}
	}
	return Use{}
}

// platforms are what clients of the platform say they run on.
var platforms = map[string]string{"": "unknown", "ANDROID": "android", "IOS": "ios", "WEB": "web"}

// Platform is one of a few names for what a client says.
func Platform(said string) string {
	if name, known := platforms[said]; known {
		return name
	}
	return "other"
}
