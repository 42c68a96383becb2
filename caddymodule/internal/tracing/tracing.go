// Package tracing makes spans beneath the one that Caddy's tracing has made of a
// request. Caddy sets no provider for the process, so it is that of the span.
package tracing

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

const tracerName = "github.com/customergate/customergate"

// none is the span of what is not recorded.
var none = trace.SpanFromContext(context.Background())

// Start begins a span of the gate's work with a name, if the request's is recorded.
// Elsewhere it costs next to nothing. The caller ends the span.
func Start(ctx context.Context, name string) (context.Context, trace.Span) {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx, none
	}
	return parent.TracerProvider().Tracer(tracerName).Start(ctx, "customer_gate "+name)
}

// Refuse notes on a span with which code the request was refused.
func Refuse(span trace.Span, code string) {
	span.SetAttributes(attribute.String("error.type", code))
	span.SetStatus(codes.Error, "")
}
