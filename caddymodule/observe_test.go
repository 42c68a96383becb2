package caddymodule

import (
	"crypto"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/customergate/customergate/caddymodule/keys"
)

func TestLogOneLineForEachRefusal(t *testing.T) {
	tests := map[string]struct {
		change     func(*http.Request)
		body       string
		level      zapcore.Level
		status     int64
		code       string
		violations []any
	}{
		"method":  {func(r *http.Request) { r.Method = "PUT" }, validBody, zapcore.InfoLevel, 405, codeMethodNotAllowed, nil},
		"early":   {func(r *http.Request) { r.Header.Set("Early-Data", "1") }, validBody, zapcore.InfoLevel, 425, codeTooEarly, nil},
		"media":   {func(r *http.Request) { r.Header.Del("Content-Type") }, validBody, zapcore.InfoLevel, 415, codeUnsupportedMediaType, nil},
		"headers": {func(r *http.Request) { r.Header.Set("Platform", "x") }, validBody, zapcore.InfoLevel, 400, codeInvalidHeader, []any{"platform enum"}},
		"size":    {func(*http.Request) {}, padded(70_000), zapcore.InfoLevel, 413, codePayloadTooLarge, nil},
		"json":    {func(*http.Request) {}, "{", zapcore.InfoLevel, 400, codeMalformedJSON, nil},
		"rules":   {func(*http.Request) {}, with(map[string]any{"email": "nobody"}), zapcore.InfoLevel, 422, codeValidationError, []any{"/email email_format"}},
		"unknown members": {
			func(*http.Request) {}, with(map[string]any{"nobody@example.com": 1}), zapcore.InfoLevel, 422, codeValidationError, []any{"/* unknown_field"},
		},
		"not an object": {func(*http.Request) {}, `"x"`, zapcore.InfoLevel, 422, codeValidationError, []any{" type"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, nil)
			r := newRequest(test.body)
			test.change(r)
			x := g.serve(r)
			entry := onlyEntry(t, g.logs)
			if entry.Level != test.level || entry.Message != "request refused" {
				t.Errorf("logged %s %q", entry.Level, entry.Message)
			}
			fields := entry.ContextMap()
			uuid, _ := x.repl.GetString("http.request.uuid")
			for name, want := range map[string]any{"request_id": "200", "request_uuid": uuid, "endpoint": "register_customer", "tenant": keys.DefaultTenant, "status": test.status, "code": test.code} {
				if fields[name] != want {
					t.Errorf("%s is %v, want %v", name, fields[name], want)
				}
			}
			if got, _ := fields["violations"].([]any); !slices.Equal(got, test.violations) {
				t.Errorf("violations are %v, want %v", got, test.violations)
			}
			if message, _ := fields["message"].(string); message == "" {
				t.Error("there is no message")
			}
			if len(fields) != 8 {
				t.Errorf("there are other fields: %v", fields)
			}
		})
	}
}

func onlyEntry(t *testing.T, logs *observer.ObservedLogs) observer.LoggedEntry {
	t.Helper()
	entries := logs.All()
	if len(entries) != 1 {
		t.Fatalf("%d lines are logged, want 1: %v", len(entries), entries)
	}
	return entries[0]
}

func TestLogWarnsOfUnavailability(t *testing.T) {
	g := newRig(t, nil)
	g.source.Provider = provider(func() ([]keys.Key, error) { return nil, errors.New("storage is away") })
	g.serve(newRequest(with(map[string]any{"payloadEncrypted": true})))
	if refusals := g.logs.FilterMessage("request refused").All(); len(refusals) != 1 || refusals[0].Level != zapcore.WarnLevel {
		t.Errorf("logged %v", refusals)
	}
}

func TestLogNothingOfAccepted(t *testing.T) {
	g := newRig(t, nil)
	g.serve(newRequest(validBody)).checkForwarded(t, normalisedBody)
	if g.logs.Len() > 0 {
		t.Errorf("logged %v", g.logs.All())
	}
}

