package e2e

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// errorPage is what is put in the place of an answer of the gate's. It is longer
// than any of them, and than what a server takes to be one short answer.
var errorPage = "<p>" + strings.Repeat("custom ", 1000) + "</p>"

// replacer is a site in which another handler replaces, rewrites or hands on what
// the gate answers. In its directives {$PAGES} is the address of a service that
// renders errors, {$PAGE} such a page, and page.html in {$DIR} too.
type replacer struct {
	directives string
	options    string // of the gate
	status     int    // of the answer to a refused registration; 0 for the gate's own
	body       string // of it; "" for the gate's own
}

var replacers = map[string]replacer{
	"intercept with a short answer": {
		directives: "intercept {\n handle_response {\n respond custom 422\n }\n }", body: "custom",
	},
	"intercept with a long answer": {
		directives: "intercept {\n handle_response {\n respond {$PAGE} 418\n }\n }", status: 418, body: errorPage,
	},
	"intercept with another status": {
		directives: "intercept {\n replace_status 400\n }", status: 400,
	},
	"intercept with a header": {
		directives: "intercept {\n handle_response {\n header X-Seen yes\n }\n }",
	},
	"intercept with a service": {
		directives: "intercept {\n handle_response {\n reverse_proxy {$PAGES}\n }\n }", status: 200, body: errorPage,
	},
	"intercept with a file": {
		directives: "intercept {\n handle_response {\n method GET\n root {$DIR}\n rewrite /page.html\n file_server\n }\n }", status: 200, body: errorPage,
	},
	"intercept with a template": {
		directives: "intercept {\n handle_response {\n templates {\n mime application/json\n }\n respond `{{mul 6 7}}` 422\n }\n }", body: "42",
	},
	"compression": {
		directives: "encode {\n gzip\n minimum_length 1\n match status 4xx\n }",
	},
	"templates": {
		directives: "templates {\n mime application/json\n }",
	},
	"header operations": {
		directives: "header {\n X-Early 1\n >X-Late 1\n >-Cache-Control\n >Vary Accept gzip\n }",
	},
	"error route with a short answer": {
		options:    "errors handle_errors",
		directives: "handle_errors {\n respond custom\n }", body: "custom",
	},
	"error route with a long answer": {
		options:    "errors handle_errors",
		directives: "handle_errors {\n respond {$PAGE} 418\n }", status: 418, body: errorPage,
	},
	"error route with a service": {
		options:    "errors handle_errors",
		directives: "handle_errors {\n reverse_proxy {$PAGES}\n }", status: 200, body: errorPage,
	},
	"error route with a service that gets a buffered request": {
		options:    "errors handle_errors",
		directives: "handle_errors {\n reverse_proxy {$PAGES} {\n request_buffers 64KiB\n }\n }", status: 200, body: errorPage,
	},
	"error route with a file": {
		options:    "errors handle_errors",
		directives: "handle_errors {\n root {$DIR}\n rewrite /page.html\n file_server\n }", body: errorPage,
	},
	"error route with a file that is looked for": {
		options:    "errors handle_errors",
		directives: "handle_errors {\n root {$DIR}\n try_files /{err.status_code}.html /page.html\n file_server\n }", body: errorPage,
	},
	"error route with a template": {
		options:    "errors handle_errors",
		directives: "handle_errors {\n templates {\n mime text/plain\n }\n respond `{{mul 6 7}}`\n }", body: "42",
	},
	"error route of a named route": {
		options:    "errors handle_errors",
		directives: "handle_errors {\n invoke page\n }", body: "custom",
	},
	"error route behind intercept and compression": {
		options:    "errors handle_errors",
		directives: "intercept {\n handle_response {\n respond not-this 422\n }\n }\n encode gzip\n handle_errors {\n encode {\n gzip\n match status 4xx\n }\n respond {$PAGE}\n }", body: errorPage,
	},
}

// startReplacers returns a gateway with a site for each replacer, whose host is
// the one that hostOf names, and the service that renders errors.
func startReplacers(t *testing.T) (gate *gateway, pages, up *upstream) {
	t.Helper()
	up = startUpstream(t)
	pages = startUpstreamWith(t, func(c net.Conn, r received) bool {
		body := errorPage
		if strings.HasPrefix(r.line, "HEAD ") { // what follows would be read as the next answer
			body = ""
		}
		_, err := fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(errorPage), body)
		return err == nil
	})
	var sites strings.Builder
	sites.WriteString("&(page) {\n respond custom\n }\n")
	for name, r := range replacers {
		fmt.Fprintf(&sites, "http://%s:{$PORT} {\n bind 127.0.0.1\n %s\n customer_gate {\n keys file {$DIR}/private.pem\n %s\n }\n reverse_proxy {$UPSTREAM}\n }\n",
			hostOf(name), r.directives, r.options)
	}
	gate = prepareGateway(t, setup{
		upstream: up.address,
		global:   "servers {\n protocols h1 h2c\n }\n",
		more:     sites.String(),
		env:      []string{"PAGES=" + pages.address, "PAGE=\"" + errorPage + "\""},
	})
	writeFile(t, filepath.Join(gate.dir, "page.html"), []byte(errorPage))
	gate.start(t)
	return gate, pages, up
}

