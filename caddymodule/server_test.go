package caddymodule

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	_ "github.com/caddyserver/caddy/v2/modules/caddyevents" // the HTTP app's
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/caddyauth" // directives beside the gate's
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/encode/gzip"
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/headers"
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/requestbody"
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/reverseproxy"
	_ "github.com/caddyserver/caddy/v2/modules/caddytls"    // the HTTP app's
	_ "github.com/caddyserver/caddy/v2/modules/filestorage" // the folder of each test
)

// server is Caddy's own HTTP server with a gate in its routes, without sockets.
type server struct {
	*caddyhttp.Server
	storage string
	app     *App
}

// newServer provisions a site of these Caddyfile lines, as `caddy validate`
// does: nothing is started.
func newServer(t testing.TB, site string, global ...string) *server {
	t.Helper()
	s, err := provisionServer(t, site, global...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate returns what is wrong with a site of these Caddyfile lines.
func validate(t testing.TB, site string) error {
	t.Helper()
	_, err := provisionServer(t, site)
	return err
}

func provisionServer(t testing.TB, site string, global ...string) (*server, error) {
	t.Helper()
	text, err := adapt("{\n" + strings.Join(global, "\n") + "\n}\n:8080 {\n" + site + "\n}\n")
	if err != nil {
		t.Fatal(err)
	}
	var config caddy.Config
	if err := json.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	ctx, storage, _, err := provisionContext(t, config.AppsRaw)
	if err != nil {
		return nil, err
	}
	app, err := ctx.App("http")
	if err != nil {
		t.Fatal(err)
	}
	gate, err := ctx.App(appName)
	if err != nil {
		t.Fatal(err)
	}
	return &server{Server: app.(*caddyhttp.App).Servers["srv0"], storage: storage, app: gate.(*App)}, nil
}

func (s *server) serve(r *http.Request) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, r)
	return answer
}
