package publication

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/keys"
)

// TestConditionalRequest: asking again costs nothing while the keys
// are the same, and brings the new ones when they are not.
func TestConditionalRequest(t *testing.T) {
	current := testKey(t, 0)
	current.NotAfter = now.Add(time.Hour)
	ring := []keys.Key{current}
	first, _ := ask(t, nil, ring, "/keys")
	tag := first.Header.Get("Etag")
	for name, test := range map[string]struct {
		path, field string
		want        int
	}{
		"same":            {"/keys", tag, http.StatusNotModified},
		"weakened":        {"/keys", "W/" + tag, http.StatusNotModified},
		"one of several":  {"/keys", `"x", ` + tag, http.StatusNotModified},
		"whatever it is":  {"/keys", "*", http.StatusNotModified},
		"another":         {"/keys", `"x"`, http.StatusOK},
		"of another form": {"/keys.pem", tag, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			answer, body := ask(t, nil, ring, test.path, "If-None-Match", test.field)
			if answer.StatusCode != test.want {
				t.Fatalf("answered %d", answer.StatusCode)
			}
			if answer.StatusCode == http.StatusNotModified {
				for _, name := range []string{"Etag", "Cache-Control", "Vary"} { // RFC 9110, section 15.4.5
					if answer.Header.Get(name) != first.Header.Get(name) {
						t.Errorf("%s is %q", name, answer.Header.Get(name))
					}
				}
				if body != "" || answer.Header.Get("Content-Type") != "" {
					t.Errorf("it has the body %q", body)
				}
			}
		})
	}
	current = testKey(t, 1)
	answer, body := ask(t, nil, []keys.Key{current}, "/keys", "If-None-Match", tag)
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Etag") == tag {
		t.Errorf("after a change answered %d", answer.StatusCode)
	}
	checkHolds(t, body, current)
}

// TestCacheControl: whoever uses a key for as long as he may keep it
// has passwords that still decrypt when they arrive.
func TestCacheControl(t *testing.T) {
	tests := map[string]struct {
		notAfter time.Duration
		overlap  time.Duration // below 0: the provider promises none
		want     string
	}{
		"no promise":                    {0, -1, "no-cache"},
		"promise of nothing":            {0, 0, "no-cache"},
		"promise of hardly anything":    {0, 2*time.Second - time.Nanosecond, "no-cache"},
		"promise of seconds":            {0, 2 * time.Second, "public, max-age=1"},
		"promise of an hour":            {0, time.Hour, "public, max-age=1800"},
		"promise of two hours":          {0, 2 * time.Hour, "public, max-age=3600"},
		"promise of a week":             {0, 7 * 24 * time.Hour, "public, max-age=3600"},
		"planned":                       {time.Hour, -1, "public, max-age=1800"},
		"planned, sooner than promised": {time.Minute, 24 * time.Hour, "public, max-age=30"},
		"planned, later than promised":  {24 * time.Hour, 0, "public, max-age=3600"},
		"planned, in a moment":          {time.Second, 24 * time.Hour, "no-cache"},
		"planned, but not carried out":  {-time.Hour, 24 * time.Hour, "no-cache"},
		"planned for centuries ahead":   {250 * 365 * 24 * time.Hour, 0, "public, max-age=3600"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			key := testKey(t, 0)
			if test.notAfter != 0 {
				key.NotAfter = now.Add(test.notAfter)
			}
			var provider keys.Provider
			if test.overlap >= 0 {
				provider = planner{overlap: test.overlap}
			}
			for _, path := range []string{"/keys", "/keys.json", "/keys.pem", "/keys.txt"} {
				answer, _ := ask(t, provider, []keys.Key{key}, path)
				if got := answer.Header.Get("Cache-Control"); got != test.want {
					t.Errorf("%s: %q, want %q", path, got, test.want)
				}
			}
		})
	}
}

// planner is a provider that promises an overlap.
type planner struct {
	keys.Provider
	overlap time.Duration
}

func (p planner) Overlap() time.Duration { return p.overlap }

// now is when everybody asks.
var now = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

// ask asks for keys with header fields, given as names and values in turn.
func ask(t *testing.T, provider keys.Provider, ring []keys.Key, path string, fields ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(fields); i += 2 {
		r.Header.Add(fields[i], fields[i+1])
	}
	document, err := New(r, ring, provider, "", now)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	document.Serve(w, r)
	return w.Result(), w.Body.String()
}

// privateKeys are made when a test first asks for one.
var privateKeys = sync.OnceValue(func() (made [3]*rsa.PrivateKey) {
	for i := range made {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		made[i] = key
	}
	return made
})

func testKey(t *testing.T, number int) keys.Key {
	t.Helper()
	key, err := keys.NewKey(privateKeys()[number])
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// checkHolds wants one of the forms, with a key that can be read back.
func checkHolds(t *testing.T, body string, key keys.Key) {
	t.Helper()
	if public, err := keys.ParsePublic([]byte(body)); err != nil || !public.Equal(key.PublicKey()) {
		t.Errorf("another key, or none (%v), is in %s", err, body)
	}
}
