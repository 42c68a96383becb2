package oaep

import (
	"time"

	"github.com/customergate/customergate/caddymodule/engine"
	"github.com/customergate/customergate/caddymodule/internal/queue"
)

// ErrBusy says that a ciphertext could not be opened in time. Those of the package
// queue say why.
var ErrBusy = queue.ErrBusy

// handoverRest is how long a slot rests before its next operation where these run
// in Go. With as many slots as CPUs, private operations that follow one another
// without a gap leave no CPU idle for a moment, and Go looks for news from the
// network only when one is, or every 10 milliseconds: all other requests, and
// those just decrypted, would wait for that at each of their steps. While one runs
// in C, Go looks.
const handoverRest = 30 * time.Microsecond

// A Queue is where the private operations of the Decrypters that share it wait for
// their turn. It is safe for concurrent use.
type Queue struct {
	engine *engine.Engine
	turns  *queue.Queue[*attempt]
}

// NewQueue returns a Queue whose operations an engine does, where it can. How many
// make a batch is the engine's to say, and whether slots rest between them.
func NewQueue(e *engine.Engine, o queue.Options) *Queue {
	q := &Queue{engine: e}
	o.Batch, o.Rest = e.Batch(), 0
	if o.Batch == 1 {
		o.Rest = handoverRest
	}
	q.turns = queue.New(o, (*attempt).isAlone, q.serve)
	return q
}

// serve makes a batch of attempts, whosever they are.
func (q *Queue) serve(batch []*queue.Item[*attempt]) {
	attempts := make([]*attempt, len(batch))
	for i, item := range batch {
		attempts[i] = item.Value
	}
	q.operate(attempts)
	for i, a := range attempts {
		a.finish()
		batch[i].Done(a.isJunk())
	}
}
