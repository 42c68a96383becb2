package e2e

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestClientInBrowser fills in the form of examples/clients/register.html in
// Chromium, on another origin than the gateway's, which changes its key in
// between: the page shows violations beside their fields, then registers.
func TestClientInBrowser(t *testing.T) {
	t.Parallel()
	results := make(chan map[string]map[string]string, 1)
	var page string // set before the server starts
	pages := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			http.ServeFile(w, r, filepath.Join("testdata", "form.html"))
		case "/register.html":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, page)
		case "/results":
			var got map[string]map[string]string
			if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
				t.Errorf("what the page tells: %v", err)
			}
			results <- got
		default:
			http.NotFound(w, r)
		}
	}))
	origin := "http://" + pages.Listener.Addr().String()
	up := startUpstreamWith(t, func(c net.Conn, r received) bool { return answerBrowser(c, r, origin) })
	gate := startPublishing(t, setup{upstream: up.address, site: "header /api/* >Access-Control-Allow-Origin " + origin + "\n"})
	front := frontOfRotation(t, gate)
	page = strings.Replace(webCrypto.source(t), "https://acme.example.com", front.URL, 1)
	pages.Start()
	t.Cleanup(pages.Close)
	before := gate.opened(t)

	runChromium(t, origin)
	var got map[string]map[string]string
	select {
	case got = <-results:
	case <-time.After(patience):
		t.Fatal("the page told nothing")
	}
	checkForm(t, got["weak"], map[string]string{
		"/email":           "This is not a complete email address such as name@example.com.",
		"/password":        "too easy to guess",
		"/confirmPassword": "",
		"status":           "",
	})
	checkForm(t, got["long"], map[string]string{"/email": "", "/password": "too long", "/confirmPassword": "too long", "status": ""})
	checkForm(t, got["good"], map[string]string{"/email": "", "/password": "", "/confirmPassword": "", "status": "registered"})
	webCrypto.checkMeasured(t, before, gate.opened(t))

	var registered int
	for _, request := range up.take() {
		if strings.HasPrefix(request.line, "POST ") {
			registered++
			want := `"email":"excel@kanarienpost.example","phone":"+447123456789","dob":"1989-12-16","password":"` + password + `€",`
			if !strings.Contains(string(request.body), want) {
				t.Errorf("the upstream got\n%s\nwant in it\n%s", request.body, want)
			}
		}
	}
	if registered != 1 {
		t.Errorf("the upstream got %d registrations, want 1", registered)
	}
}

// checkForm compares the places of the form with parts of what they should
// hold; empty ones have to be empty.
func checkForm(t *testing.T, got, want map[string]string) {
	t.Helper()
	for place, text := range want {
		shown, found := got[place]
		if !found || !strings.Contains(shown, text) || text == "" && shown != "" {
			t.Errorf("the form shows %q at %s, want %q", shown, place, text)
		}
	}
}