// TestNothingPersonalIsTold: what a client sends, names of members included,
// is in no log line, placeholder or metric, whatever happens to it.
func TestNothingPersonalIsTold(t *testing.T) {
	const canary = "c4n4ry"
	bodies := map[string]string{
		"every value wrong": with(map[string]any{
			"email": canary, "phone": canary, "firstName": canary, "dob": canary, "password": canary, "customerType": canary,
			"devicePlatform": canary + " ", "address": map[string]any{canary: canary, "countryIso3": canary},
		}),
		"unknown members": with(map[string]any{canary: 1, "address": map[string]any{canary + "~/": 1}}),
		"nested reserved": with(map[string]any{"dynamicFields": map[string]any{canary: map[string]any{"__proto__": 1}}}),
		"nested number":   strings.Replace(validBody, "{", `{"dynamicFields":{"`+canary+`":1E999},`, 1),
		"undecryptable":   with(map[string]any{"payloadEncrypted": true, "password": canary}),
		"broken JSON":     `{"` + canary + `":`,
		"duplicate names": `{"` + canary + `":1,"` + canary + `":2}`,
		"not an object":   `"` + canary + `"`,
		"accepted":        with(map[string]any{"dynamicFields": map[string]any{canary: canary}}),
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, map[string]any{"errors": "handle_errors"})
			r := newRequest(body)
			r.Header.Set("X-Other", canary)
			x := g.serve(r)
			if (x.forwarded != nil) != (name == "accepted") {
				t.Fatalf("forwarded is %t", x.forwarded != nil)
			}
			for _, entry := range g.logs.All() {
				for field, value := range entry.ContextMap() {
					if text := string(marshal(value)); strings.Contains(text, canary) {
						t.Errorf("the log says %s: %s", field, text)
					}
				}
			}
			if violations, _ := x.repl.GetString("http.customer_gate.violations"); strings.Contains(violations, canary) {
				t.Errorf("the placeholder says %s", violations)
			}
			if x.err != nil && strings.Contains(x.err.Error(), canary) {
				t.Errorf("the error says %v", x.err)
			}
			if text := strings.Join(slices.Sorted(maps.Keys(gather(t, registerAgain(t)))), "\n"); strings.Contains(text, canary) {
				t.Errorf("the metrics say %s", text)
			}
		})
	}
}

// registerAgain puts the collectors on another registry, as a reload does.
func registerAgain(t *testing.T) *prometheus.Registry {
	t.Helper()
	registry := prometheus.NewRegistry()
	if _, err := newMetrics(registry, publicKeys, modeEnforce); err != nil {
		t.Fatal(err)
	}
	return registry
}

// gather returns all samples, by name and labels; a histogram's is its count.
func gather(t *testing.T, registry prometheus.Gatherer) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	samples := make(map[string]float64)
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			var labels []string
			for _, label := range metric.GetLabel() {
				labels = append(labels, label.GetName()+"="+label.GetValue())
			}
			key := family.GetName() + "{" + strings.Join(labels, ",") + "}"
			samples[key] = metric.GetCounter().GetValue() + metric.GetGauge().GetValue() + float64(metric.GetHistogram().GetSampleCount())
		}
	}
	return samples
}

