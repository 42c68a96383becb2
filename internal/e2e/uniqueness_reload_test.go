package e2e

import (
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
)

// TestReloadKeepsClaims: a file of claims serves registrations without a break
// while configurations come and go and are validated, and forgets none.
func TestReloadKeepsClaims(t *testing.T) {
	t.Parallel()
	const reloads, validations, clients = 20, 2, 4
	service := startService(t)
	gate := startGates(t, boltStore, service.address, "")[0]

	var registered, again atomic.Int64
	var working sync.WaitGroup
	stop := make(chan struct{})
	for range clients {
		working.Go(func() {
			for !closed(stop) && !t.Failed() {
				registerTwice(t, gate, &registered, &again)
			}
		})
	}
	working.Go(func() {
		for range validations {
			validate(t, gate)
		}
	})
	for range reloads {
		before := registered.Load()
		gate.reload(t)
		waitUntil(t, "registrations went through the new configuration", func() bool {
			return t.Failed() || registered.Load() >= before+clients
		})
	}
	close(stop)
	working.Wait()
	t.Logf("%d addresses during %d reloads, %d connections closed unread", registered.Load(), reloads, again.Load())
}

// registerTwice registers a new address, until it is known to be taken. Go's
// HTTP server closes connections whose request it has not read when it shuts
// down; their clients try again.
func registerTwice(t *testing.T, gate *gateway, registered, again *atomic.Int64) {
	address := newAddress()
	for want := 201; ; {
		got, err := tryRegister(gate, address)
		switch {
		case err != nil:
			again.Add(1)
			continue
		case want == 201 && got.status == 201:
			want = 409
			continue
		case want == 409 && got.isTaken():
			registered.Add(1)
		default:
			t.Errorf("registering an address that is to be answered %d: %d %s", want, got.status, got.body)
		}
		return
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
