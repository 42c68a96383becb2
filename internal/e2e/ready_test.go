package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// TestReady: a load balancer hears whether the gates can serve, and why not.
func TestReady(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	nowhere := "unique_email redis " + "127.0.0.1:1 {\n timeout 100ms\n }\n"
	for name, test := range map[string]struct {
		gate   string
		status int
		says   string
	}{
		"all is well":           {"customer_gate {\n keys file {$DIR}/private.pem\n unique_email bolt {$DIR}/claims.db\n }", 200, `{"ready":true}`},
		"no gate":               {"", 200, `{"ready":true}`},
		"store is down":         {"customer_gate {\n keys file {$DIR}/private.pem\n " + nowhere + " }", 503, `{"ready":false,"reason":"the claims store does not answer"}`},
		"and done without":      {"customer_gate {\n keys file {$DIR}/private.pem\n " + strings.Replace(nowhere, "timeout 100ms\n", "timeout 100ms\n on_failure open\n", 1) + " }", 200, `{"ready":true}`},
		"and the gate monitors": {"customer_gate {\n mode monitor\n keys file {$DIR}/private.pem\n " + nowhere + " }", 200, `{"ready":true}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gate := startGateway(t, setup{upstream: up.address, site: "customer_gate_ready /ready\n" + test.gate + "\nreverse_proxy {$UPSTREAM}\n"})
			response, err := http.Get(gate.url("/ready"))
			if err != nil {
				t.Fatal(err)
			}
			got, err := readAnswer(response)
			if err != nil || got.status != test.status || strings.TrimSpace(got.body) != test.says {
				t.Errorf("answered %d %s, %v", got.status, got.body, err)
			}
		})
	}
}
