package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestUpstreamHangsUpBetweenRequests: a connection that the upstream has
// closed while it was idle costs no registration.
func TestUpstreamHangsUpBetweenRequests(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address})
	for range 5 {
		post(t, gate.url(endpoint), newCustomer().json()).check(t, 201)
		newCustomer().checkForwarded(t, up.takeOne(t).body)
		up.hangUp(t)
	}
}

// TestUpstreamAnswersEarly: an upstream may answer before it has read the
// body; its answer passes, and no half of a body is ever sent as a whole one.
func TestUpstreamAnswersEarly(t *testing.T) {
	t.Parallel()
	address := startRawUpstream(t, func(c net.Conn) {
		_ = c.(*net.TCPConn).SetReadBuffer(4 << 10)
		reader := bufio.NewReaderSize(c, 1<<10)
		for {
			line, err := reader.ReadString('\n')
			if err != nil {
				return
			}
			if line == "\r\n" {
				break
			}
		}
		body := `{"success":false}`
		fmt.Fprintf(c, "HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		_, _ = io.Copy(io.Discard, reader)
	})
	gate := startGateway(t, setup{upstream: address})
	large := newCustomer().with("dynamicFields", map[string]any{"note": strings.Repeat("x", 60<<10)}).json()
	for range 20 {
		post(t, gate.url(endpoint), large).check(t, 429, `{"success":false}`)
	}
}

// TestUpstreamTrouble: what goes wrong behind the gate is answered as Caddy
// answers it without one, and by the same error routes.
func TestUpstreamTrouble(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		serve func(net.Conn)
		sent  string // what the upstream sends before it hangs up
	}{
		"down":                   {nil, ""},
		"hangs up":               {func(net.Conn) {}, ""},
		"resets":                 {reset, ""},
		"resets inside its head": {reset, "HTTP/1.1 201 Created\r\nContent-Le"},
		"does not speak HTTP":    {reset, "220 mail.example ESMTP\r\n"},
		"switches protocols":     {hangUp, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"},
		"switches to nothing":    {hangUp, "HTTP/1.1 101 Switching Protocols\r\n\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := "127.0.0.1:" + freePort(t)
			if tc.serve != nil {
				address = startRawUpstream(t, func(c net.Conn) {
					_, _ = bufio.NewReader(c).ReadString('\n')
					_, _ = io.WriteString(c, tc.sent)
					tc.serve(c)
				})
			}
			gate := startGateway(t, setup{upstream: address, site: defaultSite + `
	handle_errors {
		respond "{err.status_code} {err.status_text}"
	}
	`})
			post(t, gate.url(endpoint), newCustomer().json()).check(t, 502, "502 Bad Gateway")
		})
	}

	t.Run("breaks off its body", func(t *testing.T) {
		t.Parallel()
		address := startRawUpstream(t, func(c net.Conn) {
			_, _ = bufio.NewReader(c).ReadString('\n')
			_, _ = io.WriteString(c, "HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\nhalf")
		})
		gate := startGateway(t, setup{upstream: address})
		if got, err := tryPost(gate.url(endpoint), newCustomer().json()); err == nil {
			t.Errorf("half an answer came as a whole one: %d %s", got.status, got.body)
		}
	})
}

func reset(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }

// startRawUpstream serves each connection by a function and then closes it.
func startRawUpstream(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				serve(c)
			}()
		}
	}()
	return listener.Addr().String()
}

// TestSwitchingProtocols: whatever makes an upstream answer 101, the client gets
// no tunnel and no success, and is told so behind the hints that it may have.
func TestSwitchingProtocols(t *testing.T) {
	t.Parallel()
	const switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
	address := startRawUpstream(t, func(c net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(c))
		_, _ = io.WriteString(c, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"+switching)
		_, _ = io.Copy(io.Discard, c)
	})
	for name, site := range map[string]string{
		"unasked":             "reverse_proxy {$UPSTREAM}\n",
		"asked by the proxy":  "reverse_proxy {$UPSTREAM} {\n header_up Connection Upgrade\n header_up Upgrade websocket\n }\n",
		"by another handler":  "header Link </a>\n respond 101\n",
		"by nobody":           "header Link </a>\n",
		"with unique_email":   "reverse_proxy {$UPSTREAM}\n",
		"with neutral answer": "reverse_proxy {$UPSTREAM}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := map[string]string{
				"with unique_email":   "unique_email bolt",
				"with neutral answer": "unique_email bolt {\n " + neutralOption + " }",
			}[name]
			gate := startGateway(t, setup{upstream: address, site: "route {\n customer_gate {\n keys file {$DIR}/private.pem\n " + options + "\n }\n" + site + "}\n"})
			client := dialRaw(t, gate.address)
			client.send(rawPost("Connection: Upgrade\r\nUpgrade: websocket\r\n", newCustomer().json()))
			got := client.read()
			if got.status == http.StatusEarlyHints {
				got = client.read()
			}
			got.check(t, 502)
			for _, name := range []string{"Connection", "Upgrade"} {
				if values := got.header.Values(name); values != nil {
					t.Errorf("the answer has %s %q", name, values)
				}
			}
			client.send(rawPost("", newCustomer().with("phone", "1").json()))
			client.read().check(t, 422) // on the same connection, which is still HTTP
		})
	}
}
