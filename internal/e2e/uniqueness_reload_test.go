package e2e

import (
	"errors"
	"net"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestReloadKeepsClaims: a store serves registrations without a break while
// configurations come and go and are validated, and forgets none.
func TestReloadKeepsClaims(t *testing.T) {
	t.Parallel()
	const validations, clients = 3, 4
	for name, store := range claimStores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := startService(t)
			s := store(t)
			s.gateways = 1
			r := &registrations{gate: startGates(t, s, service.address, "")[0]}

			var working sync.WaitGroup
			defer working.Wait()
			stop := make(chan struct{})
			for range clients {
				working.Go(func() {
					for !closed(stop) && !t.Failed() {
						r.registerTwice(t)
					}
				})
			}
			working.Go(func() {
				for n := 0; n < validations && !t.Failed(); n++ {
					validate(t, r.gate)
				}
			})
			for range rounds(t, reloads) {
				before := r.count()
				r.gate.reload(t)
				waitUntil(t, "registrations went through the new configuration", func() bool {
					return t.Failed() || r.count() >= before+clients
				})
			}
			close(stop)
			working.Wait()
			r.check(t, service)
		})
	}
}

// registrations are those of clients who go on while the gateway is reloaded.
type registrations struct {
	gate *gateway

	mu      sync.Mutex
	known   []string // addresses that were created, and then known to be taken
	again   int      // how often a connection was closed unread
	slowest time.Duration
}

func (r *registrations) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.known)
}

// registerTwice registers a new address, and again, for which it is taken.
func (r *registrations) registerTwice(t *testing.T) {
	address := newAddress()
	if got := r.register(t, address); got.status != 201 {
		t.Errorf("a new address is answered %d %s", got.status, got.body)
		return
	}
	if got := r.register(t, address); !got.isTaken() {
		t.Errorf("an address that was created is answered %d %s", got.status, got.body)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known = append(r.known, address)
}

// register tries again where the connection was closed unread, as Go's HTTP
// server does with some when it shuts down.
func (r *registrations) register(t *testing.T, address string) answer {
	for {
		start := time.Now()
		got, err := tryRegister(r.gate, address)
		took := time.Since(start)
		r.mu.Lock()
		r.slowest = max(r.slowest, took)
		if err != nil {
			r.again++
		}
		r.mu.Unlock()
		switch timeout, is := errors.AsType[net.Error](err); {
		case err == nil:
			return got
		case is && timeout.Timeout(), errors.Is(err, syscall.ECONNREFUSED), t.Failed():
			t.Errorf("after %s, a registration came to nothing: %v", took, err)
			return answer{}
		}
	}
}

// check fails unless all that was acknowledged is in the store, once, and
// nothing is left reserved.
func (r *registrations) check(t *testing.T, service *customerService) {
	t.Helper()
	t.Logf("%d addresses, %d connections closed unread, the slowest answer after %s", len(r.known), r.again, r.slowest)
	if r.slowest > defaultLease/2 {
		t.Errorf("an answer took %s, so the store was blocked", r.slowest)
	}
	for _, address := range r.known {
		register(t, r.gate, address).checkTaken(t)
		if n := service.registrations(address); n != 1 {
			t.Errorf("an address has reached the upstream %d times, want 1", n)
		}
	}
	if reserved, committed := claimsMetric(t, r.gate, "reserved"), claimsMetric(t, r.gate, "committed"); reserved != committed || committed != len(r.known) {
		t.Errorf("%d addresses were reserved and %d committed, of %d that were created", reserved, committed, len(r.known))
	}
}

// validate runs `caddy validate` on the configuration that a gateway runs.
func validate(t *testing.T, gate *gateway) {
	command := exec.Command(binary, "validate", "--config", gate.config)
	command.Dir, command.Env = gate.dir, gate.env
	if output, err := command.CombinedOutput(); err != nil {
		t.Errorf("caddy validate: %v\n%s", err, output)
	}
}

// TestReloadSettlesClaims: a registration that is with the upstream when the
// configuration is replaced is settled all the same, whatever the store.
func TestReloadSettlesClaims(t *testing.T) {
	t.Parallel()
	for name, store := range claimStores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := startService(t)
			s := store(t)
			s.gateways = 1
			gate := startGates(t, s, service.address, "")[0]
			key := headerField{"Idempotency-Key", "reload"}

			release := service.holds(t, answerCreated)
			address := newAddress()
			first := registerBeside(t, gate, address, key)
			service.await(t, address)
			gate.reload(t)
			register(t, gate, address).checkPending(t, defaultLease)
			release()
			(<-first).check(t, 201)

			service.answers(answerCreated)
			register(t, gate, address).checkTaken(t)
			register(t, gate, address, key).check(t, 201)
			if n := service.registrations(address); n != 1 {
				t.Errorf("%d registrations reached the upstream, want 1", n)
			}
		})
	}
}