// TestMetrics: the samples of one configuration's gates add up, and a reload,
// which brings a registry of its own, goes on counting.
func TestMetrics(t *testing.T) {
	start := gather(t, registerAgain(t)) // other tests count too
	one, other := newRig(t, nil), newRig(t, map[string]any{"mgf1": "both"})
	one.serve(newRequest(validBody))
	other.serve(newRequest(validBody))
	one.serve(newRequest(with(map[string]any{"email": "x", "phone": "1", "role": "admin", "rank": 1})))
	other.serve(newRequest("{"))
	preflight := newRequest("")
	preflight.Method = http.MethodOptions
	preflight.Header.Set("Origin", "https://app.example")
	preflight.Header.Set("Access-Control-Request-Method", "POST")
	one.serve(preflight)
	withoutHeader := newRequest(validBody)
	withoutHeader.Header.Del("Uuid")
	one.serve(withoutHeader)
	sealed := encrypt(t, password, crypto.SHA256)
	one.serve(newRequest(with(map[string]any{"payloadEncrypted": true, "password": sealed, "confirmPassword": sealed})))
	one.serve(newRequest(with(map[string]any{"payloadEncrypted": true, "password": "junk", "confirmPassword": "junk"})))

	before := registerAgain(t)
	key, err := keys.NewKey(testKey())
	if err != nil {
		t.Fatal(err)
	}
	kid := key.ID
	lastUsed := "caddy_customer_gate_key_last_used_timestamp_seconds{kid=" + kid + "}"
	want := map[string]float64{
		"caddy_customer_gate_requests_total{endpoint=register_customer,mode=enforce,outcome=accepted}":                                       3,
		"caddy_customer_gate_requests_total{endpoint=register_customer,mode=enforce,outcome=preflight}":                                      1,
		"caddy_customer_gate_requests_total{endpoint=register_customer,mode=enforce,outcome=validation_error}":                               2,
		"caddy_customer_gate_requests_total{endpoint=register_customer,mode=enforce,outcome=malformed_json}":                                 1,
		"caddy_customer_gate_requests_total{endpoint=register_customer,mode=enforce,outcome=invalid_header}":                                 1,
		"caddy_customer_gate_violations_total{code=email_format,endpoint=register_customer,mode=enforce,pointer=/email}":                     1,
		"caddy_customer_gate_violations_total{code=phone_format,endpoint=register_customer,mode=enforce,pointer=/phone}":                     1,
		"caddy_customer_gate_violations_total{code=unknown_field,endpoint=register_customer,mode=enforce,pointer=/*}":                        2,
		"caddy_customer_gate_violations_total{code=password_undecryptable,endpoint=register_customer,mode=enforce,pointer=/password}":        1,
		"caddy_customer_gate_violations_total{code=password_undecryptable,endpoint=register_customer,mode=enforce,pointer=/confirmPassword}": 1,
		"caddy_customer_gate_decrypt_duration_seconds{mgf1=sha256,result=ok}":                                                                1,
		"caddy_customer_gate_decrypt_duration_seconds{mgf1=none,result=malformed}":                                                           1,
		"caddy_customer_gate_agreement_total{alone=yes,endpoint=register_customer,mode=enforce,upstream=2xx,verdict=accepted}":               3,
		"caddy_customer_gate_decryptions_total{result=ok}":                                                                                   1,
		"caddy_customer_gate_decryptions_total{result=malformed}":                                                                            1,
		"caddy_customer_gate_request_body_bytes{endpoint=register_customer}":                                                                 6,
		"caddy_customer_gate_queue_wait_seconds{}":                                                                                           1,
		"caddy_customer_gate_key_decryptions_total{kid=" + kid + ",platform=unknown}":                                                        1,
	}
	delete(start, lastUsed)
	check := func(registry prometheus.Gatherer) {
		t.Helper()
		got := gather(t, registry)
		for key, value := range want {
			if got[key]-start[key] != value {
				t.Errorf("%s is %v more, want %v", key, got[key]-start[key], value)
			}
		}
		if since := time.Since(time.Unix(int64(got[lastUsed]), 0)); since < 0 || since > time.Minute {
			t.Errorf("the key was used last %s ago", since)
		}
		delete(got, lastUsed)
		for key, value := range got {
			if _, known := want[key]; !known && value != start[key] {
				t.Errorf("%s is %v more, want none", key, value-start[key])
			}
		}
	}
	check(before)
	after := registerAgain(t)
	newRig(t, nil).serve(newRequest("{"))
	want["caddy_customer_gate_requests_total{endpoint=register_customer,mode=enforce,outcome=malformed_json}"]++
	want["caddy_customer_gate_request_body_bytes{endpoint=register_customer}"]++
	check(after)
}

// TestMetricsRefuseForeignCollectors: the same name with another meaning is an
// operator's error, not a panic.
func TestMetricsRefuseForeignCollectors(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(prometheus.NewCounter(prometheus.CounterOpts{Name: "caddy_customer_gate_requests_total", Help: "another"}))
	if _, err := newMetrics(registry, publicKeys, modeEnforce); err == nil {
		t.Error("they were registered")
	}
}

// TestLogHasTheTrace: the line of a refusal can be found from its trace.
func TestLogHasTheTrace(t *testing.T) {
	span := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}})
	g := newRig(t, nil)
	r := newRequest("{")
	g.serve(r.WithContext(trace.ContextWithSpanContext(r.Context(), span)))
	fields := g.logs.FilterMessage("request refused").All()[0].ContextMap()
	if fields["trace_id"] != span.TraceID().String() || fields["span_id"] != span.SpanID().String() {
		t.Errorf("the line has %v", fields)
	}
}
