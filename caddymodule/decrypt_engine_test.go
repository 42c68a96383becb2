package caddymodule

import (
	"encoding/json"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap/zapcore"

	"github.com/customergate/customergate/caddymodule/engine"
)

// absentEngine is one that is compiled in, and cannot be used.
const absentEngine = "absent"

func init() {
	engine.Register(absentEngine, 1, func() (engine.Library, error) { return nil, errors.New("libabsent.so is not there") })
}

// TestEngineIsTold: one line for the operator, and a metric, with what is used
// and why not what was asked for.
func TestEngineIsTold(t *testing.T) {
	for name, test := range map[string]struct {
		level zapcore.Level
		says  string
	}{
		engine.Go:    {zapcore.InfoLevel, ""},
		engine.Auto:  {zapcore.InfoLevel, "libabsent.so is not there"},
		absentEngine: {zapcore.WarnLevel, "libabsent.so is not there"},
	} {
		t.Run(name, func(t *testing.T) {
			g, registry := newRig(t, map[string]any{"engine": name}), prometheus.NewRegistry()
			for range 2 { // gates of one configuration
				if chosen, err := g.chooseEngine(registry); err != nil || chosen.Name() != engine.Go {
					t.Fatalf("got %s and %v, want go", chosen.Name(), err)
				}
			}
			entry := g.logs.FilterLevelExact(test.level).All()[0]
			fields := entry.ContextMap()
			instead, _ := fields["instead"].(string)
			if g.logs.Len() != 2 || fields["engine"] != engine.Go || fields["version"] != runtime.Version() || !strings.Contains(instead, test.says) || (instead == "") != (test.says == "") {
				t.Errorf("logged %v", g.logs.All())
			}
			sample := "caddy_customer_gate_engine_info{engine=go,version=" + runtime.Version() + "}"
			if got := gather(t, registry); got[sample] != 1 || len(got) != 1 {
				t.Errorf("the metrics are %v, want 1 for %s", got, sample)
			}
		})
	}
}

// TestEngineOfAGateWithoutDecryption: there is none.
func TestEngineOfAGateWithoutDecryption(t *testing.T) {
	ctx, _, logs := observedContext(t, nil)
	if _, err := provisionIn(ctx, json.RawMessage(`{"endpoint":"edit_profile"}`)); err != nil {
		t.Fatal(err)
	}
	if said := logs.FilterMessageSnippet("engine").All(); len(said) > 0 {
		t.Errorf("it says %v", said)
	}
}