func hostOf(replacer string) string { return strings.ReplaceAll(replacer, " ", "-") + ".test" }

// refusedRequests are refused at every stage: before the body is read, while it
// is, and behind it.
func refusedRequests() map[string]string {
	body := newCustomer().with("phone", "1").json()
	return map[string]string{
		"violations":            rawPost("", body),
		"violations, in chunks": rawChunked("Trailer: X-Sum\r\n", chunks(body, "")+"0\r\nX-Sum: 1\r\n\r\n"),
		"method":                strings.Replace(rawPost("", body), "POST", "PUT", 1),
		"HEAD":                  strings.Replace(rawPost("", ""), "POST", "HEAD", 1),
		"media type":            strings.Replace(rawPost("", body), "application/json", "text/plain", 1),
		"encoded":               rawPost("Content-Encoding: gzip\r\nDigest: x\r\n", body),
		"malformed":             rawPost("", body+"}"),
		"too large":             rawPost("", body+strings.Repeat(" ", 64<<10)),
		"upgrade":               rawPost("Connection: Upgrade\r\nUpgrade: websocket\r\n", body),
		"go-ahead not given":    strings.Replace(strings.Replace(rawPost("Expect: 100-continue\r\n", ""), "Content-Length: 0", "Content-Length: 500", 1), "application/json", "text/plain", 1),
	}
}

// TestReplacedAnswers: a handler of Caddy's that replaces, rewrites or hands on
// a refusal gives its client a whole answer, and a request that it sends to a
// service has no body, and says so.
func TestReplacedAnswers(t *testing.T) {
	t.Parallel()
	gate, pages, up := startReplacers(t)
	for name, r := range replacers {
		for kind, request := range refusedRequests() {
			t.Run(name+"/"+kind, func(t *testing.T) {
				request := strings.Replace(request, "gate.example", hostOf(name), 1)
				request = strings.Replace(request, "\r\n", "\r\nAccept-Encoding: gzip\r\n", 1)
				client := dialRaw(t, gate.address)
				client.send(request)
				r.check(t, kind, client.readTo(t, strings.Fields(request)[0]))
				for _, asked := range pages.take() {
					asked.checkBodiless(t)
				}
				up.checkUntouched(t)
			})
		}
	}
}

// check fails unless an answer is the one that the replacer makes of a refusal.
func (r replacer) check(t *testing.T, kind string, got answer) {
	t.Helper()
	if r.status != 0 && got.status != r.status || r.status == 0 && got.status/100 != 4 {
		t.Errorf("the answer is %d, want %d", got.status, r.status)
	}
	switch {
	case kind == "HEAD":
		if got.body != "" {
			t.Errorf("a HEAD is answered with %q", got.body)
		}
	case r.body != "":
		if got.body != r.body {
			t.Errorf("the answer is %d bytes, %.80q, want %d", len(got.body), got.body, len(r.body))
		}
	default:
		var envelope struct{ Error struct{ Code string } }
		if err := json.Unmarshal([]byte(got.body), &envelope); err != nil || envelope.Error.Code == "" {
			t.Errorf("the answer is no whole refusal: %v: %s", err, got.body)
		}
	}
}

