package main

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/customergate/customergate/internal/load"
	"github.com/customergate/customergate/internal/process"
)

// patience is how long a flood may last until everybody has been served: far
// longer than on the slowest machine, so that only a gate that is stuck fails.
const patience = time.Minute

// clients is how many good clients there are.
const clients = 40

// TestFlood is the short form of the program: whatever the machine's speed, and
// however much junk comes, each good client is served in the end, raw requests
// and another route always are, junk is refused in one of two ways, and memory
// is bounded.
func TestFlood(t *testing.T) {
	g, err := startGateway(filepath.Join("..", ".."), t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.stop)
	goods, err := g.goodRequests(10 * clients)
	if err != nil {
		t.Fatal(err)
	}
	junk, err := g.junkRequests()
	if err != nil {
		t.Fatal(err)
	}
	g.eachOnce(goods).SendFor(patience)
	idle, err := g.Memory()
	if err != nil {
		t.Fatal(err)
	}
	for _, senders := range []int{1, 20, 1000} {
		t.Run(fmt.Sprintf("from %d addresses", senders), func(t *testing.T) {
			f, left := g.untilServed(goods, junk, senders)
			for _, fault := range f.faults() {
				t.Error(fault)
			}
			if left > 0 {
				t.Errorf("%d good clients were not served", left)
			}
			if over := f.memory - idle; over > maxMemory {
				t.Errorf("the gateway held %.0f MiB more than when it was idle, want at most %d", over, maxMemory)
			}
		})
	}
}

// untilServed floods the gate until each good client has been served once, and
// returns how many have not.
func (g *gateway) untilServed(goods, junk [][]byte, senders int) (f *flood, left int) {
	f = new(flood)
	unserved, served := context.WithCancel(context.Background())
	good, bad := g.eachOnce(goods), g.junk(junk, senders, 0)
	var peak process.Peak
	var others sync.WaitGroup
	others.Go(func() { f.junk = bad.Send(unserved) })
	others.Go(func() { f.raw = g.raw(0).Send(unserved) })
	others.Go(func() { f.other = g.other(0).Send(unserved) })
	others.Go(func() { peak = <-g.WatchMemory(unserved) })
	f.good = good.SendFor(patience)
	served()
	others.Wait()
	f.memory = peak.MiB
	return f, good.Clients - len(f.good.Latencies)
}

// eachOnce has good clients send until they are served once each.
func (g *gateway) eachOnce(requests [][]byte) load.Crowd {
	good := g.good(requests, 0)
	good.Clients, good.Until = clients, 1
	return good
}
