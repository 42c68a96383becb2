package uniqueness

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
)

// TestUpstreamAnswerSeesEverything: however a handler writes.
func TestUpstreamAnswerSeesEverything(t *testing.T) {
	tests := map[string]func(w http.ResponseWriter){
		"at once":         func(w http.ResponseWriter) { _, _ = w.Write([]byte("hello")) },
		"status, then":    func(w http.ResponseWriter) { w.WriteHeader(200); _, _ = w.Write([]byte("hello")) },
		"in pieces":       func(w http.ResponseWriter) { _, _ = w.Write([]byte("he")); _, _ = w.Write([]byte("llo")) },
		"copied":          func(w http.ResponseWriter) { _, _ = io.Copy(w, struct{ io.Reader }{strings.NewReader("hello")}) },
		"as a string":     func(w http.ResponseWriter) { _, _ = io.WriteString(w, "hello") },
		"flushed before":  func(w http.ResponseWriter) { flush(t, w); _, _ = w.Write([]byte("hello")) },
		"flushed between": func(w http.ResponseWriter) { _, _ = w.Write([]byte("he")); flush(t, w); _, _ = w.Write([]byte("llo")) },
		"behind an interim answer": func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusOK)
			_, _ = w.Write([]byte("hello"))
		},
		"status twice": func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusOK)
			w.WriteHeader(http.StatusTeapot)
			_, _ = w.Write([]byte("hello"))
		},
	}
	for name, write := range tests {
		t.Run(name, func(t *testing.T) {
			client := httptest.NewRecorder()
			a := watching(readerFrom{client}, false)
			write(a)
			a.finish()
			if a.Status != 200 || string(a.Body) != "hello" || a.length != 5 || !a.whole() {
				t.Errorf("it saw %d %q, %d bytes, whole is %t", a.Status, string(a.Body), a.length, a.whole())
			}
			if client.Body.String() != "hello" {
				t.Errorf("the client got %q", client.Body)
			}
		})
	}
}

// readerFrom is a writer with a way past Write, as net/http's is.
type readerFrom struct{ http.ResponseWriter }

func (r readerFrom) ReadFrom(from io.Reader) (int64, error) { return io.Copy(r.ResponseWriter, from) }

func flush(t *testing.T, w http.ResponseWriter) {
	if err := http.NewResponseController(w).Flush(); err != nil {
		t.Errorf("flushing: %v", err)
	}
}

// goneWriter is the connection of a client that has gone.
type goneWriter struct {
	http.ResponseWriter
	writes int
}

func (g *goneWriter) Write([]byte) (int, error) {
	g.writes++
	return 0, errors.New("broken pipe")
}

// TestUpstreamAnswerOfAGoneClient: it is watched to its end, and no more of it is sent.
func TestUpstreamAnswerOfAGoneClient(t *testing.T) {
	client := &goneWriter{ResponseWriter: httptest.NewRecorder()}
	a := watching(client, false)
	part := make([]byte, maxJudged)
	for range 3 {
		if n, err := a.Write(part); n != len(part) || err != nil {
			t.Errorf("writing gave %d, %v", n, err)
		}
	}
	a.finish()
	if a.length != 3*maxJudged || client.writes != 1 {
		t.Errorf("it saw %d bytes, and wrote %d times", a.length, client.writes)
	}
}

// TestUpstreamAnswerIsWhole compares with the length that was declared before a
// writer further out changes it.
func TestUpstreamAnswerIsWhole(t *testing.T) {
	for name, test := range map[string]struct {
		length, body string
		want         bool
	}{
		"no length":  {"", "hello", true},
		"right":      {"5", "hello", true},
		"cut off":    {"6", "hello", false},
		"too long":   {"4", "hello", false},
		"not a size": {"x", "hello", true},
	} {
		t.Run(name, func(t *testing.T) {
			a := watching(compressing{httptest.NewRecorder()}, false)
			if test.length != "" {
				a.Header().Set("Content-Length", test.length)
			}
			a.WriteHeader(200)
			_, _ = a.Write([]byte(test.body))
			if got := a.whole(); got != test.want {
				t.Errorf("whole is %t", got)
			}
		})
	}
}

