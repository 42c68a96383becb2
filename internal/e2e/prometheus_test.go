package e2e

import (
	"crypto"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPrometheus: a real Prometheus scrapes a real gateway that serves, and the query of
// every alert has figures to answer from.
func TestPrometheus(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address, site: boltStore.gate("")})
	post(t, gate.url(endpoint), newCustomer().encrypted(t, keyOfTests(), crypto.SHA256).json()).check(t, 201)
	post(t, gate.url(endpoint), newCustomer().with("dob", "x").json()).check(t, 422)

	prometheus := startPrometheus(t, gate)
	query := func(expression string) int { return len(prometheus.query(t, expression)) }
	rules, err := os.ReadFile(filepath.Join(checkout, "deploy", "prometheus", "alerts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	// Of a query, the series that it is about: what it compares them with is for tests of
	// rules.
	series := regexp.MustCompile(`caddy_customer_gate_\w+(\{[^}]*\})?`)
	optional := regexp.MustCompile(`error|fault|failed\|malformed|fenced`) // of which there may be none yet
	for _, rule := range regexp.MustCompile(`(?m)^ +expr: '(.*)'$`).FindAllStringSubmatch(string(rules), -1) {
		query(rule[1])
		for _, one := range series.FindAllString(rule[1], -1) {
			if query(one) == 0 && !optional.MatchString(one) {
				t.Errorf("there is nothing for %s in %s", one, rule[1])
			}
		}
	}
	if query("histogram_count(caddy_customer_gate_decrypt_duration_seconds)") == 0 {
		t.Error("there are no native histograms")
	}
}

// prometheus is a server that scrapes a gateway each second.
type prometheus struct{ address string }

func startPrometheus(t *testing.T, gate *gateway) prometheus {
	t.Helper()
	folder, port := t.TempDir(), freePort(t)
	config := filepath.Join(folder, "prometheus.yml")
	writeFile(t, config, []byte("global:\n  scrape_interval: 1s\nrule_files: ["+filepath.Join(checkout, "deploy", "prometheus", "alerts.yaml")+"]\n"+
		"scrape_configs:\n  - job_name: customergate\n    static_configs: [{targets: ["+gate.admin+"]}]\n"))
	log := watchFor("Server is ready to receive web requests")
	server := exec.Command("prometheus", "--config.file="+config, "--storage.tsdb.path="+filepath.Join(folder, "data"),
		"--web.listen-address=127.0.0.1:"+port, "--enable-feature=native-histograms")
	server.Stdout, server.Stderr = log, log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
		if strings.Contains(log.String(), "level=error") {
			t.Errorf("Prometheus says\n%s", log)
		}
	})
	waitUntil(t, "Prometheus is ready", func() bool { return closed(log.seen) })
	p := prometheus{"http://127.0.0.1:" + port}
	waitUntil(t, "the gateway has been scraped twice", func() bool { return len(p.query(t, "count_over_time(up[1m]) >= 2")) > 0 })
	return p
}

// query is what an expression gives.
func (p prometheus) query(t *testing.T, expression string) []any {
	t.Helper()
	return p.ask(t, "query", url.Values{"query": {expression}})
}

func (p prometheus) ask(t *testing.T, what string, parameters url.Values) []any {
	t.Helper()
	response, err := http.Get(p.address + "/api/v1/" + what + "?" + parameters.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		Status, Error string
		Data          struct{ Result []any }
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.Status != "success" {
		t.Fatalf("%v: %v, %s", parameters, err, answer.Error)
	}
	return answer.Data.Result
}
