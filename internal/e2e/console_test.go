package e2e

import (
	"encoding/json"
	"flag"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var pictures = flag.Bool("pictures", false, "take the pictures of the documents anew")

// consoleSeen is what testdata/contract/console.mjs tells.
type consoleSeen struct {
	Hosts, Errors, Early, Doctor, Axe []string
	Typed                             []string
	Paint                             int
	Refused, Accepted, Taken, Arabic  consoleOutcome
	Endpoints                         map[string]string
	Mistaken, Focused                 []string
	Code, Stopped                     string
	Widths                            map[string]int
}

type consoleOutcome struct {
	Outcome, Sent, Key string
	Violations         []string
}

// TestConsole uses the console of a real gateway in Chromium.
func TestConsole(t *testing.T) {
	t.Parallel()
	tools := newContractTools(t)
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address, site: "customer_gate_console /console*\n" + everyGate})
	var seen consoleSeen
	var further []string
	if *pictures {
		further = append(further, filepath.Join(checkout, "docs", "pictures"))
	}
	tools.visit(t, &seen, "console.mjs", gate, further...)
	checkVisit(t, gate, seen)
	checkOutcomes(t, seen)

	registered, limited, edited := 0, 0, 0
	for _, request := range up.take() {
		if strings.Contains(string(request.body), `"limit":100.0`) {
			limited++
		}
		if string(request.body) == `{"firstName":"Ada"}` {
			edited++
		}
		if strings.Contains(string(request.body), `"firstName":"Zoé"`) && strings.Contains(string(request.body), `"password":"tUrtle-vex9!Quartz"`) {
			registered++
		}
	}
	if edited != 1 {
		t.Errorf("%d edits of a profile have a field", edited)
	}
	if limited != 1 {
		t.Errorf("%d requests have a number as it was typed", limited)
	}
	if registered != 1 {
		t.Errorf("%d registrations with MGF1 by SHA-1 have reached the upstream decrypted", registered)
	}
}

// visit has a script use the console of a gateway in Chromium, and reads what it has seen.
func (c contractTools) visit(t *testing.T, seen any, script string, gate *gateway, further ...string) {
	t.Helper()
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is missing; make deps installs it")
	}
	arguments := append([]string{script, browser, "http://" + gate.address + "/console"}, further...)
	if err := json.Unmarshal([]byte(c.node(t, arguments...)), seen); err != nil {
		t.Fatal(err)
	}
}

// checkVisit looks at what the page loads, and how it is for everyone.
func checkVisit(t *testing.T, gate *gateway, seen consoleSeen) {
	t.Helper()
	if !slices.Equal(seen.Hosts, []string{"http://" + gate.address}) {
		t.Errorf("the page has asked %q", seen.Hosts)
	}
	if len(seen.Errors) > 0 || len(seen.Axe) > 0 {
		t.Errorf("errors: %q\naccessibility: %s", seen.Errors, strings.Join(seen.Axe, "\n"))
	}
	if seen.Paint > 60_000 || seen.Paint < 20_000 || slices.Contains(seen.Early, "/console/validation.wasm") {
		t.Errorf("the first paint takes %d bytes: %q", seen.Paint, seen.Early)
	}
	if len(seen.Widths) != 2 || seen.Widths["360"] != 360 {
		t.Errorf("the page is %v wide on screens so wide", seen.Widths)
	}
	if !strings.Contains(seen.Code, "http://"+gate.address) || strings.Contains(seen.Code, "acme.example.com") {
		t.Errorf("the code is not for this gateway:\n%s", seen.Code)
	}
}

