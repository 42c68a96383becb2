package e2e

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/customergate/customergate/internal/cryptomb"
)

// recorder is an upstream that keeps the bytes of each request, and answers what the
// header X-Answer says.
type recorder struct {
	address string
	got     chan string
}

func startRecorder(t *testing.T) *recorder {
	t.Helper()
	r := &recorder{got: make(chan string, 1)}
	r.address = startRawUpstream(t, r.serve)
	return r
}

func (r *recorder) serve(c net.Conn) {
	raw := new(bytes.Buffer)
	reader := bufio.NewReader(io.TeeReader(c, raw))
	request, err := http.ReadRequest(reader)
	if err != nil {
		return
	}
	head, _, _ := strings.Cut(raw.String(), "\r\n\r\n")
	if request.Header.Get("Expect") != "" {
		_, _ = io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
	}
	body, err := io.ReadAll(request.Body)
	status := request.Header.Get("X-Answer")
	if status == "" {
		status = "201"
	}
	_, _ = fmt.Fprintf(c, "HTTP/1.1 %s OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", status)
	r.got <- fmt.Sprintf("%s\n\n%s\n%v %v %v", head, body, request.TransferEncoding, request.Trailer, err)
}

// watching is a gate that monitors all but requests that say not to.
func watching(options string) string {
	return `
	@gated not header X-Bare *
	customer_gate @gated {
		mode monitor
		keys file {$DIR}/private.pem
		` + options + `
	}
	reverse_proxy {$UPSTREAM} {
		header_up -X-Bare
	}
	`
}

// TestMonitoredRequestsArriveAsSent compares, byte by byte, what the upstream gets
// with a gate that monitors and without any.
func TestMonitoredRequestsArriveAsSent(t *testing.T) {
	t.Parallel()
	up := startRecorder(t)
	gate := startGateway(t, setup{upstream: up.address, site: watching("")})
	good, long := newCustomer().json(), strings.Repeat("x", 100<<10)
	encrypted := newCustomer().encrypted(t, keyOfTests(), crypto.SHA1).json()
	for name, request := range map[string]string{
		"with its length":     rawPost("", good),
		"in chunks":           rawChunked("", chunks(good, ";name=value")+"0\r\n\r\n"),
		"with a trailer":      rawChunked("TE: trailers\r\nTrailer: X-Checksum\r\n", chunks(good, "")+"0\r\nX-Checksum: abc\r\n\r\n"),
		"silent trailer":      rawChunked("", chunks(good, "")+"0\r\nX-Checksum: abc\r\n\r\n"),
		"over-long":           rawPost("", `{"a":"`+long+`"}`),
		"over-long, chunks":   rawChunked("", chunks(`{"a":"`+long+`"}`, "")+"0\r\n\r\n"),
		"malformed":           rawPost("", "\xff{\"email\":1,\"email\":2}"),
		"no body":             rawPost("", ""),
		"encrypted":           rawPost("", encrypted),
		"blanks, escapes":     rawPost("", " "+strings.ReplaceAll(good, `"email"`, `"\u0065mail" `)+"\n"),
		"compressed":          rawPost("Content-Encoding: gzip\r\n", good),
		"another type":        strings.Replace(rawPost("", good), "application/json", "text/plain", 1),
		"another method":      strings.Replace(rawPost("", good), "POST", "PATCH", 1),
		"without platform":    strings.Replace(rawPost("", good), "platform: fincode\r\n", "", 1),
		"GET":                 "GET /page?a=b HTTP/1.1\r\nHost: gate.example\r\n\r\n",
		"HTTP/1.0":            strings.Replace(rawPost("", good), "HTTP/1.1", "HTTP/1.0", 1),
		"digests":             rawPost("Digest: sha-256=AA==\r\nContent-MD5: AA==\r\n", good),
		"key and idempotency": rawPost("Encryption-Key-Id: none\r\nIdempotency-Key: abc\r\n", good),
	} {
		t.Run(name, func(t *testing.T) {
			bare := strings.Replace(request, "Host:", "X-Bare: 1\r\nHost:", 1)
			exchange(t, gate.address, bare).check(t, 201, "ok")
			want := <-up.got
			exchange(t, gate.address, request).check(t, 201, "ok")
			if got := <-up.got; got != want {
				t.Errorf("the upstream got\n%.2000q\nwithout a gate it gets\n%.2000q", got, want)
			}
		})
	}
}

