package caddymodule

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/keysource"
)

func BenchmarkPublisher(b *testing.B) {
	source := &keysource.Source{Provider: ring(testKeyAt(b, "acme", -time.Hour, time.Hour), testKeyAt(b, "globex", -2*time.Hour, time.Minute))}
	metrics, err := newMetrics(prometheus.NewRegistry(), publicKeys, modeEnforce)
	if err != nil {
		b.Fatal(err)
	}
	publisher := &Publisher{source: source, refuser: refuser{metrics: metrics}}
	publisher.logTo(zap.NewNop())
	for _, path := range []string{"/keys.json", "/keys.pem", "/keys.txt"} {
		b.Run(path[1:], func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			b.ReportAllocs()
			for b.Loop() {
				if err := publisher.ServeHTTP(httptest.NewRecorder(), r, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
