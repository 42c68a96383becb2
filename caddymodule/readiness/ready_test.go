package readiness

import (
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig"
	_ "github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile" // the adapter
)

func TestCaddyfile(t *testing.T) {
	for line, want := range map[string]string{
		"customer_gate_ready":              `{"handler":"customer_gate_ready"}`,
		"customer_gate_ready /ready":       `"match":[{"path":["/ready"]}]`,
		"customer_gate_ready all":          "takes nothing but a matcher, which is *, or begins with / or @, at Caddyfile:2",
		"customer_gate_ready {\n store\n}": "takes nothing but a matcher, which is *, or begins with / or @, at Caddyfile:3",
	} {
		config, _, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(":8080 {\n"+line+"\n}\n"), nil)
		if got := string(config); err == nil && !strings.Contains(got, want) {
			t.Errorf("%s is %s", line, got)
		}
		if err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", line, err)
		}
	}
}
