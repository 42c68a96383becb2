package caddymodule

import (
	"net/http"
	"testing"
	"time"

	"github.com/customergate/customergate/caddymodule/keys"
)

// TestPublisherConditionalRequest: asking again costs nothing while the keys
// are the same, and brings the new ones when they are not.
func TestPublisherConditionalRequest(t *testing.T) {
	current := testKeyAt(t, "acme", 0, time.Hour)
	server := newPublisherRig(t, provider(func() ([]keys.Key, error) { return []keys.Key{current}, nil }))
	first, _ := server.ask(t, http.MethodGet, "/keys")
	tag := first.Header.Get("Etag")
	for name, test := range map[string]struct {
		method, path, field string
		want                int
	}{
		"same":            {http.MethodGet, "/keys", tag, http.StatusNotModified},
		"same, HEAD":      {http.MethodHead, "/keys", tag, http.StatusNotModified},
		"weakened":        {http.MethodGet, "/keys", "W/" + tag, http.StatusNotModified},
		"one of several":  {http.MethodGet, "/keys", `"x", ` + tag, http.StatusNotModified},
		"whatever it is":  {http.MethodGet, "/keys", "*", http.StatusNotModified},
		"another":         {http.MethodGet, "/keys", `"x"`, http.StatusOK},
		"of another form": {http.MethodGet, "/keys.pem", tag, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			answer, body := server.ask(t, test.method, test.path, "If-None-Match", test.field)
			if answer.StatusCode != test.want {
				t.Fatalf("answered %d", answer.StatusCode)
			}
			if answer.StatusCode == http.StatusNotModified {
				for _, name := range []string{"Etag", "Cache-Control", "Vary", "Access-Control-Allow-Origin"} { // RFC 9110, section 15.4.5
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
	current = testKeyAt(t, "globex", 0, time.Hour)
	answer, body := server.ask(t, http.MethodGet, "/keys", "If-None-Match", tag)
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Etag") == tag {
		t.Errorf("after a change answered %d", answer.StatusCode)
	}
	checkHolds(t, body, tenantKeys()["globex"])
}

// TestPublisherCacheControl: whoever uses a key for as long as he may keep it
// has passwords that still decrypt when they arrive.
func TestPublisherCacheControl(t *testing.T) {
	const moment = time.Nanosecond // the test's own time takes what is over a second away
	tests := map[string]struct {
		notAfter time.Duration
		overlap  time.Duration // below 0: the provider promises none
		want     string
	}{
		"no promise":                    {0, -1, "no-cache"},
		"promise of nothing":            {0, 0, "no-cache"},
		"promise of hardly anything":    {0, 2*time.Second - moment, "no-cache"},
		"promise of seconds":            {0, 2 * time.Second, "public, max-age=1"},
		"promise of an hour":            {0, time.Hour, "public, max-age=1800"},
		"promise of two hours":          {0, 2 * time.Hour, "public, max-age=3600"},
		"promise of a week":             {0, 7 * 24 * time.Hour, "public, max-age=3600"},
		"planned":                       {time.Hour + time.Second, -1, "public, max-age=1800"},
		"planned, sooner than promised": {time.Minute + time.Second, 24 * time.Hour, "public, max-age=30"},
		"planned, later than promised":  {24 * time.Hour, 0, "public, max-age=3600"},
		"planned, in a moment":          {time.Second, 24 * time.Hour, "no-cache"},
		"planned, but not carried out":  {-time.Hour, 24 * time.Hour, "no-cache"},
		"planned for centuries ahead":   {250 * 365 * 24 * time.Hour, 0, "public, max-age=3600"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			key := testKeyAt(t, "acme", -time.Hour, 0)
			planned := provider(func() ([]keys.Key, error) {
				if test.notAfter != 0 { // from each request on, however long those before it took
					key.NotAfter = time.Now().Add(test.notAfter)
				}
				return []keys.Key{key}, nil
			})
			var p keys.Provider = planned
			if test.overlap >= 0 {
				p = plannedProvider{planned, test.overlap}
			}
			for _, path := range []string{"/keys", "/keys.json", "/keys.pem", "/keys.txt"} {
				answer, _ := newPublisherRig(t, p).ask(t, http.MethodGet, path)
				if got := answer.Header.Get("Cache-Control"); got != test.want {
					t.Errorf("%s: %q, want %q", path, got, test.want)
				}
			}
		})
	}
}
