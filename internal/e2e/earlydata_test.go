package e2e

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
)

// TestEarlyData registers over HTTP/3 in the early data of a resumed
// connection, which whoever saw its packets can send again: the gate says 425
// and, once the handshake is complete, takes the same request.
func TestEarlyData(t *testing.T) {
	t.Parallel()
	up, cert := startUpstream(t), newCertificate(t)
	gate := startGateway(t, setup{
		upstream: up.address,
		global:   "auto_https disable_redirects\n",
		address:  "https://localhost:{$PORT}",
		site:     cert.site + defaultSite,
	})
	tickets := &ticketWatch{ClientSessionCache: tls.NewLRUClientSessionCache(1), put: make(chan struct{}, 8)}
	config := cert.client(http3.NextProtoH3)
	config.ClientSessionCache = tickets

	first := dialHTTP3(t, gate.address, config)
	first.post(t).check(t, 201)
	newCustomer().checkForwarded(t, up.takeOne(t).body)
	select {
	case <-tickets.put:
	case <-time.After(patience):
		t.Fatal("no session ticket came, so there is nothing to resume")
	}

	// While the server's packets are held back, the handshake cannot go on,
	// so what the gate judges now is early data for certain.
	between := startDelay(t, gate.address)
	second := dialHTTP3(t, between.address, config)
	stream := second.send(t)
	waitUntil(t, "the gate has judged the early data", func() bool {
		return strings.Contains(gate.metrics(t), `caddy_customer_gate_requests_total{endpoint="register_customer",mode="enforce",outcome="too_early"} 1`)
	})
	close(between.release)
	response, err := stream.ReadResponse()
	if err != nil {
		t.Fatal(err)
	}
	judged, err := readAnswer(response)
	if err != nil {
		t.Fatal(err)
	}
	judged.check(t, http.StatusTooEarly, `"code":"TOO_EARLY"`)
	up.checkUntouched(t)

	second.post(t).check(t, 201)
	newCustomer().checkForwarded(t, up.takeOne(t).body)
	if !second.quic.ConnectionState().Used0RTT {
		t.Error("the early data was not taken as such")
	}
}

// ticketWatch tells when a session can be resumed.
type ticketWatch struct {
	tls.ClientSessionCache
	put chan struct{}
}

func (w *ticketWatch) Put(key string, state *tls.ClientSessionState) {
	w.ClientSessionCache.Put(key, state)
	select {
	case w.put <- struct{}{}:
	default:
	}
}

// h3Connection is an HTTP/3 client that may use early data for a POST, which
// libraries refuse to do.
type h3Connection struct {
	quic *quic.Conn
	http *http3.ClientConn
}

func dialHTTP3(t testing.TB, address string, config *tls.Config) h3Connection {
	t.Helper()
	return dialHTTP3With(t, address, config, &quic.Config{HandshakeIdleTimeout: patience})
}

func dialHTTP3With(t testing.TB, address string, config *tls.Config, settings *quic.Config) h3Connection {
	t.Helper()
	socket, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	transport := &quic.Transport{Conn: socket}
	t.Cleanup(func() {
		transport.Close()
		socket.Close()
	})
	server, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := transport.DialEarly(t.Context(), server, config, settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.CloseWithError(quic.ApplicationErrorCode(http3.ErrCodeNoError), "") })
	return h3Connection{conn, new(http3.Transport).NewClientConn(conn)}
}

func registration3(t testing.TB) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://localhost"+endpoint, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, "Platform": {"fincode"}, "Uuid": {"200"}}
	return request
}

// send sends a registration without waiting for the handshake.
func (c h3Connection) send(t testing.TB) *http3.RequestStream {
	t.Helper()
	stream, err := c.http.OpenRequestStream(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.SendRequestHeader(registration3(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(stream, newCustomer().json()); err != nil {
		t.Fatal(err)
	}
	if err := stream.Close(); err != nil {
		t.Fatal(err)
	}
	return stream
}

// post sends a registration after the handshake and returns its answer.
func (c h3Connection) post(t testing.TB) answer {
	t.Helper()
	request := registration3(t)
	request.Body = io.NopCloser(strings.NewReader(newCustomer().json()))
	response, err := c.http.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAnswer(response)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// delay stands between one client and a server and holds back what the server
// says until it is released.
type delay struct {
	address string
	release chan struct{}
}

func startDelay(t testing.TB, server string) delay {
	t.Helper()
	front, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	back, err := net.Dial("udp", server)
	if err != nil {
		t.Fatal(err)
	}
	d := delay{front.LocalAddr().String(), make(chan struct{})}
	client := make(chan net.Addr, 1)
	done := make(chan struct{}, 2)
	t.Cleanup(func() {
		front.Close()
		back.Close()
		<-done
		<-done
	})
	go func() {
		defer func() { done <- struct{}{} }()
		buffer := make([]byte, 1<<16)
		for {
			n, from, err := front.ReadFrom(buffer)
			if err != nil {
				return
			}
			select {
			case client <- from:
			default:
			}
			_, _ = back.Write(buffer[:n])
		}
	}()
	go func() {
		defer func() { done <- struct{}{} }()
		select {
		case <-d.release:
		case <-t.Context().Done():
			return
		}
		to := <-client
		buffer := make([]byte, 1<<16)
		for {
			n, err := back.Read(buffer)
			if err != nil {
				return
			}
			_, _ = front.WriteTo(buffer[:n], to)
		}
	}()
	return d
}