// TestMonitoredExpectation: a client that waits to be told to go on is told so when
// the upstream wants the body.
func TestMonitoredExpectation(t *testing.T) {
	t.Parallel()
	up := startRecorder(t)
	gate := startGateway(t, setup{upstream: up.address, site: watching("")})
	head, body, _ := strings.Cut(rawPost("Expect: 100-continue\r\n", newCustomer().json()), "\r\n\r\n")
	for name, head := range map[string]string{"bare": strings.Replace(head, "Host:", "X-Bare: 1\r\nHost:", 1), "watched": head} {
		t.Run(name, func(t *testing.T) {
			client := dialRaw(t, gate.address)
			client.send(head + "\r\n\r\n")
			client.read().check(t, 100)
			client.send(body)
			for _, status := range []int{100, 201} { // the upstream's own, too
				if got := client.read(); got.status != status && got.status != 201 {
					t.Fatalf("the answer is %d", got.status)
				} else if got.status == 201 {
					break
				}
			}
			if got := <-up.got; !strings.Contains(got, body) {
				t.Errorf("the upstream got %s", got)
			}
		})
	}
}

// TestMonitoredOverHTTP2: a body of unknown length, and a trailer, arrive as without
// a gate.
func TestMonitoredOverHTTP2(t *testing.T) {
	t.Parallel()
	up, cert := startRecorder(t), newCertificate(t)
	gate := startGateway(t, setup{
		upstream: up.address, global: "auto_https disable_redirects\n",
		address: "https://localhost:{$PORT}", site: cert.site + watching(""),
	})
	transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: cert.client(), DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", gate.address)
	}}
	defer transport.CloseIdleConnections()
	send := func(header http.Header) string {
		request, err := http.NewRequest(http.MethodPost, "https://localhost"+endpoint, io.MultiReader(strings.NewReader(newCustomer().json())))
		if err != nil {
			t.Fatal(err)
		}
		request.Header = http.Header{"Content-Type": {"application/json"}, "Platform": {"fincode"}, "Uuid": {"200"}, "Te": {"trailers"}}
		request.Trailer = http.Header{"X-Checksum": {"abc"}}
		for name, values := range header {
			request.Header[name] = values
		}
		response, err := transport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		got, err := readAnswer(response)
		if err != nil || response.ProtoMajor != 2 {
			t.Fatal(response.Proto, err)
		}
		got.check(t, 201, "ok")
		return <-up.got
	}
	if want, got := send(http.Header{"X-Bare": {"1"}}), send(nil); got != want {
		t.Errorf("the upstream got\n%.2000q\nwithout a gate it gets\n%.2000q", got, want)
	}
}

