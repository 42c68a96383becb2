package e2e

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// seen is what a page can see of an answer.
type seen struct {
	Status int    `json:"status"`
	Body   string `json:"body"`
	Error  string `json:"error"` // why it can see nothing
}

// TestBrowser registers from a page on another origin in Chromium, which
// encrypts with Web Crypto: with the recipe of docs/refusals.md, the page reads
// what the upstream answers as well as what the gate and Caddy do.
func TestBrowser(t *testing.T) {
	t.Parallel()
	results := make(chan map[string]seen, 1)
	var page atomic.Value // a string, once the gateways are there
	pages := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, page.Load().(string))
		case "/results":
			var got map[string]seen
			if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
				t.Errorf("what the page tells: %v", err)
			}
			results <- got
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(pages.Close)
	up := startUpstreamWith(t, func(c net.Conn, r received) bool { return answerBrowser(c, r, pages.URL) })
	gate := startRecipe(t, up, pages.URL)
	bare := startGateway(t, setup{upstream: up.address})
	page.Store(browserPage(t, gate, bare))

	runChromium(t, pages.URL)
	var got map[string]seen
	select {
	case got = <-results:
	case <-time.After(patience):
		t.Fatal("the page told nothing")
	}
	checkSeen(t, got, "accepted", 201, createdBody)
	checkSeen(t, got, "refused", 422, `"pointer":"/email","code":"email_format"`)
	checkSeen(t, got, "down", 502, "Bad Gateway")
	if got["refusedWithoutRecipe"].Error == "" {
		t.Error("the page reads a refusal without the recipe, so the recipe proves nothing")
	}

	var preflights int
	for _, request := range up.take() {
		if strings.HasPrefix(request.line, "OPTIONS ") {
			preflights++
			headers := strings.Join(request.values("Access-Control-Request-Headers"), ",")
			if !strings.Contains(headers, "platform") || !strings.Contains(headers, "uuid") {
				t.Errorf("a preflight came without the custom headers: %q", headers)
			}
			continue
		}
		request.checkFraming(t)
		newCustomer().checkForwarded(t, request.body)
	}
	if preflights == 0 {
		t.Error("no preflight reached the upstream")
	}
}

// TestRecipeHeaders: with the recipe of docs/refusals.md every answer names the
// page's origin once, whatever the upstream has set, and no other origin.
func TestRecipeHeaders(t *testing.T) {
	t.Parallel()
	const origin = "https://app.test"
	up := startUpstreamWith(t, func(c net.Conn, r received) bool { return answerBrowser(c, r, "*") })
	gate := startRecipe(t, up, origin)
	for name, tc := range map[string]struct {
		path, body string
		status     int
	}{
		"accepted": {endpoint, newCustomer().json(), 201},
		"refused":  {endpoint, "{}", 422},
		"down":     {endpoint + "?reset", newCustomer().json(), 502},
	} {
		t.Run(name, func(t *testing.T) {
			got := post(t, gate.url(tc.path), tc.body, headerField{"Origin", origin})
			got.check(t, tc.status)
			if values := got.header.Values("Access-Control-Allow-Origin"); !slices.Equal(values, []string{origin}) {
				t.Errorf("Access-Control-Allow-Origin is %q, want %q once", values, origin)
			}
			if !slices.Contains(got.header.Values("Vary"), "Origin") {
				t.Errorf("Vary is %q, want Origin among it", got.header.Values("Vary"))
			}
			other := post(t, gate.url(tc.path), tc.body, headerField{"Origin", "https://other.test"})
			if values := other.header.Values("Access-Control-Allow-Origin"); slices.Contains(values, "https://other.test") {
				t.Errorf("Access-Control-Allow-Origin is %q for another origin", values)
			}
		})
	}
}

