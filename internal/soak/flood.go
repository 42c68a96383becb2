package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/customergate/customergate/internal/figures"
	"github.com/customergate/customergate/internal/load"
	"github.com/customergate/customergate/internal/process"
)

const (
	// probeRate is how often raw registrations and the other route are sent.
	probeRate = 200
	// inTime is how long a good request may take.
	inTime = time.Second
	// junkFactor is how many times more junk comes than the gate can decrypt.
	junkFactor = 5
	// peakClients keep every CPU busy decrypting without much of a queue.
	peakClients = 16
)

// calm is the gateway without junk.
type calm struct {
	peak       float64 // good requests per second, at most
	raw, other load.Tally
	memory     float64 // in MiB, once every part of it has worked
}

func (g *gateway) calm(duration time.Duration) (*calm, error) {
	requests, err := g.goodRequests(2000)
	if err != nil {
		return nil, err
	}
	c := new(calm)
	warm := g.good(requests, 0)
	warm.Clients = peakClients
	warm.SendFor(duration / 5)
	start := time.Now()
	accepted := warm.SendFor(duration)
	c.peak = float64(accepted.Answers[http.StatusOK]) / time.Since(start).Seconds()
	if c.peak == 0 {
		return nil, errors.New("no registration was accepted")
	}
	together(duration, func(ctx context.Context) { c.raw = g.raw(probeRate).Send(ctx) },
		func(ctx context.Context) { c.other = g.other(probeRate).Send(ctx) })
	c.memory, err = g.Memory()
	return c, err
}

func (c *calm) report(engine string, duration time.Duration) string {
	return fmt.Sprintf("Measured on %s, engine %s: %s for each row, junk, good clients and upstream on the same machine.\n\n", figures.Machine(), cmp.Or(engine, "auto"), duration) +
		fmt.Sprintf("Without any of it, the gate decrypts %.0f registrations a second at most; raw ones take %s, another route %s (median, 99th percentile), and the process holds %.0f MiB.\n\n",
			c.peak, percentiles(&c.raw), percentiles(&c.other), c.memory) +
		"| good requests, of the peak | junk from | junk sent/s, answered 422/s, 503/s | good ones served within 1 s | to reach | good ones took | raw ones | another route | to reach | memory over idle |\n" +
		"|---|---|---|---|---|---|---|---|---|---|\n"
}

// flood is what came of junk, and of everybody else meanwhile.
type flood struct {
	share   float64 // of the peak, in good requests
	senders int     // addresses that junk comes from
	seconds float64

	junk, good, raw, other load.Tally

	memory float64 // over that of the calm, in MiB
}

func (g *gateway) flood(c *calm, share float64, senders int, duration time.Duration) (*flood, error) {
	goods, errGood := g.goodRequests(int(share * c.peak * duration.Seconds()))
	junk, errJunk := g.junkRequests()
	if err := errors.Join(errGood, errJunk); err != nil {
		return nil, err
	}
	f := &flood{share: share, senders: senders, seconds: duration.Seconds()}
	var peak process.Peak
	crowds := []func(context.Context){
		func(ctx context.Context) { peak = <-g.WatchMemory(ctx) },
		func(ctx context.Context) { f.good = g.good(goods, share*c.peak).Send(ctx) },
		func(ctx context.Context) { f.raw = g.raw(probeRate).Send(ctx) },
		func(ctx context.Context) { f.other = g.other(probeRate).Send(ctx) },
	}
	if senders > 0 {
		from := g.junk(junk, senders, junkFactor*c.peak)
		crowds = append(crowds, func(ctx context.Context) { f.junk = from.Send(ctx) })
	}
	together(duration, crowds...)
	f.memory = peak.MiB - c.memory
	return f, peak.Err
}

// served is the share of good requests that were answered 200 in time, in percent.
func (f *flood) served() float64 {
	return 100 * float64(f.good.Within(inTime)) / float64(f.good.Offered())
}

func (f *flood) row() string {
	each := func(n int) float64 { return float64(n) / f.seconds }
	return fmt.Sprintf("| %.0f %% (%.0f/s) | %s | %.0f, %.0f, %.0f | %.1f %% | %s | %s | %s | %s | twice as idle | %.0f MiB |\n",
		100*f.share, each(f.good.Offered()), f.from(),
		each(f.junk.Offered()-f.junk.Unsent), each(f.junk.Answers[http.StatusUnprocessableEntity]), each(f.junk.Answers[http.StatusServiceUnavailable]),
		f.served(), f.limit(), percentiles(&f.good), percentiles(&f.raw), percentiles(&f.other), f.memory)
}

// from is where the junk comes from.
func (f *flood) from() string {
	switch f.senders {
	case 0:
		return "nobody"
	case 1:
		return "1 address"
	}
	return fmt.Sprintf("%d addresses", f.senders)
}

func percentiles(t *load.Tally) string {
	return fmt.Sprintf("%s, %s", t.Percentile(50), t.Percentile(99))
}

func (f *flood) limit() string {
	if least := f.leastServed(); least > 0 {
		return fmt.Sprintf("%.0f %%", least)
	}
	return ""
}

// leastServed is how many of the good requests are to be served, in percent.
func (f *flood) leastServed() float64 {
	switch {
	case f.share > 0.5:
		return 0 // beside as much work of one's own, nothing is promised
	case f.senders > 20:
		return 75
	}
	return 99
}

// maxMemory is how much more the gateway may hold than when it is idle, in MiB.
const maxMemory = 150

// missed is what was not reached.
func (f *flood) missed(c *calm) []string {
	var missed []string
	note := func(what string, got, limit any) {
		missed = append(missed, fmt.Sprintf("good requests at %.0f %% of the peak, junk from %s: %s %v, not %v", 100*f.share, f.from(), what, got, limit))
	}
	if served := f.served(); served < f.leastServed() {
		note("served", fmt.Sprintf("%.1f %%", served), f.limit())
	}
	if got, limit := f.raw.Percentile(99), 2*c.raw.Percentile(99); got > limit {
		note("the 99th percentile of raw requests is", got, limit)
	}
	if got, limit := f.other.Percentile(99), 2*c.other.Percentile(99); got > limit {
		note("the 99th percentile of another route is", got, limit)
	}
	if f.memory > maxMemory {
		note("memory over idle is", fmt.Sprintf("%.0f MiB", f.memory), maxMemory)
	}
	for _, fault := range f.faults() {
		note("it gave", fault, "what it should")
	}
	return missed
}

// faults are answers that there should be none of, however fast the machine is.
func (f *flood) faults() []string {
	var faults []string
	for _, sent := range []struct {
		what    string
		tally   *load.Tally
		answers []int
	}{
		{"junk", &f.junk, []int{http.StatusUnprocessableEntity, http.StatusServiceUnavailable}},
		{"good requests", &f.good, []int{http.StatusOK, http.StatusServiceUnavailable}},
		{"raw requests", &f.raw, []int{http.StatusOK}},
		{"another route", &f.other, []int{http.StatusOK}},
	} {
		if err := sent.tally.Only(sent.answers...); err != nil {
			faults = append(faults, sent.what+": "+err.Error())
		}
	}
	return faults
}

// together runs functions until a time is over, and waits for all of them.
func together(duration time.Duration, functions ...func(context.Context)) {
	ctx, cancel := context.WithTimeout(context.Background(), duration)
	defer cancel()
	var running sync.WaitGroup
	for _, f := range functions {
		running.Go(func() { f(ctx) })
	}
	running.Wait()
}