// checkOutcomes looks at what the page says.
func checkOutcomes(t *testing.T, seen consoleSeen) {
	t.Helper()
	refused := strings.Join(seen.Refused.Violations, "\n")
	if len(seen.Refused.Violations) != 2 || !strings.Contains(refused, "email fr: L’adresse") || !strings.Contains(refused, "password fr: ") ||
		!strings.HasPrefix(seen.Refused.Outcome, "422: ") || strings.Contains(seen.Refused.Sent, "Summer2025!") || !strings.Contains(seen.Refused.Key, "SHA-256") {
		t.Errorf("one click shows %+v", seen.Refused)
	}
	if len(seen.Typed) != 2 || !strings.HasPrefix(seen.Typed[0], "firstName fr: ") {
		t.Errorf("typing shows %q", seen.Typed)
	}
	if !strings.HasPrefix(seen.Accepted.Outcome, "201: ") || !strings.Contains(seen.Accepted.Key, "MGF1 with SHA-1") {
		t.Errorf("with MGF1 by SHA-1: %+v", seen.Accepted)
	}
	if len(seen.Taken.Violations) != 1 || !strings.HasPrefix(seen.Taken.Violations[0], "email fr: ") {
		t.Errorf("with an address that is taken: %+v", seen.Taken)
	}
	if len(seen.Arabic.Violations) == 0 || !strings.Contains(seen.Arabic.Violations[0], " ar: ") {
		t.Errorf("in Arabic: %+v", seen.Arabic)
	}
	for name, outcome := range seen.Endpoints {
		if !strings.HasPrefix(outcome, "201: ") && !strings.HasPrefix(outcome, "200: ") {
			t.Errorf("%s: %s", name, outcome)
		}
	}
	for _, outcome := range seen.Mistaken {
		if !strings.Contains(outcome, ": 422: ") {
			t.Errorf("with mistakes, %s", outcome)
		}
	}
	if !strings.HasPrefix(seen.Stopped, "Not sent. You stopped waiting") {
		t.Errorf("without a key, after a while: %s", seen.Stopped)
	}
	if !slices.Equal(seen.Focused, []string{"email", "Send"}) {
		t.Errorf("after a refusal and an acceptance, the focus is on %q", seen.Focused)
	}
	if len(seen.Endpoints) != 5 || len(seen.Doctor) != 2 || !strings.HasPrefix(seen.Doctor[1], "confirmPassword ✗ the password itself: ") {
		t.Errorf("endpoints %v, doctor %q", seen.Endpoints, seen.Doctor)
	}
}

// TestConsoleIsForTheFew: whoever is not to see the console gets what is behind it, and
// the page may ask nobody else.
func TestConsoleIsForTheFew(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address, site: `
		customer_gate_console /console*
		customer_gate_console /elsewhere/* {
			clients 10.0.0.0/8
		}
		handle_path /tools/* {
			customer_gate_console
		}
		@registration customer_gate_path register-customer
		customer_gate @registration {
			keys file {$DIR}/private.pem
			` + patient + `
		}
		reverse_proxy {$UPSTREAM}
`})
	page, body := gate.fetch(t, http.MethodGet, "/console/")
	policy := page.Header.Get("Content-Security-Policy")
	if page.StatusCode != http.StatusOK || !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe-inline") ||
		page.Header.Get("X-Robots-Tag") != "noindex" || strings.Contains(string(body), "<script>") {
		t.Errorf("answered %d with %v", page.StatusCode, page.Header)
	}
	if answer, _ := gate.fetch(t, http.MethodGet, "/tools/console"); answer.StatusCode != http.StatusOK || answer.Request.URL.Path != "/tools/console/" {
		t.Errorf("in a part of the site, it is answered %d at %s", answer.StatusCode, answer.Request.URL)
	}
	if answer, _ := gate.fetch(t, http.MethodPost, "/console/"); answer.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("a POST is answered %d", answer.StatusCode)
	}
	if answer, _ := gate.fetch(t, http.MethodGet, "/console/validation.wasm"); answer.StatusCode != http.StatusNotAcceptable {
		t.Errorf("without br, the rules are answered %d", answer.StatusCode)
	}
	up.take()
	for name, request := range map[string]struct {
		path, name, value string
	}{
		"behind a proxy that nobody trusts": {"/console/", "X-Forwarded-For", "10.0.0.9"},
		"from another network":              {"/elsewhere/", "Accept", "*/*"},
		"another file":                      {"/console/secret.txt", "Accept", "*/*"},
	} {
		gate.fetch(t, http.MethodGet, request.path, request.name, request.value)
		if got := len(up.take()); got != 1 {
			t.Errorf("%s: %d requests have reached the upstream", name, got)
		}
	}
}