// startRecipe returns a gateway with the recipe of docs/refusals.md, its names
// replaced by the test's.
func startRecipe(t *testing.T, up *upstream, origin string) *gateway {
	t.Helper()
	var recipe string
	for _, b := range readDocument(t, "docs/refusals.md") {
		if strings.Contains(b.text, "(cors)") {
			recipe = b.text
		}
	}
	for old, by := range map[string]string{
		"https://app.example.com":     origin,
		"\napi.example.com {":         "\nhttp://:{$RECIPE_PORT} {\n\tbind 127.0.0.1",
		"localhost:8081":              "{$UPSTREAM}",
		"customer_gate @registration": "customer_gate @registration {\n\t\tkeys file {$DIR}/private.pem\n\t}",
	} {
		if !strings.Contains(recipe, old) {
			t.Fatalf("the recipe of docs/refusals.md has no %q", old)
		}
		recipe = strings.ReplaceAll(recipe, old, by)
	}
	port := freePort(t)
	gate := startGateway(t, setup{upstream: up.address, more: recipe, env: []string{"RECIPE_PORT=" + port}})
	gate.address = "127.0.0.1:" + port
	return gate
}

// answerBrowser is an upstream that knows browsers, and hangs up where the
// query asks for it.
func answerBrowser(c net.Conn, r received, origin string) bool {
	if strings.Contains(r.line, "reset") && strings.HasPrefix(r.line, "POST ") {
		return replyByPath(c, r)
	}
	allow := "Access-Control-Allow-Origin: " + origin + "\r\n"
	if strings.HasPrefix(r.line, "OPTIONS ") {
		_, err := io.WriteString(c, "HTTP/1.1 204 No Content\r\n"+allow+
			"Access-Control-Allow-Methods: POST\r\nAccess-Control-Allow-Headers: content-type, platform, uuid\r\n\r\n")
		return err == nil
	}
	_, err := fmt.Fprintf(c, "HTTP/1.1 201 Created\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		allow, len(createdBody), createdBody)
	return err == nil
}

// browserPage is testdata/browser.html with its settings.
func browserPage(t *testing.T, gate, bare *gateway) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("testdata", "browser.html"))
	if err != nil {
		t.Fatal(err)
	}
	settings, err := json.Marshal(map[string]any{
		"gate":      "http://" + gate.address,
		"bare":      "http://" + bare.address,
		"path":      endpoint,
		"publicKey": base64.StdEncoding.EncodeToString(keyOfTests().spki),
		"customer":  json.RawMessage(newCustomer().json()),
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(string(page), "SETTINGS", string(settings), 1)
}

// chromium is the browser with a home of its own.
func chromium(t *testing.T, arguments ...string) *exec.Cmd {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is missing; make deps installs it")
	}
	home := t.TempDir()
	browser := exec.Command(program, append([]string{"--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
		"--no-default-browser-check", "--user-data-dir=" + filepath.Join(home, "profile")}, arguments...)...)
	browser.Env = append(homeEnv(home), "TMPDIR="+home)
	return browser
}

// takePicture writes what a page shows in a window of some size.
func takePicture(t *testing.T, url, file, size string) {
	t.Helper()
	if out, err := chromium(t, "--hide-scrollbars", "--window-size="+size, "--screenshot="+file, url).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// runChromium opens a page until the test ends.
func runChromium(t *testing.T, url string) {
	t.Helper()
	output := watchFor("\x00")
	browser := chromium(t, url)
	browser.Stdout, browser.Stderr = output, output
	browser.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := browser.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// The browser is many processes, which only their group holds together.
		_ = syscall.Kill(-browser.Process.Pid, syscall.SIGKILL)
		_ = browser.Wait()
		if t.Failed() {
			t.Logf("what chromium said:\n%s", output)
		}
	})
}

func checkSeen(t *testing.T, got map[string]seen, name string, status int, text string) {
	t.Helper()
	if s := got[name]; s.Status != status || !strings.Contains(s.Body, text) {
		t.Errorf("%s: the page sees %d %s %s, want %d with %s in it", name, s.Status, s.Body, s.Error, status, text)
	}
}