// TestMonitorTells: the log, the metrics and the report say what would have been
// refused, and what the upstream has said of it.
func TestMonitorTells(t *testing.T) {
	t.Parallel()
	up := startRecorder(t)
	gate := startGateway(t, setup{upstream: up.address, env: cryptomb.Environment(), site: watching("unique_email bolt {$DIR}/claims.db\n")})
	sent := 0
	send := func(status int, body string) {
		t.Helper()
		exchange(t, gate.address, rawPost(fmt.Sprintf("X-Answer: %d\r\n", status), body)).check(t, status)
		<-up.got
		sent++
		waitUntil(t, "it has been judged, or the next one might be skipped", func() bool {
			return strings.Count(gate.log.String(), `"msg":"handled request"`) == sent
		})
	}
	stranger := newKey()
	send(201, newCustomer().json())
	send(201, newCustomer().json()) // nothing was claimed
	send(400, newCustomer().json())
	send(201, newCustomer().with("firstName", "X Æ A-12").json())
	send(400, newCustomer().with("firstName", "X Æ A-12").with("phone", "1").json())
	for range 10 {
		send(400, newCustomer().encrypted(t, stranger, crypto.SHA256).json())
	}
	send(201, newCustomer().encrypted(t, keyOfTests(), crypto.SHA256).json())
	send(500, "{")

	type row struct{ alone, verdict, upstream string }
	for r, n := range map[row]int{
		{"yes", "accepted", "2xx"}: 3, {"yes", "accepted", "4xx"}: 1, {"yes", "name_characters", "2xx"}: 1, {"no", "name_characters", "4xx"}: 1,
		{"no", "phone_format", "4xx"}: 1, {"yes", "password_undecryptable", "4xx"}: 10, {"yes", "malformed_json", "5xx"}: 1,
	} {
		name := fmt.Sprintf(`caddy_customer_gate_agreement_total{alone="%s",endpoint="register_customer",mode="monitor",upstream="%s",verdict="%s"} %d`, r.alone, r.upstream, r.verdict, n)
		waitUntil(t, name, func() bool { return strings.Contains(gate.metrics(t), name) })
	}
	if log := gate.log.String(); strings.Count(log, `"msg":"request would have been refused"`) != 13 || strings.Contains(log, "request refused") ||
		!strings.Contains(log, `"violations":["/firstName name_characters"],"upstream_status":201`) {
		t.Error("the log does not say what would have been refused")
	}
	report, err := exec.Command(binary, "customer-gate", "report", "--address", gate.admin).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, report)
	}
	for _, want := range []string{
		"look at it: the upstream accepted 1 of 2", "safe to enforce: the upstream accepted none of 10", "wait for more",
		"the upstream refused 1 that the gate lets through", "nothing can be said yet",
	} {
		if !strings.Contains(string(report), want) {
			t.Errorf("the report does not say %q:\n%s", want, report)
		}
	}
}

// TestMonitorFailsOpen: whatever is broken, requests go on.
func TestMonitorFailsOpen(t *testing.T) {
	t.Parallel()
	up := startRecorder(t)
	gate := startGateway(t, setup{upstream: up.address, site: watching("unique_email redis 127.0.0.1:1\nqueue {\n slots 1\n wait 0\n }\n")})
	for range 3 {
		exchange(t, gate.address, rawPost("", newCustomer().json())).check(t, 201, "ok")
		<-up.got
	}
	waitUntil(t, "they are counted as skipped", func() bool {
		return strings.Contains(gate.metrics(t), `caddy_customer_gate_agreement_total{alone="yes",endpoint="register_customer",mode="monitor",upstream="2xx",verdict="skipped"} 3`)
	})
}

// TestRelaxedCodes: a gate that enforces lets values through that break a rule which
// is relaxed, as they were sent, and refuses all others.
func TestRelaxedCodes(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address, site: `
	customer_gate {
		keys file {$DIR}/private.pem
		` + patient + `
		rules {
			monitor name_characters
			off phone_invalid
		}
	}
	reverse_proxy {$UPSTREAM}
	`})
	body := newCustomer().with("firstName", " X Æ A-12 ").with("phone", "+4498457363733").encrypted(t, keyOfTests(), crypto.SHA256).json()
	exchange(t, gate.address, rawPost("", body)).check(t, 201)
	if got := string(up.takeOne(t).body); !strings.Contains(got, `"firstName":" X Æ A-12 "`) || !strings.Contains(got, `"phone":"+4498457363733"`) || !strings.Contains(got, `"payloadEncrypted":false`) {
		t.Errorf("the upstream got %s", got)
	}
	exchange(t, gate.address, rawPost("", newCustomer().with("firstName", "4").with("role", "admin").json())).check(t, 422, "name_length", "unknown_field")
	waitUntil(t, "it is counted", func() bool {
		metrics := gate.metrics(t)
		return strings.Contains(metrics, `caddy_customer_gate_agreement_total{alone="yes",endpoint="register_customer",mode="monitor",upstream="2xx",verdict="name_characters"} 1`) &&
			strings.Contains(metrics, `caddy_customer_gate_violations_total{code="name_characters",endpoint="register_customer",mode="monitor",pointer="/firstName"} 1`)
	})
}
