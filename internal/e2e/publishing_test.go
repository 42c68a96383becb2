package e2e

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// startPublishing returns a gateway that publishes its public key, and at
// /retired one that it has no more, which clients may keep for an hour.
func startPublishing(t *testing.T, s setup) *gateway {
	t.Helper()
	s.site = `
	customer_gate_keys /keys*
	customer_gate_keys /retired/keys* {
		keys file {$DIR}/retired.pem {
			overlap 24h
		}
	}
	customer_gate /api/* {
		keys file {$DIR}/private.pem
		` + patient + `
	}
	reverse_proxy {$UPSTREAM}
	` + s.site
	gate := prepareGateway(t, s)
	writeFile(t, filepath.Join(gate.dir, "retired.pem"), newKey().pem)
	gate.start(t)
	return gate
}

// frontOfRotation stands in front of a gateway and gives out the retired key to
// whoever asks first, as if it had been replaced since.
func frontOfRotation(t *testing.T, gate *gateway) *httptest.Server {
	t.Helper()
	var asked atomic.Int64
	target, err := url.Parse(gate.url(""))
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		if strings.HasPrefix(r.In.URL.Path, "/keys") && r.In.Method == http.MethodGet && asked.Add(1) == 1 {
			r.Out.URL.Path = "/retired" + r.In.URL.Path
		}
	}})
	t.Cleanup(func() {
		front.Close()
		if n := asked.Load(); n < 2 {
			t.Errorf("the client asked for the key %d times, so nothing has been rotated", n)
		}
	})
	return front
}

// frontThatListens stands in front of a gateway. The function returns the last
// body that went through.
func frontThatListens(t *testing.T, gate *gateway) (*httptest.Server, func() []byte) {
	t.Helper()
	target, err := url.Parse(gate.url(""))
	if err != nil {
		t.Fatal(err)
	}
	var last atomic.Pointer[[]byte]
	front := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		if r.In.Method == http.MethodPost {
			body, err := io.ReadAll(r.In.Body)
			if err != nil {
				t.Error(err)
			}
			last.Store(&body)
			r.Out.Body = io.NopCloser(bytes.NewReader(body))
		}
	}})
	t.Cleanup(front.Close)
	return front, func() []byte { return *last.Load() }
}
