package e2e

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// stalledAnswers are kinds of answers that a client does not read.
var stalledAnswers = map[string]http.HandlerFunc{
	"short":            answerCreated,
	"short, in chunks": answerInChunks,
	"long":             answerWith(201, strings.Repeat(" ", 30000)+createdBody),
	"longer than all":  answerWith(201, createdBody+strings.Repeat(" ", 16<<20)),
	"empty":            answerWith(201, ""),
	"without a body":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) },
	"with trailers":    answerWithTrailers,
	"behind early hints": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</"+strings.Repeat("x", 100_000)+">")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Del("Link")
		answerCreated(w, r)
	},
	"without an end": answerWithoutEnd,
}

func answerWithTrailers(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Trailer", "X-Announced")
	answerInChunks(w, r)
	w.Header().Set("X-Announced", "a")
	w.Header().Set(http.TrailerPrefix+"X-Other", "b")
}

// answerWithoutEnd goes on until the gateway does not take any more.
func answerWithoutEnd(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, createdBody)
	blanks := []byte(strings.Repeat(" ", 64<<10))
	for r.Context().Err() == nil {
		if _, err := w.Write(blanks); err != nil {
			return
		}
	}
}

// stalledClients send a registration and read nothing of its answer, not even what
// the protocol would have them read.
var stalledClients = map[string]func(t testing.TB, gate *gateway, cert certificate, body string){
	"HTTP/1": stallHTTP1, "HTTP/2": stallHTTP2, "HTTP/3": stallHTTP3,
}

// TestStalledClient: a customer who was created has an address that is taken,
// though the client reads nothing of the answer; and neither the gateway nor the
// upstream waits for the client forever.
func TestStalledClient(t *testing.T) {
	t.Parallel()
	for protocol, stall := range stalledClients {
		t.Run(protocol, func(clients *testing.T) { // who stay until its end
			clients.Parallel()
			t := clients
			service, cert := startService(t), newCertificate(t)
			gate := startGateway(t, setup{
				upstream: service.address,
				global:   "auto_https disable_redirects\n",
				address:  "https://localhost:{$PORT}",
				site:     cert.site + boltStore.gate(shortLease),
			})
			for kind, answer := range stalledAnswers {
				t.Run(kind, func(t *testing.T) {
					service.answers(answer)
					address := newAddress()
					stall(clients, gate, cert, newCustomer().with("email", address).json())
					service.await(t, address)
					waitUntil(t, "the address is taken", func() bool {
						return registerOverTLS(t, gate, cert, address).isTaken()
					})
					if n := service.registrations(address); n != 1 {
						t.Errorf("%d registrations reached the upstream, want 1", n)
					}
				})
			}
			waitUntil(t, "the gateway has done with its clients", func() bool {
				return !strings.Contains(gate.adminGet(t, "/debug/pprof/goroutine?debug=1"), "uniqueness.(*Visit).Forward")
			})
			service.awaitIdle(t)
		})
	}
}

func registerOverTLS(t testing.TB, gate *gateway, cert certificate, address string) answer {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: cert.client(), DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", gate.address)
	}}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequest(http.MethodPost, "https://localhost"+endpoint, strings.NewReader(newCustomer().with("email", address).json()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, "Platform": {"fincode"}, "Uuid": {"200"}}
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAnswer(response)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func stallHTTP1(t testing.TB, gate *gateway, cert certificate, body string) {
	t.Helper()
	dialer := &net.Dialer{Control: func(_, _ string, c syscall.RawConn) error { // before it tells its window
		return c.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 1) })
	}}
	c, err := tls.DialWithDialer(dialer, "tcp", gate.address, cert.client("http/1.1"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := io.WriteString(c, strings.Replace(rawPost("", body), "gate.example", "localhost", 1)); err != nil {
		t.Fatal(err)
	}
}

func stallHTTP2(t testing.TB, gate *gateway, cert certificate, body string) {
	t.Helper()
	c := dialHTTP2(t, gate.address, cert)
	if err := c.framer.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0}); err != nil {
		t.Fatal(err)
	}
	c.write(h2Request{fields: []hpack.HeaderField{{Name: "content-length", Value: fmt.Sprint(len(body))}}, data: []string{body}})
}

func stallHTTP3(t testing.TB, gate *gateway, cert certificate, body string) {
	t.Helper()
	c := dialHTTP3With(t, gate.address, cert.client(http3.NextProtoH3), &quic.Config{
		HandshakeIdleTimeout:       patience,
		KeepAlivePeriod:            time.Second,
		InitialStreamReceiveWindow: 1, // the least that the library lets one have
		MaxStreamReceiveWindow:     1,
	})
	stream, err := c.http.OpenRequestStream(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	request := registration3(t)
	request.Body, request.ContentLength = http.NoBody, int64(len(body)) // which is sent below
	if err := stream.SendRequestHeader(request); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(stream, body); err != nil {
		t.Fatal(err)
	}
	if err := stream.Close(); err != nil {
		t.Fatal(err)
	}
}
