package oaep

import (
	"context"
	"net/netip"

	"go.opentelemetry.io/otel/trace"

	"github.com/customergate/customergate/caddymodule/internal/reuse"
	"github.com/customergate/customergate/caddymodule/keys"
)

// A call is the work of one Open.
type call struct {
	*Decrypter
	client   netip.Addr
	platform string
	span     trace.SpanContext
	spare    bool // it does not wait for its turn
	tasks    []task
	words    reuse.Words // of the request
}

// A task is a ciphertext to open.
type task struct {
	octets []byte
	ring   []keys.Key // those that can have made it
	into   *[]byte    // where its plaintext goes, and nil until then
}

// run tries the first key of each task, then the second one of those that have
// not been opened, and so on. What cannot be opened has tried all, and so has
// what was opened too often: it costs the same. After an error nothing that was
// opened is left.
func (c *call) run(ctx context.Context) error {
	for round := range keys.MaxKeys {
		if err := c.try(ctx, c.attempts(round)); err != nil {
			c.clear()
			return err
		}
	}
	return nil
}

// attempts are those of a round.
func (c *call) attempts(round int) []*attempt {
	var attempts []*attempt
	for _, t := range c.tasks {
		if *t.into == nil && round < len(t.ring) {
			key := t.ring[round]
			attempts = append(attempts, &attempt{
				task: t, call: c, last: round == len(t.ring)-1,
				key: key, raw: key.Raw(c.queue.engine, c.report),
			})
		}
	}
	return attempts
}

// try waits for its turn and makes the attempts. The error is the first failure
// of a key, or tells that the turn has not come.
func (c *call) try(ctx context.Context, attempts []*attempt) error {
	if len(attempts) == 0 {
		return nil
	}
	take := c.queue.turns.Do
	if c.spare {
		take = c.queue.turns.Try
	}
	if err := take(ctx, c.client, attempts...); err != nil {
		return err
	}
	tellTurns(ctx, attempts)
	for _, a := range attempts {
		if a.err != nil {
			return a.err
		}
	}
	return nil
}

// tellTurns notes on the span of a traced request until when it has waited.
func tellTurns(ctx context.Context, attempts []*attempt) {
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	for _, a := range attempts {
		span.AddEvent("private operation begins", trace.WithTimestamp(a.turn))
	}
}

func (c *call) clear() {
	for _, t := range c.tasks {
		clear(*t.into)
	}
}
