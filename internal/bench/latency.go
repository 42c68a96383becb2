package main

import (
	"context"
	"time"

	"github.com/customergate/customergate/internal/load"
)

// latency is what clients wait for, with one engine.
type latency struct {
	alone load.Tally // one encrypted registration, while the gate does nothing else
	idle  load.Tally // another route of the server, likewise
	busy  load.Tally // the same route, while the gate decrypts all it can
}

// add takes the latencies of another round.
func (l *latency) add(other latency) {
	l.alone.Add(other.alone)
	l.idle.Add(other.idle)
	l.busy.Add(other.busy)
}

func measureLatency(e *server, r *requests, clients int, duration time.Duration) (latency, error) {
	alone := load.Crowd{To: e.Address, Clients: 1, Rate: 100, Next: load.Same(post("/gate", r.one))}
	other := load.Crowd{To: e.Address, Clients: 1, Rate: 200, Next: load.Same(load.Get("/other")), From: []string{"127.0.0.8"}}
	l := latency{alone: alone.SendFor(duration / 3), idle: other.SendFor(duration / 3)}
	saturate := row{server: e, request: post("/gate", r.one)}
	var err error
	saturated, end := context.WithCancel(context.Background())
	go func() {
		defer end()
		_, err = saturate.measure(clients, duration)
	}()
	l.busy = other.Send(saturated)
	return l, err
}
