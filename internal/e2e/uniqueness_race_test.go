package e2e

import (
	"sync"
	"sync/atomic"
	"testing"
)

// simultaneous is how many registrations of an address come at once.
const simultaneous = 100

// TestSimultaneousRegistrations: whichever gateways they come to, one reaches
// the upstream and the others are told why not.
func TestSimultaneousRegistrations(t *testing.T) {
	t.Parallel()
	for name, store := range claimStores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := startService(t)
			gates := startGates(t, store(t), service.address, "")

			address := newAddress()
			release := service.holds(t, answerCreated)
			crowd := startCrowd(t, gates, address)
			waitUntil(t, "all but one have their answer", func() bool {
				return crowd.answered.Load() == simultaneous-1 || service.registrations(address) > 1
			})
			release()
			crowd.check(t, service, 0, simultaneous-1)

			service.answers(answerCreated)
			next := newAddress()
			startCrowd(t, gates, next).check(t, service, -1, -1)
			startCrowd(t, gates, next).checkAllTaken(t, service)
		})
	}
}

// crowd is many clients who register one address.
type crowd struct {
	address  string
	asking   sync.WaitGroup
	answered atomic.Int64

	mu                              sync.Mutex
	created, taken, pending, strays int
}

func startCrowd(t *testing.T, gates []*gateway, address string) *crowd {
	c := &crowd{address: address}
	begin := make(chan struct{})
	for i := range simultaneous {
		c.asking.Go(func() {
			<-begin
			got, err := tryRegister(gates[i%len(gates)], address)
			if err != nil {
				t.Error(err)
			}
			c.count(t, got)
			c.answered.Add(1)
		})
	}
	close(begin)
	return c
}

func (c *crowd) count(t *testing.T, got answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case got.status == 201:
		c.created++
	case got.isTaken():
		c.taken++
	case got.isPending():
		c.pending++
		got.checkRetryAfter(t, defaultLease)
	default:
		c.strays++
		t.Errorf("the answer is %d %s", got.status, got.body)
	}
}

// check fails unless one was created. What the others are told is up to chance
// where it is negative.
func (c *crowd) check(t *testing.T, service *customerService, taken, pending int) {
	t.Helper()
	c.asking.Wait()
	t.Logf("%d created, %d taken, %d pending, %d others", c.created, c.taken, c.pending, c.strays)
	if n := service.registrations(c.address); n != 1 || c.created != 1 || c.taken+c.pending != simultaneous-1 {
		t.Errorf("%d reached the upstream and %d were created, want 1", n, c.created)
	}
	if taken >= 0 && c.taken != taken || pending >= 0 && c.pending != pending {
		t.Errorf("want %d taken and %d pending", taken, pending)
	}
}

func (c *crowd) checkAllTaken(t *testing.T, service *customerService) {
	t.Helper()
	c.asking.Wait()
	if n := service.registrations(c.address); n != 1 || c.taken != simultaneous {
		t.Errorf("afterwards %d of %d are told that the address is taken, and %d reached the upstream", c.taken, simultaneous, n)
	}
}
