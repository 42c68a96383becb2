package e2e

import (
	"crypto"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// dashboard is as much of deploy/grafana/customergate.json as is looked at here.
type dashboard struct {
	Panels []*dashboardPanel `json:"panels"`
}

type dashboardPanel struct {
	ID          int               `json:"id"`
	Type        string            `json:"type"`
	Title       string            `json:"title"`
	GridPos     json.RawMessage   `json:"gridPos"`
	FieldConfig json.RawMessage   `json:"fieldConfig"`
	Targets     []dashboardTarget `json:"targets"`
}

type dashboardTarget struct {
	RefID        string `json:"refId"`
	Expr         string `json:"expr"`
	LegendFormat string `json:"legendFormat"`
	Result       []any  `json:"result"` // what Prometheus answers
}

func readDashboard(t *testing.T) dashboard {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(checkout, "deploy", "grafana", "customergate.json"))
	if err != nil {
		t.Fatal(err)
	}
	var d dashboard
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// asked is a query with every gateway and endpoint chosen.
func (target dashboardTarget) asked(interval string) string {
	return strings.NewReplacer("$instance", ".*", "$endpoint", ".*", "$__rate_interval", interval).Replace(target.Expr)
}

// quiet are panels that have nothing to show while nothing is wrong.
var quiet = []string{"Stores of claims down", "Key loads that fail", "Self checks that fail", "Turned away by the queue"}

// TestDashboard: every query of the dashboard is answered by a real Prometheus that
// scrapes a real gateway which serves.
func TestDashboard(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address, site: strings.Replace(everyGate, "customer_gate_contract", `
	@watched path *watched*
	customer_gate @watched {
		mode monitor
		keys file {$DIR}/private.pem
		`+patient+`
	}`, 1)})
	stranger := newKey()
	work := func(i int) {
		customer := newCustomer().with("email", "c"+strconv.Itoa(i)+"@kanarienpost.example")
		post(t, gate.url(endpoint), customer.encrypted(t, keyOfTests(), crypto.SHA256).json()).check(t, 201)
		post(t, gate.url(endpoint), newCustomer().with("dob", "x").json()).check(t, 422)
		post(t, gate.url("/watched"), newCustomer().with("phone", "1").json()).check(t, 201)
		if i%3 == 0 {
			post(t, gate.url(endpoint), newCustomer().encrypted(t, stranger, crypto.SHA1).json()).check(t, 422)
		}
	}
	work(0)
	server := startPrometheus(t, gate)
	for i := range 4 {
		work(1 + i)
		seen := len(server.query(t, "count_over_time(up[1m]) >= "+strconv.Itoa(4+i)))
		waitUntil(t, "the gateway has been scraped again", func() bool {
			return seen > 0 || len(server.query(t, "count_over_time(up[1m]) >= "+strconv.Itoa(4+i))) > 0
		})
	}
	d := readDashboard(t)
	ids := map[int]bool{}
	for _, p := range d.Panels {
		if ids[p.ID] {
			t.Errorf("%s: the ID %d is another panel's, too", p.Title, p.ID)
		}
		ids[p.ID] = true
		for _, target := range p.Targets {
			if len(server.query(t, target.asked("30s"))) == 0 && !slices.Contains(quiet, p.Title) {
				t.Errorf("%s: there is nothing for %s", p.Title, target.Expr)
			}
		}
	}
	if *pictures {
		drawDashboard(t, server, d, work)
	}
}

// drawDashboard takes its picture, of some minutes of work.
func drawDashboard(t *testing.T, server prometheus, d dashboard, work func(int)) {
	t.Helper()
	start := time.Now()
	for i := 100; time.Since(start) < 3*time.Minute; i++ {
		work(i)
		time.Sleep(time.Duration(20+i%40) * 5 * time.Millisecond) // as customers come
	}
	for _, p := range d.Panels {
		for i, target := range p.Targets {
			p.Targets[i].Result = server.ask(t, "query_range", url.Values{
				"query": {target.asked("15s")}, "step": {"2"},
				"start": {strconv.FormatInt(start.Unix()+15, 10)}, "end": {strconv.FormatInt(time.Now().Unix(), 10)},
			})
		}
	}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join("testdata", "dashboard.html"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "dashboard.html")
	writeFile(t, file, []byte(strings.Replace(string(page), "DASHBOARD", string(text), 1)))
	takePicture(t, "file://"+file, filepath.Join(checkout, "docs", "pictures", "dashboard.png"), "1400,2100")
}

// TestEveryMetricIsLookedAt: on the dashboard, or by an alert.
func TestEveryMetricIsLookedAt(t *testing.T) {
	document, err := os.ReadFile(filepath.Join(checkout, "docs", "metrics.md"))
	if err != nil {
		t.Fatal(err)
	}
	alerts, err := os.ReadFile(filepath.Join(checkout, "deploy", "prometheus", "alerts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	looked := string(alerts)
	for _, p := range readDashboard(t).Panels {
		for _, target := range p.Targets {
			looked += target.Expr + "\n"
		}
	}
	metrics := regexp.MustCompile("(?m)^\\| `(caddy_customer_gate_\\w+)` \\|").FindAllStringSubmatch(string(document), -1)
	if len(metrics) < 20 {
		t.Fatalf("docs/metrics.md has %d metrics", len(metrics))
	}
	for _, metric := range metrics {
		if !regexp.MustCompile(metric[1] + `(_bucket)?\{`).MatchString(looked) {
			t.Errorf("nobody looks at %s", metric[1])
		}
	}
}
