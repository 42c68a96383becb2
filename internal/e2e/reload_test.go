package e2e

import (
	"crypto"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/customergate/customergate/internal/cryptomb"
)

// TestMetrics: what happened is counted, by names that no client can add to.
func TestMetrics(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address})
	send := func(status int, body string) { post(t, gate.url(endpoint), body).check(t, status) }
	send(201, newCustomer().json())
	send(201, newCustomer().encrypted(t, keyOfTests(), crypto.SHA256).json())
	send(201, newCustomer().encrypted(t, keyOfTests(), crypto.SHA1).with("devicePlatform", "ANDROID").json())
	send(422, newCustomer().with("email", "no").with(unknownName, 1).with("address", map[string]any{unknownName: 1}).json())
	send(422, newCustomer().sealed(password, password).json())
	send(400, "{")

	want := map[string]int{
		`caddy_customer_gate_requests_total{endpoint="register_customer",mode="enforce",outcome="accepted"}`:                                  3,
		`caddy_customer_gate_requests_total{endpoint="register_customer",mode="enforce",outcome="validation_error"}`:                          2,
		`caddy_customer_gate_requests_total{endpoint="register_customer",mode="enforce",outcome="malformed_json"}`:                            1,
		`caddy_customer_gate_violations_total{code="email_format",endpoint="register_customer",mode="enforce",pointer="/email"}`:              1,
		`caddy_customer_gate_violations_total{code="unknown_field",endpoint="register_customer",mode="enforce",pointer="/*"}`:                 1,
		`caddy_customer_gate_violations_total{code="unknown_field",endpoint="register_customer",mode="enforce",pointer="/address/*"}`:         1,
		`caddy_customer_gate_violations_total{code="password_undecryptable",endpoint="register_customer",mode="enforce",pointer="/password"}`: 1,
		`caddy_customer_gate_decrypt_duration_seconds_count{mgf1="sha256",result="ok"}`:                                                       1,
		`caddy_customer_gate_decrypt_duration_seconds_count{mgf1="none",result="malformed"}`:                                                  1,
		`caddy_customer_gate_decrypt_duration_seconds_count{mgf1="sha1",result="ok"}`:                                                         1,
	}
	checkMetrics(t, gate.metrics(t), want)

	// A reload keeps what was counted, and goes on from there.
	gate.reload(t)
	checkMetrics(t, gate.metrics(t), want)
	send(201, newCustomer().json())
	want[`caddy_customer_gate_requests_total{endpoint="register_customer",mode="enforce",outcome="accepted"}`]++
	checkMetrics(t, gate.metrics(t), want)
	up.take()
}

func checkMetrics(t *testing.T, metrics string, want map[string]int) {
	t.Helper()
	for name, value := range want {
		if got := metric(metrics, name); got != value {
			t.Errorf("%s is %d, want %d", name, got, value)
		}
	}
	if t.Failed() {
		t.Logf("the metrics:\n%s", strings.Join(regexp.MustCompile(`(?m)^caddy_customer_gate_.*$`).FindAllString(metrics, -1), "\n"))
	}
}

// metric is the value of one series, -1 when there is none.
func metric(metrics, name string) int {
	for line := range strings.Lines(metrics) {
		if text, found := strings.CutPrefix(line, name+" "); found {
			if value, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
				return value
			}
		}
	}
	return -1
}

// reload has the gateway take up its Caddyfile anew, as `caddy reload --force`
// does.
func (g *gateway) reload(t testing.TB) {
	t.Helper()
	config, err := os.ReadFile(g.config)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, "http://"+g.admin+"/load", strings.NewReader(string(config)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "text/caddyfile")
	request.Header.Set("Cache-Control", "must-revalidate")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAnswer(response)
	if err != nil {
		t.Fatal(err)
	}
	got.check(t, http.StatusOK)
}

// TestReloadUnderLoad: a registration that the gateway has begun to serve is
// answered by the configuration that began it, whatever changes meanwhile, the
// engine of private operations too. A connection whose request has not been read yet may be closed by Go's HTTP
// server as it shuts down, with a gate or without; such clients try again.
func TestReloadUnderLoad(t *testing.T) {
	t.Parallel()
	const reloads, callers = 20, 4
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address, site: `
	customer_gate {
		keys file {$DIR}/private.pem
		engine auto
		reuse_limit off
		` + patient + `
	}
	reverse_proxy {$UPSTREAM}
	`, env: cryptomb.Environment()})
	bodies := []string{newCustomer().json(), newCustomer().encrypted(t, keyOfTests(), crypto.SHA1).json()}

	var answered, again atomic.Int64
	var calling sync.WaitGroup
	stop := make(chan struct{})
	for caller := range callers {
		calling.Go(func() {
			for !closed(stop) {
				got, err := tryPost(gate.url(endpoint), bodies[caller%len(bodies)])
				switch {
				case err != nil:
					again.Add(1)
				case got.status != http.StatusCreated:
					t.Errorf("a registration failed: %d %s", got.status, got.body)
					return
				default:
					answered.Add(1)
				}
			}
		})
	}
	for i := range reloads {
		before := answered.Load()
		gate.setEngine(t, engines()[i%len(engines())])
		gate.reload(t)
		waitUntil(t, "registrations went through the new configuration", func() bool {
			return t.Failed() || answered.Load() >= before+callers
		})
	}
	close(stop)
	calling.Wait()

	accepted := metric(gate.metrics(t), `caddy_customer_gate_requests_total{endpoint="register_customer",mode="enforce",outcome="accepted"}`)
	if got := len(up.take()); got != int(answered.Load()) || got != accepted {
		t.Errorf("%d registrations were answered, %d reached the upstream, %d were counted", answered.Load(), got, accepted)
	}
	t.Logf("%d registrations during %d reloads, %d connections closed unread", answered.Load(), reloads, again.Load())
}

// setEngine changes the Caddyfile, for the next reload.
func (g *gateway) setEngine(t *testing.T, name string) {
	t.Helper()
	config, err := os.ReadFile(g.config)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, g.config, regexp.MustCompile(`engine \w+`).ReplaceAll(config, []byte("engine "+name)))
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
