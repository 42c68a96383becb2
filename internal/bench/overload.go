package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/customergate/customergate/internal/load"
)

// overloadFactor is how many times more encrypted registrations come than the
// gate can decrypt.
const overloadFactor = 5

const (
	// peakClients keep every CPU busy decrypting without much of a queue.
	peakClients = 8
	// rateClients is over how many connections a rate comes, whatever it is.
	rateClients = 2000
	// maxMemory is how much more the gate may hold than when it is idle, in MiB.
	maxMemory = 150
)

// overload is what came of a number of encrypted registrations, and of the
// plaintext ones that a single client sent meanwhile.
type overload struct {
	name    string
	seconds float64
	sealed  load.Tally
	raw     load.Tally
	memory  float64 // of the gateway in MiB, the most that was seen
}

// accepted is how many registrations were, in a second.
func (o *overload) accepted() float64 { return float64(o.sealed.Answers[http.StatusOK]) / o.seconds }

// measureOverload compares the peak with five times as many clients, each of
// which waits for its answer, and with five times as many requests, which come
// whether answers do or not.
func measureOverload(g *server, r *requests, duration time.Duration) ([]overload, error) {
	sealed := load.Crowd{To: g.Address, From: load.Addresses(1, 250), Next: load.Same(post("/gate", r.one))}
	raw := load.Crowd{To: g.Address, From: []string{"127.0.0.8"}, Clients: 1, Rate: 200, Next: load.Same(post("/gate", r.raw))}
	var all []overload
	run := func(name string, clients int, rate float64) error {
		sealed.Clients, sealed.Rate = clients, rate
		o, err := overloaded(g, sealed, raw, 3*duration)
		o.name = name
		all = append(all, o)
		return err
	}
	if err := run("none", 0, 0); err != nil {
		return nil, err
	}
	if err := run("the peak", peakClients, 0); err != nil {
		return nil, err
	}
	peak := all[1].accepted()
	if peak == 0 {
		return nil, fmt.Errorf("measuring the peak: nothing was accepted")
	}
	if err := run("5 times the clients", overloadFactor*peakClients, 0); err != nil {
		return nil, err
	}
	return all, run("5 times the rate", rateClients, overloadFactor*peak)
}

func overloaded(g *server, sealed, raw load.Crowd, duration time.Duration) (overload, error) {
	ctx, cancel := context.WithTimeout(context.Background(), duration)
	defer cancel()
	watched := g.WatchMemory(ctx)
	probed := make(chan load.Tally)
	go func() { probed <- raw.Send(ctx) }()
	start := time.Now()
	o := overload{sealed: sealed.Send(ctx)}
	o.seconds = max(time.Since(start), duration).Seconds()
	o.raw = <-probed
	memory := <-watched
	o.memory = memory.MiB
	return o, memory.Err
}

func overloadReport(loads []overload) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nUnder a load of encrypted registrations, one ciphertext each, while one more client sends raw ones (%d clients reach the peak):\n\n", peakClients)
	fmt.Fprintf(&b, "| load | offered/s | accepted/s | of the peak (to reach: 80 %%) | answered 503/s | failed, not sent/s | raw ones: median, 99th percentile | memory over idle (to reach: %d MiB) |\n|---|---|---|---|---|---|---|---|\n", maxMemory)
	for _, l := range loads {
		each := func(n int) float64 { return float64(n) / l.seconds }
		fmt.Fprintf(&b, "| %s | %.0f | %.0f | %.0f %% | %.0f | %.0f, %.0f | %s, %s | %.0f MiB |\n", l.name, each(l.sealed.Offered()), l.accepted(),
			100*l.accepted()/loads[1].accepted(), each(l.sealed.Answers[http.StatusServiceUnavailable]), each(l.sealed.Failed), each(l.sealed.Unsent),
			l.raw.Percentile(50), l.raw.Percentile(99), l.memory-loads[0].memory)
	}
	return b.String()
}
