package metric

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
)

// Histogram returns the options of a histogram with native buckets beside its classic
// ones: a server that takes native histograms sees each to within a tenth.
func Histogram(name, help string, buckets ...float64) prometheus.HistogramOpts {
	return prometheus.HistogramOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: name, Help: help, Buckets: buckets,
		NativeHistogramBucketFactor:     1.1,
		NativeHistogramMaxBucketNumber:  100,
		NativeHistogramMinResetDuration: time.Hour,
	}
}

// Observe observes a value, with the trace of a request as an exemplar where that is
// sampled.
func Observe(span trace.SpanContext, observer prometheus.Observer, value float64) {
	if with, can := observer.(prometheus.ExemplarObserver); can && span.IsSampled() {
		with.ObserveWithExemplar(value, prometheus.Labels{"trace_id": span.TraceID().String()})
		return
	}
	observer.Observe(value)
}
