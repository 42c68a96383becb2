package load

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Crowd is a number of clients that send at the same time, each over a
// connection of its own.
type Crowd struct {
	To      string
	Clients int

	// From are the addresses that the clients are spread over. Default: 127.0.0.1.
	From []string

	// Rate is how many requests all of them send in a second, answered or not.
	// A client whose answer comes too late for the next request leaves that out.
	// Default: each sends the next when it is answered.
	Rate float64

	// Until is how many answers of 200 a client wants before it stops. Default:
	// it goes on.
	Until int

	// Next makes a client's next request. It is called by all clients at once.
	Next func(client int) []byte
}

// Same has every client send the same request.
func Same(request []byte) func(int) []byte {
	return func(int) []byte { return request }
}

// InTurn has requests sent one after the other, by whichever client, and from
// the beginning when all have been.
func InTurn(requests [][]byte) func(int) []byte {
	var sent atomic.Int64
	return func(int) []byte { return requests[int(sent.Add(1)-1)%len(requests)] }
}

// Tally is what came of a crowd's requests.
type Tally struct {
	Answers map[int]int // by status
	Failed  int         // no answer, or none of HTTP
	Unsent  int         // the client was waiting for an answer still
	Failure error       // the last one

	// Latencies are those of answers of 200, from when the request was due.
	Latencies []time.Duration
}

// Answered is how many requests have been answered, whatever the status.
func (t *Tally) Answered() int {
	answered := 0
	for _, n := range t.Answers {
		answered += n
	}
	return answered
}

// Offered is how many requests there were to be.
func (t *Tally) Offered() int { return t.Answered() + t.Failed + t.Unsent }

// Only wants every request to be answered, and with one of these statuses.
func (t *Tally) Only(statuses ...int) error {
	if t.Failed > 0 {
		return fmt.Errorf("%d requests failed: %w", t.Failed, t.Failure)
	}
	for status, n := range t.Answers {
		if !slices.Contains(statuses, status) {
			return fmt.Errorf("%d answers of %d", n, status)
		}
	}
	return nil
}

// Within counts the answers of 200 that came in time.
func (t *Tally) Within(limit time.Duration) int {
	n := 0
	for _, latency := range t.Latencies {
		if latency <= limit {
			n++
		}
	}
	return n
}

// Percentile is the latency that p percent of answers have at most.
func (t *Tally) Percentile(p int) time.Duration {
	if len(t.Latencies) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(t.Latencies))
	return sorted[(len(sorted)-1)*p/100].Round(10 * time.Microsecond)
}

// Add adds another tally.
func (t *Tally) Add(other Tally) {
	if t.Answers == nil {
		t.Answers = make(map[int]int)
	}
	for status, n := range other.Answers {
		t.Answers[status] += n
	}
	t.Failed += other.Failed
	t.Unsent += other.Unsent
	if other.Failure != nil {
		t.Failure = other.Failure
	}
	t.Latencies = append(t.Latencies, other.Latencies...)
}

// Send has the crowd send until the context is done, and waits for the last
// answers.
func (c Crowd) Send(ctx context.Context) Tally {
	if c.From == nil {
		c.From = []string{"127.0.0.1"}
	}
	tallies := make([]Tally, c.Clients)
	start := time.Now()
	var clients sync.WaitGroup
	for i := range c.Clients {
		clients.Go(func() { tallies[i] = c.client(ctx, i, start) })
	}
	clients.Wait()
	var sum Tally
	for _, tally := range tallies {
		sum.Add(tally)
	}
	return sum
}

// SendFor is Send for a while.
func (c Crowd) SendFor(duration time.Duration) Tally {
	ctx, cancel := context.WithTimeout(context.Background(), duration)
	defer cancel()
	return c.Send(ctx)
}

func (c Crowd) client(ctx context.Context, i int, start time.Time) Tally {
	tally := Tally{Answers: make(map[int]int)}
	cl := &client{from: c.From[i%len(c.From)], to: c.To}
	defer cl.close()
	for due := range c.turns(ctx, i, start, &tally) {
		if c.Until > 0 && len(tally.Latencies) == c.Until {
			break
		}
		status, err := cl.do(c.Next(i))
		if err != nil {
			tally.Failed, tally.Failure = tally.Failed+1, err
			continue
		}
		tally.Answers[status]++
		if status == http.StatusOK {
			tally.Latencies = append(tally.Latencies, time.Since(due))
		}
	}
	return tally
}

// turns are the times at which a client's requests are due, each when it is.
func (c Crowd) turns(ctx context.Context, i int, start time.Time, tally *Tally) iter.Seq[time.Time] {
	if c.Rate == 0 {
		return func(yield func(time.Time) bool) {
			for ctx.Err() == nil && yield(time.Now()) {
			}
		}
	}
	interval := time.Duration(float64(c.Clients) / c.Rate * float64(time.Second))
	due := start.Add(interval * time.Duration(i) / time.Duration(c.Clients))
	end, ends := ctx.Deadline()
	return func(yield func(time.Time) bool) {
		for await(ctx, due) && yield(due) {
			for due = due.Add(interval); time.Since(due) > interval; due = due.Add(interval) {
				tally.Unsent++
			}
		}
		for ; ends && due.Before(end); due = due.Add(interval) {
			tally.Unsent++
		}
	}
}

// await waits for a time, and reports false if the context is done before.
func await(ctx context.Context, due time.Time) bool {
	if wait := time.Until(due); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	return ctx.Err() == nil
}
