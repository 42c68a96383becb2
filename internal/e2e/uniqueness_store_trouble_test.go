package e2e

import (
	"strings"
	"testing"
	"time"
)

// TestClaimsStoreStalls: while the store takes connections but answers nothing,
// registrations are refused or let through, as the operator wants, and in time;
// when it answers again, all is as before.
func TestClaimsStoreStalls(t *testing.T) {
	t.Parallel()
	for name, behind := range map[string]func(*testing.T) (claimStore, *breaker){
		"redis": func(t *testing.T) (claimStore, *breaker) {
			proxy := startBreaker(t, sharedRedis.get(t).Address)
			return redisStore(proxy.address).with(newRedisDatabase()), proxy
		},
		"postgres": func(t *testing.T) (claimStore, *breaker) {
			server := sharedPostgres.get(t)
			proxy := startBreaker(t, server.Address)
			return postgresStore(through(server.NewDatabase(t), server.Address, proxy.address)), proxy
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, proxy := behind(t)
			service := startService(t)
			gate := startGateway(t, setup{
				upstream: service.address,
				env:      store.env,
				site:     "handle /open/* {\n" + store.gate("on_failure open\n") + "}\nhandle {\n" + store.gate("") + "}\n",
			})
			known := newAddress()
			register(t, gate, known).check(t, 201)

			proxy.hold(answers)
			address, start := newAddress(), time.Now()
			got := register(t, gate, address)
			got.check(t, 503, `"code":"SERVICE_UNAVAILABLE"`)
			got.checkRetryAfter(t, time.Minute)
			body := newCustomer().with("email", address).json()
			post(t, gate.url("/open"+endpoint), body).check(t, 201)
			if took := time.Since(start); took > patience {
				t.Errorf("two answers took %s", took)
			}
			if n := service.registrations(address); n != 1 {
				t.Errorf("%d reached the upstream, want the one that was let through", n)
			}
			if failed, open := claimsMetric(t, gate, "failed"), claimsMetric(t, gate, "open"); failed != 2 || open != 1 {
				t.Errorf("%d operations failed and %d registrations were let through, want 2 and 1", failed, open)
			}

			proxy.pass()
			waitUntil(t, "the store is there again", func() bool { return register(t, gate, known).isTaken() })
			register(t, gate, newAddress()).check(t, 201)
			for _, said := range []string{"the claims store fails", "the claims store works again"} {
				if n := strings.Count(gate.log.String(), `"`+said); n != 1 {
					t.Errorf("%q is in the log %d times, want once", said, n)
				}
			}
		})
	}
}
