package caddymodule

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestForwardFraming(t *testing.T) {
	tests := map[string]func(*http.Request){
		"declared": func(*http.Request) {},
		"chunked with trailers": func(r *http.Request) {
			chunked(r)
			r.Trailer = http.Header{"X-Checksum": {"1"}}
			r.Header.Set("Trailer", "X-Checksum")
		},
		"everything that speaks of the connection": func(r *http.Request) {
			r.Header["Connection"] = []string{"content-type, upgrade", "platform"}
			r.Header.Set("Upgrade", "websocket")
			r.Header.Set("Http2-Settings", "AAMAAABkAAQAAP__")
		},
		"everything that describes the old body": func(r *http.Request) {
			for _, name := range []string{
				"Transfer-Encoding", "Expect", "Digest", "Content-Md5", "Content-Digest", "Repr-Digest", "Trailer",
			} {
				r.Header.Set(name, "stale")
			}
			r.Header["Content-Length"] = []string{"7", "8"}
			r.Header["Content-Type"] = []string{"application/json; charset=utf-8; v=6"}
		},
	}
	g := newRig(t, nil)
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRequest(validBody)
			r.Header["X-Other"] = []string{"a", "b"}
			change(r)
			x := g.serve(r)
			x.checkForwarded(t, normalisedBody)

			want := http.Header{
				"Content-Type":   {"application/json"},
				"Content-Length": {strconv.Itoa(len(normalisedBody))},
				"Platform":       {"fincode"},
				"Uuid":           {"200"},
				"X-Other":        {"a", "b"},
			}
			f := x.forwarded
			if !reflect.DeepEqual(f.Header, want) {
				t.Errorf("headers %v, want %v", f.Header, want)
			}
			if f.ContentLength != int64(len(normalisedBody)) || f.TransferEncoding != nil || f.Trailer != nil {
				t.Errorf("length %d, transfer encoding %v, trailer %v", f.ContentLength, f.TransferEncoding, f.Trailer)
			}
			if f.Method != r.Method || f.URL.String() != r.URL.String() || f.Host != r.Host || f.RemoteAddr != r.RemoteAddr {
				t.Error("another request went on")
			}
			if f.Context() != x.request.Context() {
				t.Error("the request lost its context")
			}
		})
	}
}

// TestOriginalIsLeftWithoutBody: placeholders, logs and error routes look at the
// client's own request. They are shown neither what was decrypted nor a length of
// what has been read.
func TestOriginalIsLeftWithoutBody(t *testing.T) {
	for name, body := range map[string]string{"accepted": validBody, "refused": twoWrong} {
		for framing, frame := range map[string]func(*http.Request){
			"declared": func(r *http.Request) { r.Header.Set("Content-Length", strconv.Itoa(len(body))) },
			"chunked":  func(r *http.Request) { chunked(r).Trailer = http.Header{"X-Sum": nil} },
		} {
			t.Run(name+", "+framing, func(t *testing.T) {
				checkLeftWithoutBody(t, body, frame)
			})
		}
	}
}

func checkLeftWithoutBody(t *testing.T, body string, frame func(*http.Request)) {
	t.Helper()
	r := newRequest(body)
	header := r.Header.Clone()
	r.Header.Set("Digest", "sha-256=abc")
	frame(r)
	x := newRig(t, nil).serve(r)
	if !maps.EqualFunc(x.request.Header, header, slices.Equal) {
		t.Errorf("its headers are now %v", x.request.Header)
	}
	if rest, err := io.ReadAll(x.request.Body); len(rest) > 0 || err != nil {
		t.Errorf("its body is now %q, %v", rest, err)
	}
	if x.request.ContentLength != 0 || x.request.TransferEncoding != nil || x.request.Trailer != nil {
		t.Errorf("it is framed by %d, %v, %v", x.request.ContentLength, x.request.TransferEncoding, x.request.Trailer)
	}
	if shown, _ := x.repl.GetString("http.request.body"); strings.Contains(shown, password) {
		t.Error("a placeholder shows the password")
	}
}

