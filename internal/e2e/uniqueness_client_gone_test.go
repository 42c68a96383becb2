package e2e

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
)

// sender sends a registration, and returns how its client goes away.
type sender func(t testing.TB, g *gateway, address string, key headerField) (leave func())

// TestClientGone: a registration that is with the upstream when its client goes
// away is carried through, and counts; a client that comes back with its
// idempotency key gets the answer that it has missed.
func TestClientGone(t *testing.T) {
	t.Parallel()
	welcome := `{"success":true,"data":"` + strings.Repeat("x", 50<<10) + `"}` // no buffer takes all of it
	service := startService(t)
	service.answers(answerWith(201, welcome))
	proxy := startBreaker(t, service.address)
	gate := startGateway(t, setup{
		upstream: proxy.address,
		global:   "servers {\n protocols h1 h2c\n }\n",
		site:     boltStore.gate(""),
	})
	for i, client := range []struct {
		name  string
		sends sender
	}{
		{"HTTP/1 closes its connection", sendAndClose},
		{"HTTP/1 resets its connection", sendAndReset},
		{"HTTP/2 cancels its stream", sendAndCancel},
		{"HTTP/2 closes its connection", sendAndCloseHTTP2},
	} {
		t.Run(client.name, func(t *testing.T) {
			address := newAddress()
			key := headerField{"Idempotency-Key", fmt.Sprint("gone-", i)}
			proxy.hold(answers)
			leave := client.sends(t, gate, address, key)
			service.await(t, address)
			leave()
			register(t, gate, address).checkPending(t, defaultLease)
			register(t, gate, address, key).check(t, 409, `"code":"request_pending"`)
			proxy.pass()
			var missed answer
			waitUntil(t, "the answer is kept", func() bool {
				missed = register(t, gate, address, key)
				return !strings.Contains(missed.body, `"code":"request_pending"`)
			})
			if missed.status != 201 || missed.body != welcome {
				t.Errorf("the missed answer is %d, %d octets", missed.status, len(missed.body))
			}
			register(t, gate, address).checkTaken(t)
			if n := service.registrations(address); n != 1 {
				t.Errorf("%d registrations reached the upstream, want 1", n)
			}
		})
	}
}

// TestClientGoneInTrouble: whether anybody still listens makes no difference to
// what the upstream's answer means.
func TestClientGoneInTrouble(t *testing.T) {
	t.Parallel()
	service := startService(t)
	gate := startGates(t, boltStore, "{header."+upstreamHeader+"}", "")[0]
	for name, tc := range map[string]struct {
		service http.HandlerFunc
		breaks  func(*breaker)
		outcome string // that is counted
		state   addressState
	}{
		"the upstream refuses": {answerWith(400, `{"success":false}`), (*breaker).pass, "released", isFree},
		"the upstream knows":   {answerWith(409, `{"success":false}`), (*breaker).pass, "committed", isTaken},
		"the upstream fails":   {answerWith(503, ""), (*breaker).pass, "held", isPending},
		"the upstream is gone": {answerCreated, (*breaker).refuse, "held", isPending},
	} {
		t.Run(name, func(t *testing.T) {
			address, before := newAddress(), claimsMetric(t, gate, tc.outcome)
			proxy := startBreaker(t, service.address)
			proxy.hold(answers)
			service.answers(tc.service)
			leave := sendAndClose(t, gate, address, toUpstream(proxy.address))
			service.await(t, address)
			leave()
			tc.breaks(proxy)
			waitUntil(t, "the registration has an outcome", func() bool {
				return claimsMetric(t, gate, tc.outcome) > max(0, before)
			})

			service.answers(answerCreated)
			switch next := register(t, gate, address, toUpstream(service.address)); tc.state {
			case isFree:
				next.check(t, 201)
			case isTaken:
				next.checkTaken(t)
			case isPending:
				next.checkPending(t, defaultLease)
			}
		})
	}
}

// TestClientGoneEarly: a client that goes away while the store is still asked
// leaves nothing reserved. Its registration goes no further, unless the gateway
// notices too late, and then it is carried through.
func TestClientGoneEarly(t *testing.T) {
	t.Parallel()
	service := startService(t)
	proxy := startBreaker(t, sharedRedis.get(t).Address)
	gate := startGateway(t, setup{
		upstream: service.address,
		site:     redisStore(proxy.address).with(patientStore).with(newRedisDatabase()).gate(""),
	})
	register(t, gate, newAddress()).check(t, 201) // from now on, the server knows the scripts
	for range 5 {
		address := newAddress()
		proxy.hold(requests)
		sent := proxy.count(requests)
		leave := sendAndClose(t, gate, address, headerField{"Accept", "*/*"})
		waitUntil(t, "the store is asked", func() bool { return proxy.count(requests) > sent })
		leave()
		proxy.pass()
		var got answer
		waitUntil(t, "the address is not reserved", func() bool {
			got = register(t, gate, address)
			return !got.isPending()
		})
		if got.status != 201 && !got.isTaken() {
			t.Errorf("the next registration is answered %d %s", got.status, got.body)
		}
		if n := service.registrations(address); n != 1 {
			t.Errorf("%d registrations reached the upstream, want 1", n)
		}
	}
}

func sendAndClose(t testing.TB, gate *gateway, address string, key headerField) func() {
	c := dialRaw(t, gate.address)
	c.send(rawPost(key.name+": "+key.value+"\r\n", newCustomer().with("email", address).json()))
	return func() { c.Close() }
}

func sendAndReset(t testing.TB, gate *gateway, address string, key headerField) func() {
	c := dialRaw(t, gate.address)
	c.send(rawPost(key.name+": "+key.value+"\r\n", newCustomer().with("email", address).json()))
	return func() {
		reset(c.Conn)
		c.Close()
	}
}

func sendAndCancel(t testing.TB, gate *gateway, address string, key headerField) func() {
	leave, _ := sendHTTP2(t, gate, address, key)
	return leave
}

func sendAndCloseHTTP2(t testing.TB, gate *gateway, address string, key headerField) func() {
	_, leave := sendHTTP2(t, gate, address, key)
	return leave
}

// sendHTTP2 sends a registration on a connection of its own, and returns how to
// cancel it and how to close the connection.
func sendHTTP2(t testing.TB, gate *gateway, address string, key headerField) (cancel, hangUp func()) {
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
	request.Header = http.Header{"Content-Type": {"application/json"}, "Platform": {"fincode"}, "Uuid": {"200"}, key.name: {key.value}}
	go func() {
		if response, err := transport.RoundTrip(request); err == nil {
			t.Errorf("the registration was answered %d", response.StatusCode)
			response.Body.Close()
		}
	}()
	return cancel, func() { c.Close() }
}
