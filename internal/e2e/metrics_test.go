package e2e

import (
	"bytes"
	"crypto"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestMetricsAreDocumentedAndWellFormed: every metric of a gateway that has served is in
// docs/metrics.md and the other way round, and Prometheus' own linter has nothing to say.
func TestMetricsAreDocumentedAndWellFormed(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address, site: boltStore.gate("")})
	post(t, gate.url(endpoint), newCustomer().encrypted(t, keyOfTests(), crypto.SHA256).json()).check(t, 201)
	post(t, gate.url(endpoint), newCustomer().with("dob", "x").json()).check(t, 422)
	metrics := gate.metrics(t)

	text, err := os.ReadFile(filepath.Join(checkout, "docs", "metrics.md"))
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`caddy_customer_gate_\w+`)
	documented := name.FindAllString(strings.Join(regexp.MustCompile("(?m)^\\| `.*").FindAllString(string(text), -1), "\n"), -1)
	slices.Sort(documented)
	documented = slices.Compact(documented)
	var served []string
	var ours strings.Builder
	for line := range strings.Lines(metrics) {
		if strings.Contains(line, "caddy_customer_gate_") {
			ours.WriteString(line)
		}
		if kind, found := strings.CutPrefix(line, "# TYPE "); found && strings.HasPrefix(kind, "caddy_customer_gate_") {
			served = append(served, name.FindString(kind))
		}
	}
	slices.Sort(served)
	if !slices.Equal(documented, served) {
		t.Errorf("documented are\n%s\nserved are\n%s", strings.Join(documented, "\n"), strings.Join(served, "\n"))
	}

	lint := exec.Command("promtool", "check", "metrics")
	lint.Stdin = strings.NewReader(ours.String())
	if said, err := lint.CombinedOutput(); err != nil || len(bytes.TrimSpace(said)) > 0 {
		t.Errorf("promtool: %v\n%s", err, said)
	}
}
