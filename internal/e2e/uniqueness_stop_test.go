package e2e

import (
	"net"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestStopSettlesClaims: a gateway that is told to stop (SIGTERM) settles what the
// upstream answers within the grace period, which is shorter here than the
// upstream's time. What is not answered by then stays reserved for its lease, and
// blocks nothing else.
func TestStopSettlesClaims(t *testing.T) {
	t.Parallel()
	for name, store := range claimStores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := store(t)
			gate := startGateway(t, setup{
				upstream: "{header." + upstreamHeader + "}",
				env:      s.env,
				site:     s.gate(shortLease),
			})
			service, slow := startService(t), startService(t)
			slow.answers(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
			release := service.holds(t, answerCreated)

			answered := make(map[string]<-chan answer)
			for range 8 {
				address := newAddress()
				answered[address] = registerBeside(t, gate, address, toUpstream(service.address))
			}
			late := &story{trouble: trouble{state: isPending}, address: newAddress(), well: startService(t), start: time.Now()}
			var telling sync.WaitGroup
			telling.Go(func() {
				late.first, late.firstErr = tryRegister(gate, late.address, toUpstream(slow.address))
				late.answered = time.Now()
			})
			for address := range answered {
				service.await(t, address)
			}
			slow.await(t, late.address)

			gate.beginToStop(t)
			release()
			for _, got := range answered {
				(<-got).check(t, 201)
			}
			telling.Wait()
			late.checkAnswer(t)
			gate.stop(t)

			gate.launch(t)
			for address := range answered {
				register(t, gate, address, toUpstream(service.address)).checkTaken(t)
				if n := service.registrations(address); n != 1 {
					t.Errorf("%d registrations reached the upstream, want 1", n)
				}
			}
			late.next, late.told = register(t, gate, late.address, toUpstream(late.well.address)), time.Now()
			late.checkState(t, gate)
		})
	}
}

// beginToStop tells the process to stop, and returns when it takes no more
// connections.
func (g *gateway) beginToStop(t *testing.T) {
	t.Helper()
	if err := g.process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, "the gateway takes no more connections", func() bool {
		c, err := net.Dial("tcp", g.address)
		if err == nil {
			c.Close()
		}
		return err != nil
	})
}

// TestGatewayStopped: whatever is under way when a gateway stops under load, it
// leaves nothing reserved.
func TestGatewayStopped(t *testing.T) {
	t.Parallel()
	const stops = 3
	service := startService(t)
	gate := startGates(t, boltStore, service.address, shortLease)[0]
	l := newLedger(gate, service)
	for cycle := range stops {
		clients := startClients(l)
		clients.awaitAcknowledged(t, 20+cycle)
		gate.stop(t)
		clients.end()
		gate.launch(t)
		l.check(t)
	}
	l.checkAll(t, 0)
	if l.expiring > 0 {
		t.Errorf("%d addresses were left reserved", l.expiring)
	}
}