// TestForwardGetBody: a transport that has to send again starts from the
// beginning, however far it read.
func TestForwardGetBody(t *testing.T) {
	g := newRig(t, nil)
	g.next = func(w http.ResponseWriter, r *http.Request) error {
		w.WriteHeader(http.StatusCreated)
		if _, err := io.ReadFull(r.Body, make([]byte, 10)); err != nil {
			t.Error(err)
		}
		for range 2 {
			again, err := r.GetBody()
			if err != nil {
				t.Fatal(err)
			}
			if text, err := io.ReadAll(again); err != nil || string(text) != normalisedBody {
				t.Errorf("again it is %q, %v", text, err)
			}
		}
		if rest, err := io.ReadAll(r.Body); err != nil || string(rest) != normalisedBody[10:] {
			t.Errorf("the rest is %q, %v", rest, err)
		}
		return nil
	}
	if x := g.serve(newRequest(validBody)); x.err != nil || x.forwarded == nil {
		t.Errorf("error %v, answer %s", x.err, x.answer.Body)
	}
}

// TestForwardClose: a body sent in part must not be taken for whole.
func TestForwardClose(t *testing.T) {
	g := newRig(t, nil)
	g.next = func(_ http.ResponseWriter, r *http.Request) error {
		if _, err := io.ReadFull(r.Body, make([]byte, 10)); err != nil {
			t.Error(err)
		}
		other, err := r.GetBody()
		if err != nil {
			t.Error(err)
		}
		if err := errors.Join(r.Body.Close(), r.Body.Close()); err != nil {
			t.Errorf("closing: %v", err)
		}
		if n, err := r.Body.Read(make([]byte, 10)); n != 0 || !errors.Is(err, http.ErrBodyReadAfterClose) {
			t.Errorf("reading on gave %d bytes and %v", n, err)
		}
		if text, err := io.ReadAll(other); err != nil || string(text) != normalisedBody {
			t.Errorf("the other reader ended too: %q, %v", text, err)
		}
		return nil
	}
	g.serve(newRequest(validBody))
}

// TestForwardWipes: once the handler has returned, neither a reader that
// somebody kept nor the memory shows the password.
func TestForwardWipes(t *testing.T) {
	g := newRig(t, nil)
	var kept io.Reader
	var getBody func() (io.ReadCloser, error)
	g.next = func(_ http.ResponseWriter, r *http.Request) error {
		kept, getBody = r.Body, r.GetBody
		return nil
	}
	r := newRequest("")
	received := &keepingReader{text: []byte(validBody)}
	r.Body, r.ContentLength = io.NopCloser(received), int64(len(validBody))
	g.serve(r)
	if n, err := kept.Read(make([]byte, 10)); n != 0 || err == nil || errors.Is(err, io.EOF) {
		t.Errorf("the kept body gave %d bytes and %v, want an error that is not its end", n, err)
	}
	again, err := getBody()
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(again); len(text) > 0 || err == nil {
		t.Errorf("GetBody gave %q and %v", text, err)
	}
	for _, into := range received.all {
		if bytes.Contains(into, []byte(password)) {
			t.Error("the body as received is still in memory")
		}
	}
}

// keepingReader remembers where its text was read into, and fails after it if
// it is given an error.
type keepingReader struct {
	text []byte
	err  error
	all  [][]byte
}

func (r *keepingReader) Read(into []byte) (int, error) {
	if len(r.text) == 0 {
		return 0, cmp.Or(r.err, io.EOF)
	}
	n := copy(into, r.text)
	r.text = r.text[n:]
	r.all = append(r.all, into[:n])
	return n, nil
}

// TestForwardWipesRefused: the password of a refused request goes as well.
func TestForwardWipesRefused(t *testing.T) {
	g := newRig(t, nil)
	bodies := map[string]*keepingReader{
		"violation":   {text: []byte(with(map[string]any{"email": "x"}))},
		"broken JSON": {text: []byte(validBody + "x")},
		"too large":   {text: []byte(padded(70_000))},
		"cut off":     {text: []byte(validBody), err: io.ErrUnexpectedEOF},
	}
	for name, received := range bodies {
		r := chunked(newRequest(""))
		r.Body = io.NopCloser(received)
		if x := g.serve(r); x.forwarded != nil {
			t.Fatalf("%s: accepted", name)
		}
		for _, into := range received.all {
			if bytes.Contains(into, []byte(password)) {
				t.Errorf("%s: the body is still in memory", name)
			}
		}
	}
}

