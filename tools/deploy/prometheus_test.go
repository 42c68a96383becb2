package deploy

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestAlerts has Prometheus' own tool show each alert firing and not firing, and looks
// for the heading that each sends people to.
func TestAlerts(t *testing.T) {
	for _, arguments := range [][]string{{"check", "rules", "alerts.yaml"}, {"test", "rules", "alerts_test.yaml"}} {
		tool := exec.Command("promtool", arguments...)
		tool.Dir = "../../deploy/prometheus"
		if said, err := tool.CombinedOutput(); err != nil {
			t.Errorf("promtool %q: %v\n%s", arguments, err, said)
		}
	}
	rules, err := os.ReadFile("../../deploy/prometheus/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	runbook, err := os.ReadFile("../../docs/alerts.md")
	if err != nil {
		t.Fatal(err)
	}
	headings := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^## (.+)$`).FindAllSubmatch(runbook, -1) {
		headings[strings.ReplaceAll(strings.ToLower(string(heading[1])), " ", "-")] = true
	}
	names := regexp.MustCompile(`alert: (\w+)`).FindAllSubmatch(rules, -1)
	anchors := regexp.MustCompile(`runbook_url: \S+#(\S+)`).FindAllSubmatch(rules, -1)
	if len(names) == 0 || len(names) > 10 || len(anchors) != len(names) || len(headings) != len(names) {
		t.Errorf("%d alerts, %d runbooks, %d headings", len(names), len(anchors), len(headings))
	}
	tests, err := os.ReadFile("../../deploy/prometheus/alerts_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		if !headings[string(anchors[i][1])] {
			t.Errorf("%s sends people to %s, which there is not", name[1], anchors[i][1])
		}
		if !strings.Contains(string(runbook), "`"+string(name[1])+"`") {
			t.Errorf("docs/alerts.md does not tell of %s", name[1])
		}
		if n := strings.Count(string(tests), "alertname: "+string(name[1])); n < 2 {
			t.Errorf("%s has %d tests, want one at least that it fires, and one that it does not", name[1], n)
		}
	}
}
