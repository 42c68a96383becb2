package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// overloadFactor is how many times more encrypted registrations come than the
// gate can decrypt.
const overloadFactor = 5

// peakClients keep every CPU busy decrypting without much of a queue.
const peakClients = 8

// maxClients bounds the load whatever happens.
const maxClients = 4096

// load is what came of a number of encrypted registrations, and of the
// plaintext ones that a single client sent meanwhile.
type load struct {
	name                    string
	offered, accepted, busy float64 // requests per second; busy is answered 503
	failed, unsent          float64 // no answer, or another; no client free to send
	plaintext               []time.Duration
	memory                  float64 // of the gateway in MiB, the most that was seen
}

// measureOverload compares the peak with five times as many clients, each of
// which waits for its answer, and with five times as many requests, which come
// whether answers do or not.
func measureOverload(g *gateway, scenarios []scenario, duration time.Duration) ([]load, error) {
	raw, sealed := scenarios[1], scenarios[2]
	duration *= 3
	probe := newProbe(raw)
	var loads []load
	run := func(name string, send func(*load)) {
		l := load{name: name}
		l.plaintext = probe.during(func() { send(&l) })
		loads = append(loads, l)
	}
	run("none", func(l *load) { l.crowd(g, sealed, 0, duration) })
	run("the peak", func(l *load) { l.crowd(g, sealed, peakClients, duration) })
	peak := loads[1].accepted
	if peak == 0 {
		return nil, fmt.Errorf("measuring the peak: nothing was accepted")
	}
	run("5 times the clients", func(l *load) { l.crowd(g, sealed, overloadFactor*peakClients, duration) })
	run("5 times the rate", func(l *load) { l.flood(g, sealed, overloadFactor*peak, duration) })
	return loads, nil
}

// tally counts answers while a load lasts.
type tally struct{ offered, accepted, busy, failed, unsent atomic.Int64 }

func (t *tally) send(ctx context.Context, client *http.Client, s scenario) {
	switch status, _ := s.send(ctx, client); status {
	case http.StatusOK:
		t.accepted.Add(1)
	case http.StatusServiceUnavailable:
		t.busy.Add(1)
	default:
		t.failed.Add(1)
	}
}

func (l *load) take(t *tally, elapsed time.Duration) {
	seconds := elapsed.Seconds()
	l.offered = float64(t.offered.Load()) / seconds
	l.accepted = float64(t.accepted.Load()) / seconds
	l.busy = float64(t.busy.Load()) / seconds
	l.failed = float64(t.failed.Load()) / seconds
	l.unsent = float64(t.unsent.Load()) / seconds
}

// watch notes the gateway's memory until the time is over.
func (l *load) watch(g *gateway, start time.Time, duration time.Duration, each func()) {
	for time.Since(start) < duration {
		each()
		if memory, err := g.memory(); err == nil {
			l.memory = max(l.memory, memory)
		}
		time.Sleep(time.Millisecond)
	}
}

// crowd has a number of clients send one request after the other.
func (l *load) crowd(g *gateway, s scenario, clients int, duration time.Duration) {
	client := newClient(clients)
	defer client.CloseIdleConnections()
	var t tally
	var crowd sync.WaitGroup
	start := time.Now()
	for range clients {
		crowd.Go(func() {
			for time.Since(start) < duration {
				t.offered.Add(1)
				t.send(context.Background(), client, s)
			}
		})
	}
	l.watch(g, start, duration, func() {})
	crowd.Wait()
	l.take(&t, time.Since(start))
}

// flood sends at a fixed rate.
func (l *load) flood(g *gateway, s scenario, rate float64, duration time.Duration) {
	client := newClient(maxClients)
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), 2*duration)
	defer cancel()
	var t tally
	var sent sync.WaitGroup
	places := make(chan struct{}, maxClients)
	start := time.Now()
	l.watch(g, start, duration, func() {
		for due := int64(time.Since(start).Seconds() * rate); t.offered.Load() < due; {
			t.offered.Add(1)
			select {
			case places <- struct{}{}:
			default:
				t.unsent.Add(1)
				continue
			}
			sent.Go(func() {
				defer func() { <-places }()
				t.send(ctx, client, s)
			})
		}
	})
	l.take(&t, time.Since(start))
	sent.Wait()
}

// probe is a single client that sends a request now and then and times it.
type probe struct {
	s      scenario
	client *http.Client
}

func newProbe(s scenario) probe { return probe{s: s, client: newClient(1)} }

func (p probe) during(work func()) []time.Duration {
	ctx, cancel := context.WithCancel(context.Background())
	var latencies []time.Duration
	var probing sync.WaitGroup
	probing.Go(func() {
		for ctx.Err() == nil {
			start := time.Now()
			if status, err := p.s.send(ctx, p.client); err == nil && status == http.StatusOK {
				latencies = append(latencies, time.Since(start))
			}
			time.Sleep(5 * time.Millisecond)
		}
	})
	work()
	cancel()
	probing.Wait()
	return latencies
}

func overloadReport(loads []load) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nUnder a load of encrypted registrations, one ciphertext each, while one more client sends raw ones (%d clients reach the peak):\n\n", peakClients)
	b.WriteString("| load | offered/s | accepted/s | of the peak (to reach: 80 %) | answered 503/s | failed, not sent/s | raw ones: median, 99th percentile | memory |\n|---|---|---|---|---|---|---|---|\n")
	for _, l := range loads {
		fmt.Fprintf(&b, "| %s | %.0f | %.0f | %.0f %% | %.0f | %.0f, %.0f | %s, %s | %.0f MiB |\n", l.name, l.offered, l.accepted,
			100*l.accepted/loads[1].accepted, l.busy, l.failed, l.unsent, percentile(l.plaintext, 50), percentile(l.plaintext, 99), l.memory)
	}
	return b.String()
}

func percentile(latencies []time.Duration, p int) time.Duration {
	if len(latencies) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(latencies))
	return sorted[(len(sorted)-1)*p/100].Round(10 * time.Microsecond)
}
