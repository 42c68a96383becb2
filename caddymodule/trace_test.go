package caddymodule

import (
	"crypto"
	"fmt"
	"slices"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// TestSpans: a request that is traced has a span for each step that takes time, the
// refusing one with the code, and none holds a value.
func TestSpans(t *testing.T) {
	sealed := encrypt(t, password, crypto.SHA256)
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"accepted": {with(map[string]any{"payloadEncrypted": true, "password": sealed, "confirmPassword": sealed}),
			[]string{"read", "parse", "rules", "decrypt, private operation begins", "rules", "claim"}},
		"invalid":   {twoWrong, []string{"read", "parse", "rules", "decrypt", "rules: VALIDATION_ERROR"}},
		"malformed": {"{", []string{"read", "parse: MALFORMED_JSON"}},
	} {
		t.Run(name, func(t *testing.T) {
			spans := tracetest.NewSpanRecorder()
			provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
			r := newRequest(c.body)
			ctx, request := provider.Tracer("caddy").Start(r.Context(), "request")
			newRig(t, nil).serve(r.WithContext(ctx))
			request.End()
			var got []string
			for _, span := range spans.Ended() {
				if span.Name() == "request" {
					continue
				}
				if span.Parent().SpanID() != request.SpanContext().SpanID() {
					t.Errorf("%s is not beneath the request's span", span.Name())
				}
				text := strings.TrimPrefix(span.Name(), "customer_gate ")
				for _, a := range span.Attributes() {
					text += ": " + a.Value.AsString()
				}
				for _, e := range span.Events() {
					text += ", " + e.Name
				}
				got = append(got, text)
				if all := fmt.Sprint(span.Attributes(), span.Events(), span.Status()); strings.Contains(all, password) || strings.Contains(all, "ada@") {
					t.Errorf("a value is in %s", all)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("the spans are %q, want %q", got, c.want)
			}
		})
	}
}