// TestForwardWipesWhileRead is for the race detector: a transport may read on
// and ask for another body after its answer has come.
func TestForwardWipesWhileRead(t *testing.T) {
	g := newRig(t, nil)
	var transport sync.WaitGroup
	begun := make(chan struct{})
	g.next = func(_ http.ResponseWriter, r *http.Request) error {
		transport.Go(func() {
			defer r.Body.Close()
			one := make([]byte, 1)
			_, err := r.Body.Read(one)
			close(begun)
			for err == nil {
				_, err = r.Body.Read(one)
			}
			if again, err := r.GetBody(); err == nil {
				_, _ = again.Read(one)
			}
		})
		<-begun
		return nil
	}
	g.serve(newRequest(validBody))
	transport.Wait()
}

// TestForwardError: the error of the upstream's handler is Caddy's to handle.
func TestForwardError(t *testing.T) {
	g := newRig(t, nil)
	want := errors.New("no upstreams")
	g.next = func(http.ResponseWriter, *http.Request) error { return want }
	x := g.serve(newRequest(validBody))
	if !errors.Is(x.err, want) {
		t.Errorf("the error is %v", x.err)
	}
	if x.answer.Body.Len() > 0 {
		t.Errorf("the gate wrote %s", x.answer.Body)
	}
}

// TestForwardPanic: the password goes even when the handlers behind panic.
func TestForwardPanic(t *testing.T) {
	g := newRig(t, nil)
	var kept io.Reader
	g.next = func(_ http.ResponseWriter, r *http.Request) error {
		kept = r.Body
		panic(http.ErrAbortHandler)
	}
	func() {
		defer func() { _ = recover() }()
		g.serve(newRequest(validBody))
	}()
	if _, err := kept.Read(make([]byte, 1)); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("reading on gave %v", err)
	}
}

// TestForwardAsksForNoCompression where the answer has to be read.
func TestForwardAsksForNoCompression(t *testing.T) {
	for name, g := range map[string]*rig{"br": newRig(t, nil), "": claimRig(t, nil, nil)} {
		r := newRequest(validBody)
		r.Header.Set("Accept-Encoding", "br")
		if got := g.serve(r).forwarded.Header.Get("Accept-Encoding"); got != name {
			t.Errorf("the upstream is told %q, want %q", got, name)
		}
	}
}

// TestForwardIsNotSentTwice: net/http takes a request with an idempotency key for
// one that may be sent again when the connection breaks; the upstream may have
// registered the customer by then.
func TestForwardIsNotSentTwice(t *testing.T) {
	for _, header := range []string{"", "Idempotency-Key", "X-Idempotency-Key"} {
		for _, config := range []map[string]any{nil, {"idempotency": true}} {
			var g *rig
			if config == nil {
				g = newRig(t, nil)
			} else {
				g = claimRig(t, nil, config)
			}
			var registrations atomic.Int32
			upstream := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					return // which leaves a connection that the next request takes
				}
				drain(r)
				registrations.Add(1)
				panic(http.ErrAbortHandler)
			}))
			transport := new(http.Transport)
			g.next = func(_ http.ResponseWriter, r *http.Request) error {
				r = r.Clone(r.Context())
				r.RequestURI, r.URL.Scheme, r.URL.Host = "", "http", upstream.Listener.Addr().String()
				first, err := http.NewRequest(http.MethodGet, upstream.URL, nil)
				if err != nil {
					t.Fatal(err)
				}
				answer, err := transport.RoundTrip(first)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, answer.Body); err != nil {
					t.Error(err)
				}
				_, err = transport.RoundTrip(r)
				return err
			}
			r := newRequest(validBody)
			if header != "" {
				r.Header.Set(header, "k")
			}
			if x := g.serve(r); x.err == nil {
				t.Errorf("%q: answered %d %s", header, x.answer.Code, x.answer.Body)
			}
			upstream.Close()
			transport.CloseIdleConnections()
			if n := registrations.Load(); n != 1 {
				t.Errorf("%q: the upstream saw %d registrations", header, n)
			}
		}
	}
}
