package waiting

import (
	"slices"
	"sync"
	"time"
	"weak"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/customergate/customergate/caddymodule/internal/metric"
	"github.com/customergate/customergate/caddymodule/internal/oaep"
	"github.com/customergate/customergate/caddymodule/internal/queue"
)

// The metrics of queues outlive configurations, so that counters survive a reload.
var (
	waits = prometheus.NewHistogram(metric.Histogram("queue_wait_seconds",
		"How long ciphertexts have waited for their private-key operation, those that were not refused.",
		.0001, .001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 60))
	refusals = prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: "queue_refused_total",
		Help: "Requests that got no private-key operation, by reason: full (no place to wait in), stale (the queue did not get shorter), timeout (the longest wait was over), not_admitted (refused before the body was read, as one of these), gone (the client went away).",
	}, []string{"reason"})
	lengths = prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: "caddy", Subsystem: "customer_gate", Name: "queue_length",
		Help: "Ciphertexts that wait for their private-key operation.",
	}, func() float64 { return float64(Length()) })
)

const gone = "gone"

// reasons are those of queue_refused_total.
var reasons = map[error]string{
	queue.ErrFull: "full", queue.ErrStale: "stale", queue.ErrTimeout: "timeout", queue.ErrNotAdmitted: "not_admitted",
}

// RegisterMetrics puts the metrics of queues on a configuration's registry.
func RegisterMetrics(registry prometheus.Registerer) error {
	refusals.WithLabelValues(gone) // from 0, so that alerts see the first one
	for _, reason := range reasons {
		refusals.WithLabelValues(reason)
	}
	return metric.Register(registry, waits, refusals, lengths)
}

// observer tells the metrics what becomes of those who wait.
type observer struct{}

func (observer) Waited(d time.Duration) { waits.Observe(d.Seconds()) }

func (observer) Refused(err error) {
	reason, known := reasons[err] // which is never wrapped: it is a queue's own word
	if !known {
		reason = gone
	}
	refusals.WithLabelValues(reason).Inc()
}

// live are the queues that there are. Those of replaced configurations go when nobody
// waits in them any more.
var live struct {
	mu     sync.Mutex
	queues []weak.Pointer[oaep.Queue]
}

func enlist(q *oaep.Queue) {
	live.mu.Lock()
	defer live.mu.Unlock()
	live.queues = append(live.queues, weak.Make(q))
}

// Length is how many ciphertexts wait in all queues.
func Length() int {
	length := 0
	for _, q := range alive() {
		length += q.Waiting()
	}
	return length
}

// Overloaded reports whether a queue does not get shorter.
func Overloaded() bool { return slices.ContainsFunc(alive(), (*oaep.Queue).Stands) }

func alive() []*oaep.Queue {
	live.mu.Lock()
	defer live.mu.Unlock()
	var queues []*oaep.Queue
	live.queues = slices.DeleteFunc(live.queues, func(pointer weak.Pointer[oaep.Queue]) bool {
		q := pointer.Value()
		if q != nil {
			queues = append(queues, q)
		}
		return q == nil
	})
	return queues
}