// compressing changes the header as the directive encode does.
type compressing struct{ http.ResponseWriter }

func (c compressing) WriteHeader(status int) {
	c.Header().Del("Content-Length")
	c.Header().Set("Content-Encoding", "gzip")
	c.ResponseWriter.WriteHeader(status)
}

// TestUpstreamAnswerKept: what is given again is what the upstream sent, not
// what became of it further out.
func TestUpstreamAnswerKept(t *testing.T) {
	a := watching(compressing{httptest.NewRecorder()}, true)
	for name, value := range map[string]string{
		"Content-Type": "application/json", "Content-Length": "2", "Server": "x", "Date": "now", "Connection": "close", "Via": "1.1 Caddy", "Location": "/7",
	} {
		a.Header().Set(name, value)
	}
	a.WriteHeader(201)
	_, _ = a.Write([]byte("{}"))
	kept := a.forRepeats()
	want := http.Header{"Content-Type": {"application/json"}, "Location": {"/7"}}
	if kept == nil || kept.Status != 201 || string(kept.Body) != "{}" || !reflect.DeepEqual(kept.Header, want) {
		t.Errorf("kept is %+v", kept)
	}
}

// TestUpstreamAnswerNotKept: what is too large, or asks to try again.
func TestUpstreamAnswerNotKept(t *testing.T) {
	full := strings.Repeat("x", maxKept)
	for name, test := range map[string]struct {
		status     int
		head, body string
		kept       bool
	}{
		"small":               {201, "", "x", true},
		"refusal":             {422, "", "x", true},
		"as large as it gets": {201, "", full, true},
		"too large":           {201, "", full + "x", false},
		"with a large header": {201, "x", full, false},
		"request timeout":     {408, "", "", false},
		"too early":           {425, "", "", false},
		"too many requests":   {429, "", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			a := watching(httptest.NewRecorder(), true)
			if test.head != "" {
				a.Header().Set("X-Other", test.head)
			}
			a.WriteHeader(test.status)
			_, _ = a.Write([]byte(test.body))
			if got := a.forRepeats() != nil; got != test.kept {
				t.Errorf("kept is %t", got)
			}
		})
	}
	if watched(201, "{}", nil).forRepeats() != nil {
		t.Error("an answer was kept that nobody will ask for")
	}
}

// TestUpstreamAnswerWithTrailers: they arrive, announced or not, as reverse_proxy
// copies them behind the body.
func TestUpstreamAnswerWithTrailers(t *testing.T) {
	for _, announced := range []bool{true, false} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			a := watching(w, false)
			name := http.TrailerPrefix + "X-Checksum"
			if announced {
				name = "X-Checksum"
				a.Header().Set("Trailer", name)
			}
			a.WriteHeader(http.StatusCreated)
			_, _ = a.Write([]byte("hello"))
			a.Header().Set(name, "7")
			a.finish()
		}))
		answer, err := server.Client().Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		if err != nil || string(body) != "hello" || answer.Trailer.Get("X-Checksum") != "7" {
			t.Errorf("announced is %t: %q with %v, %v", announced, body, answer.Trailer, err)
		}
		_ = answer.Body.Close()
		server.Close()
	}
}

// TestUpstreamAnswerInOrder: what a handler writes behind the end that it has
// declared does not come before it.
func TestUpstreamAnswerInOrder(t *testing.T) {
	client := httptest.NewRecorder()
	a := watching(client, false)
	a.Header().Set("Content-Length", "2")
	for _, part := range []string{"ab", "c", "d"} {
		_, _ = a.Write([]byte(part))
	}
	a.finish()
	if client.Body.String() != "abcd" || a.whole() {
		t.Errorf("the client got %q, whole is %t", client.Body, a.whole())
	}
}
