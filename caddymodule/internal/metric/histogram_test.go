package metric

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"go.opentelemetry.io/otel/trace"
)

// TestObserve: only a request whose trace somebody keeps is told of.
func TestObserve(t *testing.T) {
	id := trace.TraceID{1, 2, 3}
	for name, test := range map[string]struct {
		flags trace.TraceFlags
		want  string
	}{
		"sampled":     {trace.FlagsSampled, id.String()},
		"not sampled": {0, ""},
	} {
		histogram := prometheus.NewHistogram(Histogram("test_seconds", "A test.", 1, 2))
		Observe(trace.NewSpanContext(trace.SpanContextConfig{TraceID: id, SpanID: trace.SpanID{1}, TraceFlags: test.flags}), histogram, 1.5)
		var written dto.Metric
		if err := histogram.Write(&written); err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, b := range written.Histogram.Bucket {
			for _, label := range b.GetExemplar().GetLabel() {
				got = label.GetValue()
			}
		}
		if got != test.want || len(written.Histogram.PositiveSpan) == 0 {
			t.Errorf("%s: the exemplar is %q, want %q; %d native spans", name, got, test.want, len(written.Histogram.PositiveSpan))
		}
	}
}
