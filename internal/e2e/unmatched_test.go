package e2e

import (
	"os/exec"
	"strings"
	"testing"
)

// sitesOfGates are ways to mount a gate, and whether each has it stand before a
// whole site.
var sitesOfGates = map[string]struct {
	directives string
	unmatched  bool
}{
	"alone":           {"customer_gate", true},
	"star":            {"customer_gate *", true},
	"profiles":        {"customer_gate edit_profile", true},
	"route":           {"route {\ncustomer_gate\n}", true},
	"handle-all":      {"handle /* {\ncustomer_gate\n}", true},
	"handle-the-rest": {"handle /static/* {\nrespond 200\n}\nhandle {\ncustomer_gate\n}", true},
	"second":          {"customer_gate /register\ncustomer_gate", true},
	"invoked":         {"invoke gate", true},

	"path":           {"customer_gate /api/*", false},
	"named":          {"@registration method POST\ncustomer_gate @registration", false},
	"handle":         {"handle /api/* {\ncustomer_gate\n}", false},
	"matched-route":  {"route /api/* {\nroute {\ncustomer_gate\n}\n}", false},
	"invoked-route":  {"invoke /api/* other", false},
	"publisher-only": {"customer_gate_keys {\nkeys auto\n}", false},
}

// TestGateWithoutMatcher: the log has a warning for each gate that stands before
// a whole site, and for no other, whether the configuration is a Caddyfile or
// JSON.
func TestGateWithoutMatcher(t *testing.T) {
	t.Parallel()
	routes := "}\n&(gate) {\ncustomer_gate\n}\n&(other) {\ncustomer_gate\n" // {} of the global options around it
	var sites strings.Builder
	for name, site := range sitesOfGates {
		sites.WriteString("http://" + name + ".test:{$PORT} {\nbind 127.0.0.1\n" + site.directives + "\n}\n")
	}
	g := prepareGateway(t, setup{global: routes, site: "respond 200\n", more: sites.String()})
	g.start(t)
	checkWarnings(t, g)

	adapt := exec.Command(binary, "adapt", "--config", g.config)
	adapt.Env = g.env
	config, err := adapt.Output()
	if err != nil {
		t.Fatal(err)
	}
	g.stop(t)
	g.config += ".json"
	writeFile(t, g.config, config)
	g.launch(t)
	checkWarnings(t, g)
}

func checkWarnings(t *testing.T, g *gateway) {
	t.Helper()
	log := g.log.String()
	for name, site := range sitesOfGates {
		warned := 0
		for line := range strings.Lines(log) {
			if strings.Contains(line, "a customer_gate without a matcher") && strings.Contains(line, `"hosts":["`+name+`.test"]`) {
				warned++
			}
		}
		if (warned == 1) != site.unmatched || warned > 1 {
			t.Errorf("%s: %d warnings of it, in\n%s", name, warned, log)
		}
	}
}
