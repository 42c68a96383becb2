package caddymodule

import (
	"crypto"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/keys"
)

// TestMonitorOutlivesMistakes: a panic while a request is judged is told of, by a
// constant text, and nothing that the client sees.
func TestMonitorOutlivesMistakes(t *testing.T) {
	g := newRig(t, map[string]any{"mode": "monitor"})
	g.source.Provider = provider(func() ([]keys.Key, error) { panic("of " + password) })
	x := g.serve(newRequest(validBody))
	if x.answer.Code != http.StatusCreated || x.forwardedBody != validBody {
		t.Errorf("the answer is %d, forwarded was %s", x.answer.Code, x.forwardedBody)
	}
	errs := g.logs.FilterLevelExact(zap.ErrorLevel).All()
	if len(errs) != 1 || len(errs[0].Context) > 0 {
		t.Errorf("the log has %v", errs)
	}
}

// TestMonitorKeepsAnswers: whatever comes of the next handler is what comes of the
// gate.
func TestMonitorKeepsAnswers(t *testing.T) {
	broken := errors.New("broken")
	for name, want := range map[string]error{
		"none":                   nil,
		"an error":               broken,
		"that of an error route": caddyhttp.Error(http.StatusBadGateway, broken),
	} {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, map[string]any{"mode": "monitor"})
			g.next = func(http.ResponseWriter, *http.Request) error { return want }
			if x := g.serve(newRequest("{")); !errors.Is(x.err, want) {
				t.Errorf("the error is %v, want %v", x.err, want)
			}
		})
	}
}

// TestMonitorCountsCutAnswers: what reverse_proxy breaks off with a panic is judged, and
// broken off all the same.
func TestMonitorCountsCutAnswers(t *testing.T) {
	g := newRig(t, map[string]any{"mode": "monitor"})
	counted := func() float64 {
		return gather(t, registerAgain(t))["caddy_customer_gate_agreement_total{alone=yes,endpoint=register_customer,mode=monitor,upstream=2xx,verdict=malformed_json}"]
	}
	g.next = func(w http.ResponseWriter, r *http.Request) error {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusCreated)
		panic(http.ErrAbortHandler)
	}
	before := counted()
	func() {
		defer func() {
			if broken, _ := recover().(error); !errors.Is(broken, http.ErrAbortHandler) {
				t.Error("the answer is not broken off")
			}
		}()
		g.serve(newRequest("{"))
	}()
	if n := counted() - before; n != 1 {
		t.Errorf("%v requests are counted", n)
	}
}

// TestMonitorOfCustomEndpoints: what is described can be monitored as what is built in.
func TestMonitorOfCustomEndpoints(t *testing.T) {
	g := newRig(t, map[string]any{"mode": "monitor", "endpoint": "custom", "custom": map[string]any{
		"subject": "transaction PIN", "fields": []any{map[string]any{"name": "pin", "type": "text", "sealed": true, "required": true,
			"rules": []any{map[string]any{"rule": "digits", "arguments": []string{"4", "6"}}}}},
	}})
	counted := func() float64 {
		return gather(t, registerAgain(t))["caddy_customer_gate_agreement_total{alone=yes,endpoint=transaction PIN,mode=monitor,upstream=2xx,verdict=format}"]
	}
	before, body := counted(), `{"pin":"`+encrypt(t, "12a4", crypto.SHA1)+`"}`
	if x := g.serve(newRequest(body)); x.forwardedBody != body {
		t.Errorf("forwarded was %s", x.forwardedBody)
	}
	if n := counted() - before; n != 1 {
		t.Errorf("it is counted %v times", n)
	}
}