// readTo returns the answer to a request of some method, unpacked.
func (c *rawConnection) readTo(t *testing.T, method string) answer {
	t.Helper()
	response, err := http.ReadResponse(c.reader, &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	return unpacked(t, response, method)
}

func unpacked(t *testing.T, response *http.Response, method string) answer {
	t.Helper()
	if response.Header.Get("Content-Encoding") == "gzip" && method != http.MethodHead {
		plain, err := gzip.NewReader(bufio.NewReader(response.Body))
		if err != nil {
			t.Fatal(err)
		}
		response.Body = io.NopCloser(plain)
	}
	got, err := readAnswer(response)
	if err != nil {
		t.Fatalf("the answer is cut off: %v, %d bytes: %.80q", err, len(got.body), got.body)
	}
	return got
}

// checkBodiless fails unless a request has no body, and nothing that speaks of
// one.
func (r received) checkBodiless(t testing.TB) {
	t.Helper()
	if len(r.body) != 0 {
		t.Errorf("the service got %d bytes of body", len(r.body))
	}
	for _, name := range []string{
		"Transfer-Encoding", "Trailer", "Expect", "Content-Encoding", "Upgrade",
		"Digest", "Content-Digest", "Repr-Digest", "Content-Md5",
	} {
		if values := r.values(name); values != nil {
			t.Errorf("the service got %s %q, want none", name, values)
		}
	}
	if values := r.values("Content-Length"); len(values) > 0 && values[0] != "0" {
		t.Errorf("the service got Content-Length %q", values)
	}
}

// TestReplacedAnswersOverHTTP2: lengths that are not true are errors of the
// protocol there (RFC 9113, section 8.1.1).
func TestReplacedAnswersOverHTTP2(t *testing.T) {
	t.Parallel()
	gate, pages, _ := startReplacers(t)
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: protocols, DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	for name, r := range replacers {
		for _, method := range []string{http.MethodPost, http.MethodHead} {
			t.Run(name+"/"+method, func(t *testing.T) {
				request, err := http.NewRequest(method, gate.url(endpoint), strings.NewReader(newCustomer().with("phone", "1").json()))
				if err != nil {
					t.Fatal(err)
				}
				request.Host = hostOf(name)
				request.Header = http.Header{
					"Content-Type": {"application/json"}, "Platform": {"fincode"}, "Uuid": {"200"}, "Accept-Encoding": {"gzip"},
				}
				response, err := transport.RoundTrip(request)
				if err != nil {
					t.Fatal(err)
				}
				r.check(t, method, unpacked(t, response, method))
				for _, asked := range pages.take() {
					asked.checkBodiless(t)
				}
			})
		}
	}
}

// TestAnswersOfOtherKindsReplaced: what goes for refusals goes for all that the
// gate answers, and for the original of a request that it has let through.
func TestAnswersOfOtherKindsReplaced(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	pages := startUpstreamWith(t, func(c net.Conn, _ received) bool { return created(c) })
	site := func(host, directives string) string {
		return "http://" + host + ".test:{$PORT} {\n bind 127.0.0.1\n " + directives + "\n }\n"
	}
	unique := func(file, options string) string {
		return "customer_gate {\n keys file {$DIR}/private.pem\n idempotency\n unique_email bolt {$DIR}/" + file + options + "\n }\n reverse_proxy {$UPSTREAM}\n"
	}
	const custom = "intercept {\n handle_response {\n respond custom 202\n }\n }\n"
	gate := startGateway(t, setup{
		upstream: up.address,
		env:      []string{"PAGES=" + pages.address, "NOBODY=127.0.0.1:" + freePort(t)},
		more: site("neutral", custom+unique("neutral.db", " {\n "+neutralOption+" }")) +
			site("replayed", "intercept {\n @again header Idempotency-Replayed true\n handle_response @again {\n respond custom 202\n }\n }\n"+unique("replayed.db", "")) +
			site("accepted", "intercept {\n replace_status 203\n }\n encode gzip\n"+unique("accepted.db", "")) +
			site("keys", custom+"customer_gate_keys {\n keys file {$DIR}/private.pem\n }\n") +
			site("down", "customer_gate {\n keys file {$DIR}/private.pem\n }\n reverse_proxy {$NOBODY}\n handle_errors {\n reverse_proxy {$PAGES}\n }\n"),
	})
	ask := func(t *testing.T, host, request string) answer {
		t.Helper()
		client := dialRaw(t, gate.address)
		client.send(strings.Replace(request, "gate.example", host+".test", 1))
		return client.readTo(t, strings.Fields(request)[0])
	}
	registration := newCustomer().json()

	t.Run("neutral", func(t *testing.T) {
		for range 2 {
			if got := ask(t, "neutral", rawPost("", registration)); got.status != 202 || got.body != "custom" {
				t.Errorf("the answer is %d %q", got.status, got.body)
			}
		}
		up.takeOne(t)
	})
	t.Run("replayed", func(t *testing.T) {
		keyed := rawPost("Idempotency-Key: once\r\n", registration)
		ask(t, "replayed", keyed).check(t, 201, createdBody)
		if got := ask(t, "replayed", keyed); got.status != 202 || got.body != "custom" {
			t.Errorf("the answer is %d %q", got.status, got.body)
		}
		up.takeOne(t)
	})
	t.Run("accepted, and judged by the upstream's own answer", func(t *testing.T) {
		if got := ask(t, "accepted", rawPost("", registration)); got.status != 203 || got.body != createdBody {
			t.Errorf("the answer is %d %q", got.status, got.body)
		}
		ask(t, "accepted", rawPost("", registration)).check(t, 203, `"email_taken"`)
		up.takeOne(t)
	})
	t.Run("accepted, and the upstream is down", func(t *testing.T) {
		for _, request := range []string{
			rawPost("Digest: x\r\n", registration),
			rawChunked("Trailer: X-Sum\r\n", chunks(registration, "")+"0\r\nX-Sum: 1\r\n\r\n"),
		} {
			ask(t, "down", request).check(t, 201, createdBody)
			pages.takeOne(t).checkBodiless(t)
		}
	})
	for _, path := range []string{"/keys", "/keys.json", "/keys.pem", "/keys.txt", "/nothing"} {
		t.Run(path, func(t *testing.T) {
			if got := ask(t, "keys", "GET "+path+" HTTP/1.1\r\nHost: gate.example\r\n\r\n"); got.status != 202 || got.body != "custom" {
				t.Errorf("the answer is %d %q", got.status, got.body)
			}
			if got := ask(t, "keys", "HEAD "+path+" HTTP/1.1\r\nHost: gate.example\r\n\r\n"); got.header.Get("Content-Length") != "6" {
				t.Errorf("the length is %q", got.header.Get("Content-Length"))
			}
		})
	}
}
