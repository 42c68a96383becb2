package oaep

import (
	"time"

	"github.com/customergate/customergate/caddymodule/engine"
	"github.com/customergate/customergate/caddymodule/internal/queue"
)

// ErrBusy says that a ciphertext could not be opened in time. Those of the package
// queue say why.
var ErrBusy = queue.ErrBusy

// handoverRest is how long a slot rests before its next batch. With as many slots
// as CPUs, private operations that follow one another without a gap leave no CPU
// idle for a moment, and Go looks for news from the network only when one is, or
// every 10 milliseconds: all other requests, and those just decrypted, would wait
// for that at each of their steps. An echo beside them took 39 to 56 ms without the
// rest and 1 ms with it where operations run in Go, at the 99th percentile 27 to 39
// ms and 9 to 15 ms where they run in C.
const handoverRest = 30 * time.Microsecond

// A Queue is where the private operations of the Decrypters that share it wait for
// their turn. It is safe for concurrent use.
type Queue struct {
	engine *engine.Engine
	turns  *queue.Queue[*attempt]
}

// NewQueue returns a Queue whose operations an engine does, where it can. How many
// make a batch is the engine's to say.
func NewQueue(e *engine.Engine, o queue.Options) *Queue {
	q := &Queue{engine: e}
	o.Batch, o.Rest = e.Batch(), handoverRest
	q.turns = queue.New(o, (*attempt).isAlone, q.serve)
	return q
}

// Waiting is how many ciphertexts wait at the moment.
func (q *Queue) Waiting() int { return q.turns.Waiting() }

// Stands reports whether it has not been empty for a while.
func (q *Queue) Stands() bool { return q.turns.Stands() }

// serve makes a batch of attempts, whosever they are.
func (q *Queue) serve(batch []*queue.Item[*attempt]) {
	attempts := make([]*attempt, len(batch))
	now := time.Now()
	for i, item := range batch {
		attempts[i] = item.Value
		item.Value.turn = now
	}
	q.operate(attempts)
	for i, a := range attempts {
		a.finish()
		batch[i].Done(a.isJunk())
	}
}
