package caddymodule

import (
	"crypto/rsa"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keysource"
)

// testKeyAt is the key of a tenant of the tests that comes into use and retires
// so long from now; 0 leaves the time open.
func testKeyAt(t testing.TB, tenant string, notBefore, notAfter time.Duration) keys.Key {
	t.Helper()
	key, err := keys.NewKey(tenantKeys()[tenant])
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if notBefore != 0 {
		key.NotBefore = now.Add(notBefore)
	}
	if notAfter != 0 {
		key.NotAfter = now.Add(notAfter)
	}
	return key
}

// publisherRig is a publisher behind a real HTTP server, and what it leaves behind.
type publisherRig struct {
	*httptest.Server
	logs *observer.ObservedLogs
	repl *caddy.Replacer // of the last request
}

// newPublisherRig serves the keys that a provider has for the default tenant.
func newPublisherRig(t testing.TB, p keys.Provider) *publisherRig {
	t.Helper()
	metrics, err := newMetrics(prometheus.NewRegistry(), publicKeys, modeEnforce)
	if err != nil {
		t.Fatal(err)
	}
	core, logs := observer.New(zapcore.DebugLevel)
	publisher := &Publisher{
		source:  &keysource.Source{Provider: p},
		refuser: refuser{metrics: metrics},
	}
	publisher.logTo(zap.New(core))
	rig := &publisherRig{logs: logs}
	next := caddyhttp.HandlerFunc(func(http.ResponseWriter, *http.Request) error {
		t.Error("the next handler was called")
		return nil
	})
	rig.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rig.repl = caddy.NewReplacer()
		if err := publisher.ServeHTTP(w, caddyhttp.PrepareRequest(r, rig.repl, w, new(caddyhttp.Server)), next); err != nil {
			t.Errorf("the error %v would be answered by error routes", err)
		}
	}))
	t.Cleanup(rig.Close)
	return rig
}

// ring serves keys that stay as they are.
func ring(all ...keys.Key) provider {
	return func() ([]keys.Key, error) { return all, nil }
}

// reply is an answer without its body.
type reply struct {
	StatusCode int
	Header     http.Header
}

// ask sends a request with header fields, given as names and values in turn.
func (s *publisherRig) ask(t testing.TB, method, path string, fields ...string) (reply, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(fields); i += 2 {
		r.Header.Add(fields[i], fields[i+1])
	}
	answer, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{answer.StatusCode, answer.Header}, string(body)
}

// checkHolds wants one of the forms, with a key that can be read back.
func checkHolds(t *testing.T, body string, key *rsa.PrivateKey) {
	t.Helper()
	if public, err := keys.ParsePublic([]byte(body)); err != nil || !public.Equal(&key.PublicKey) {
		t.Errorf("another key, or none (%v), is in %s", err, body)
	}
}

// checkErrorLogged wants one line for the operator that says why; none if it is
// empty.
func (s *publisherRig) checkErrorLogged(t *testing.T, why string) {
	t.Helper()
	lines := s.logs.FilterLevelExact(zap.ErrorLevel).All()
	switch {
	case why == "" && len(lines) > 0:
		t.Errorf("it logged %v", lines)
	case why != "" && (len(lines) != 1 || !strings.Contains(fmt.Sprint(lines[0].ContextMap()["error"]), why)):
		t.Errorf("it logged %v, want a line with %q", lines, why)
	}
}
