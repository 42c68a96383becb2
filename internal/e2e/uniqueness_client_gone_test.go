package e2e

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestClientGone: a registration that is with the upstream when its client goes
// away is carried through, and counts.
func TestClientGone(t *testing.T) {
	t.Parallel()
	service := startService(t)
	proxy := startBreaker(t, service.address)
	gate := startGateway(t, setup{
		upstream: proxy.address,
		global:   "servers {\n protocols h1 h2c\n }\n",
		site:     boltStore.gate(""),
	})
	for _, client := range []struct {
		name  string
		sends func(testing.TB, *gateway, string) (leave func())
	}{
		{"HTTP/1 closes its connection", sendAndClose},
		{"HTTP/1 resets its connection", sendAndReset},
		{"HTTP/2 cancels its stream", sendAndCancel},
		{"HTTP/2 closes its connection", sendAndCloseHTTP2},
	} {
		t.Run(client.name, func(t *testing.T) {
			address := newAddress()
			before := claimsMetric(t, gate, "committed")
			proxy.hold(answers)
			leave := client.sends(t, gate, address)
			service.await(t, address)
			leave()
			register(t, gate, address).checkPending(t, defaultLease)
			proxy.pass()
			waitUntil(t, "the claim is settled", func() bool { return claimsMetric(t, gate, "committed") > before })
			register(t, gate, address).checkTaken(t)
			if n := service.registrations(address); n != 1 {
				t.Errorf("%d registrations reached the upstream, want 1", n)
			}
		})
	}
}

func sendAndClose(t testing.TB, gate *gateway, address string) func() {
	c := dialRaw(t, gate.address)
	c.send(rawPost("", newCustomer().with("email", address).json()))
	return func() { c.Close() }
}

func sendAndReset(t testing.TB, gate *gateway, address string) func() {
	c := dialRaw(t, gate.address)
	c.send(rawPost("", newCustomer().with("email", address).json()))
	return func() {
		reset(c.Conn)
		c.Close()
	}
}

func sendAndCancel(t testing.TB, gate *gateway, address string) func() {
	leave, _ := sendHTTP2(t, gate, address)
	return leave
}

func sendAndCloseHTTP2(t testing.TB, gate *gateway, address string) func() {
	_, leave := sendHTTP2(t, gate, address)
	return leave
}

// sendHTTP2 sends a registration on a connection of its own, and returns how to
// cancel it and how to close the connection.
func sendHTTP2(t testing.TB, gate *gateway, address string) (cancel, hangUp func()) {
	t.Helper()
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	c, err := net.Dial("tcp", gate.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	transport := &http.Transport{
		Protocols:   protocols,
		DialContext: func(context.Context, string, string) (net.Conn, error) { return c, nil },
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	body := newCustomer().with("email", address).json()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, gate.url(endpoint), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, "Platform": {"fincode"}, "Uuid": {"200"}}
	go func() {
		if response, err := transport.RoundTrip(request); err == nil {
			t.Errorf("the registration was answered %d", response.StatusCode)
			response.Body.Close()
		}
	}()
	return cancel, func() { c.Close() }
}
