package e2e

import (
	"encoding/json"
	"io"
	"maps"
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
	pages := newFormServer(t,
		submitted("weak", map[string]string{"email": "excel", "password": weakPassword, "confirmPassword": weakPassword}),
		submitted("long", map[string]string{"password": strings.Repeat("€", 64), "confirmPassword": strings.Repeat("€", 64)}),
		submitted("good", nil))
	origin := pages.origin()
	up := startUpstreamWith(t, func(c net.Conn, r received) bool { return answerBrowser(c, r, origin) })
	gate := startPublishing(t, setup{upstream: up.address, site: "header /api/* >Access-Control-Allow-Origin " + origin + "\n"})
	front := frontOfRotation(t, gate)
	before := gate.opened(t)
	got := pages.shown(t, webCrypto, front.URL)
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

// A submission fills in a form of examples/clients.
type submission struct {
	name   string // of what it then shows
	values map[string]string
}

// MarshalJSON writes it as testdata/form.html reads it.
func (s submission) MarshalJSON() ([]byte, error) { return json.Marshal([]any{s.name, s.values}) }

// submitted is what a person types, with changes.
func submitted(name string, changes map[string]string) submission {
	values := map[string]string{
		"firstName": "Excel", "lastName": "Nwachukwu", "email": "excel@KanarienPost.example", "phone": "+447123456789",
		"dob": "1989-12-16", "password": password + "€", "confirmPassword": password + "€",
	}
	maps.Copy(values, changes)
	return submission{name, values}
}

// A formServer serves a form to a browser that submits it.
type formServer struct {
	*httptest.Server
	page        string // set before it starts
	submissions []submission
	results     chan map[string]map[string]string
}

func newFormServer(t *testing.T, submissions ...submission) *formServer {
	t.Helper()
	s := &formServer{submissions: submissions, results: make(chan map[string]map[string]string, 1)}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			http.ServeFile(w, r, filepath.Join("testdata", "form.html"))
		case "/form.html":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, s.page)
		case "/submissions":
			if err := json.NewEncoder(w).Encode(s.submissions); err != nil {
				t.Error(err)
			}
		case "/results":
			var got map[string]map[string]string
			if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
				t.Errorf("what the page tells: %v", err)
			}
			s.results <- got
		default:
			http.NotFound(w, r)
		}
	}))
	return s
}

func (s *formServer) origin() string { return "http://" + s.Listener.Addr().String() }

// shown is what the form of a program before a gateway shows after each submission, by
// its name, at each place.
func (s *formServer) shown(t *testing.T, program habit, gateway string) map[string]map[string]string {
	t.Helper()
	s.page = strings.Replace(program.source(t), "https://acme.example.com", gateway, 1)
	s.Start()
	t.Cleanup(s.Close)
	runChromium(t, s.origin())
	select {
	case got := <-s.results:
		return got
	case <-time.After(patience):
		t.Fatal("the page told nothing")
		return nil
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
