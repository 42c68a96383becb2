package caddymodule

import (
	"crypto/tls"
	"net/http"
	"strings"
	"testing"
)

func TestServeAccepts(t *testing.T) {
	newRig(t, nil).serve(newRequest(validBody)).checkForwarded(t, normalisedBody)
}

func TestServeMethods(t *testing.T) {
	g := newRig(t, nil)
	for _, method := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "OPTIONS", "post", "PROPFIND"} {
		t.Run(method, func(t *testing.T) {
			r := newRequest(validBody)
			r.Method = method
			x := g.serve(r)
			x.checkRefused(t, http.StatusMethodNotAllowed, codeMethodNotAllowed)
			if allow := x.answer.Header().Get("Allow"); allow != "POST" {
				t.Errorf("Allow is %q", allow)
			}
		})
	}
}

func TestServePreflight(t *testing.T) {
	tests := map[string]struct {
		method  string
		headers map[string]string
		passes  bool
	}{
		"preflight":              {"OPTIONS", map[string]string{"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}, true},
		"of another method":      {"OPTIONS", map[string]string{"Origin": "https://app.example", "Access-Control-Request-Method": "DELETE"}, true},
		"without Origin":         {"OPTIONS", map[string]string{"Access-Control-Request-Method": "POST"}, false},
		"without request method": {"OPTIONS", map[string]string{"Origin": "https://app.example"}, false},
		"with empty values":      {"OPTIONS", map[string]string{"Origin": "", "Access-Control-Request-Method": ""}, false},
		"GET with its headers":   {"GET", map[string]string{"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, nil)
			r := newRequest("not read, not judged")
			r.Method = test.method
			r.Header.Del("Platform")
			for name, value := range test.headers {
				r.Header.Set(name, value)
			}
			x := g.serve(r)
			if !test.passes {
				x.checkRefused(t, http.StatusMethodNotAllowed, codeMethodNotAllowed)
				return
			}
			x.checkForwarded(t, "not read, not judged")
			if x.forwarded != x.request {
				t.Error("it is not the client's own request that went on")
			}
		})
	}
}

func TestServeEarlyData(t *testing.T) {
	tests := map[string]struct {
		change func(*http.Request)
		early  bool
	}{
		"plain HTTP":             {func(*http.Request) {}, false},
		"handshake complete":     {func(r *http.Request) { r.TLS = &tls.ConnectionState{HandshakeComplete: true} }, false},
		"handshake not complete": {func(r *http.Request) { r.TLS = &tls.ConnectionState{} }, true},
		"said by a proxy":        {func(r *http.Request) { r.Header.Set("Early-Data", "1") }, true},
		"another value":          {func(r *http.Request) { r.Header.Set("Early-Data", "0") }, true},
		"said by a proxy behind TLS": {func(r *http.Request) {
			r.TLS = &tls.ConnectionState{HandshakeComplete: true}
			r.Header.Set("Early-Data", "1")
		}, true},
	}
	g := newRig(t, nil)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRequest(validBody)
			test.change(r)
			x := g.serve(r)
			if test.early {
				x.checkRefused(t, http.StatusTooEarly, codeTooEarly)
				return
			}
			x.checkForwarded(t, normalisedBody)
		})
	}
}

// TestServeOrder: a request that is wrong in every way is refused for the
// first of them; each is put right in turn.
func TestServeOrder(t *testing.T) {
	g := newRig(t, map[string]any{"max_body": 1024})
	r := newRequest("{" + strings.Repeat(" ", 2000))
	r.Method = "PUT"
	r.Header.Set("Early-Data", "1")
	r.Header.Set("Content-Type", "text/plain")
	r.Header.Del("Platform")

	refused := func(status int, code string) {
		t.Helper()
		g.serve(r.Clone(t.Context())).checkRefused(t, status, code)
	}
	refused(http.StatusMethodNotAllowed, codeMethodNotAllowed)
	r.Method = "POST"
	refused(http.StatusTooEarly, codeTooEarly)
	r.Header.Del("Early-Data")
	refused(http.StatusUnsupportedMediaType, codeUnsupportedMediaType)
	r.Header.Set("Content-Type", "application/json")
	refused(http.StatusBadRequest, codeInvalidHeader)
	r.Header.Set("Platform", "fincode")
	refused(http.StatusRequestEntityTooLarge, codePayloadTooLarge)

	x := g.serve(newRequest(`{`))
	x.checkRefused(t, http.StatusBadRequest, codeMalformedJSON)
	x = g.serve(newRequest(`{}`))
	x.checkRefused(t, http.StatusUnprocessableEntity, codeValidationError)
}
