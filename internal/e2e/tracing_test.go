package e2e

import (
	"crypto"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// traceReceiver is what collects spans, over OTLP.
type traceReceiver struct {
	url string

	mu    sync.Mutex
	spans []*otlp.Span
	raw   [][]byte // as they came
}

func startTraceReceiver(t *testing.T) *traceReceiver {
	t.Helper()
	receiver := new(traceReceiver)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var export collector.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(body, &export)
		}
		if err != nil {
			t.Error(err)
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		receiver.mu.Lock()
		defer receiver.mu.Unlock()
		receiver.raw = append(receiver.raw, body)
		for _, resource := range export.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				receiver.spans = append(receiver.spans, scope.Spans...)
			}
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(server.Close)
	receiver.url = server.URL
	return receiver
}

// trace returns the spans of the one request that was sent, the gate's own by name, and
// forgets them.
func (r *traceReceiver) trace(t *testing.T) (whole *otlp.Span, gates map[string]*otlp.Span) {
	t.Helper()
	waitUntil(t, "the request's span has come", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return slices.ContainsFunc(r.spans, func(s *otlp.Span) bool { return s.Name == "registration" })
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	gates = make(map[string]*otlp.Span)
	for _, s := range r.spans {
		name, ours := strings.CutPrefix(s.Name, "customer_gate ")
		switch {
		case ours:
			gates[name] = s
		case s.Name == "registration":
			whole = s
		}
	}
	for name, s := range gates {
		if string(s.TraceId) != string(whole.TraceId) || string(s.ParentSpanId) != string(whole.SpanId) {
			t.Errorf("the span %s is not beneath that of the request", name)
		}
	}
	for _, body := range r.raw {
		for _, leak := range findCanaries(body) {
			t.Errorf("a span holds %s", leak)
		}
	}
	r.spans, r.raw = nil, nil
	return whole, gates
}

// TestTracing: what Caddy's tracing exports holds where the time of a request goes,
// after reloads too, which leave nothing running behind.
func TestTracing(t *testing.T) {
	t.Parallel()
	receiver := startTraceReceiver(t)
	up := startUpstream(t)
	gate := startGateway(t, setup{
		upstream: up.address,
		env: []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + receiver.url, "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
			"OTEL_BSP_SCHEDULE_DELAY=50"},
		site: `
	tracing {
		span registration
	}
	` + boltStore.gate("")})
	goroutines := 0
	for round := range 6 {
		address := newAddress()
		sealed := newCustomer().encrypted(t, keyOfTests(), crypto.SHA256).with("email", address)
		post(t, gate.url(endpoint), sealed.json()).check(t, http.StatusCreated)
		_, spans := receiver.trace(t)
		checkSpans(t, spans, "claim", "decrypt", "parse", "read", "rules", "settle")
		if events := spans["decrypt"].GetEvents(); len(events) == 0 {
			t.Error("the span of decryption does not tell how long it waited")
		}

		post(t, gate.url(endpoint), sealed.with("email", "nobody").with("dob", birthDate+"T").json()).check(t, http.StatusUnprocessableEntity)
		_, spans = receiver.trace(t)
		checkSpans(t, spans, "decrypt", "parse", "read", "rules")
		if got := attributeOf(spans["rules"], "error.type"); got != "VALIDATION_ERROR" {
			t.Errorf("error.type is %q", got)
		}
		if round == 1 {
			goroutines = gate.profiled(t, "goroutine?debug=1", goroutineTotal)
		}
		gate.reload(t)
		client.CloseIdleConnections() // which the reload may close when they are used next
	}
	up.hangUp(t) // or connections of replaced configurations would be kept for two minutes
	waitUntil(t, "no goroutine is left of replaced configurations", func() bool {
		return gate.profiled(t, "goroutine?debug=1", goroutineTotal) <= goroutines
	})
}

func checkSpans(t *testing.T, spans map[string]*otlp.Span, want ...string) {
	t.Helper()
	var names []string
	for name := range spans {
		names = append(names, name)
	}
	slices.Sort(names)
	if !slices.Equal(names, want) {
		t.Errorf("the spans are %q, want %q", names, want)
	}
}

func attributeOf(span *otlp.Span, key string) string {
	for _, a := range span.GetAttributes() {
		if a.Key == key {
			return a.Value.GetStringValue()
		}
	}
	return ""
}
