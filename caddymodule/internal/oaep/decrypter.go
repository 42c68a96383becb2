// Package oaep opens the passwords that clients send encrypted (contract,
// section 2): RSA-OAEP with SHA-256 and the empty label, in strict Base64.
//
// It treats both common choices of MGF1 as correct, bounds how many private
// operations run at once, and makes every failure look and cost the same.
package oaep

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/customergate/customergate/caddymodule/engine"
	"github.com/customergate/customergate/caddymodule/internal/queue"
	"github.com/customergate/customergate/caddymodule/internal/reuse"
	"github.com/customergate/customergate/caddymodule/keys"
)

// Options are the tunables of a Decrypter. The zero value works, without a
// queue.
type Options struct {
	// MGF1 says which variants of MGF1 are accepted. Default: both.
	MGF1 MGF1

	// Queue is where private operations wait for their turn, and whose engine
	// does them. Default: one of its own for which none waits, with Go.
	Queue *Queue

	// Report is told once of each key that the engine does not serve, and why.
	// Default: nobody is.
	Report func(error)

	// Reuse bounds how often one ciphertext is opened. Beyond that it costs and
	// looks like one that nobody can open. Default: no limit.
	Reuse reuse.Limit

	// Observe is told of each private operation with the time it took, and of
	// each ciphertext refused without one. It may be called by several
	// goroutines at once. Default: none.
	Observe func(Observation)
}

// An Observation is of a private operation, or of a ciphertext refused without one.
type Observation struct {
	Result   Result
	Variant  Variant
	Took     time.Duration
	KeyID    string            // of the key that was asked; empty where none was
	Platform string            // the sender's
	Span     trace.SpanContext // of the request, if it is traced
}

// A Decrypter opens ciphertexts. It is safe for concurrent use, and meant to
// be shared by all requests: its bounds hold for all calls together.
type Decrypter struct {
	mgf1    MGF1
	queue   *Queue
	report  func(error)
	observe func(Observation)
	reuse   reuse.Limit
}

// New returns a Decrypter.
func New(o Options) *Decrypter {
	if o.Observe == nil {
		o.Observe = func(Observation) {}
	}
	if o.Queue == nil {
		e, _ := engine.Choose(engine.Go)
		o.Queue = NewQueue(e, queue.Options{})
	}
	if o.Report == nil {
		o.Report = func(error) {}
	}
	return &Decrypter{
		mgf1:    o.MGF1,
		queue:   o.Queue,
		report:  o.Report,
		observe: o.Observe,
		reuse:   o.Reuse,
	}
}

// A Sender is what a client has said of itself.
type Sender struct {
	// Client is the client's address, by which operations wait fairly. Default:
	// one that all have who have none.
	Client netip.Addr

	// KeyID is the ID of the key that the client has used; empty if it did not
	// say.
	KeyID string

	// Platform is what the client says it runs on, as far as it is one of a few.
	// Default: none.
	Platform string

	// Spare tells that the operations are done on a slot of the queue that nobody
	// else has a use for, or not at all. Default: they wait for their turn.
	Spare bool

	// Words are those that the plaintexts are going to be judged against. They
	// count under the reuse limit. Default: none.
	Words iter.Seq[string]
}

// Admits reports false if ciphertexts of a client would be refused as busy: so many
// others wait, or it has sent those before that nobody can open.
func (d *Decrypter) Admits(client netip.Addr) bool { return d.queue.turns.Admits(client) }

// Open returns one plaintext for each ciphertext, nil for one that cannot be
// opened; why it cannot, nobody is told. A plaintext is UTF-8 without control
// characters and may be empty. It belongs to the caller, who should clear it.
//
// The first keys.MaxKeys keys of the ring are tried in order, each with both
// variants of MGF1; a sender that names its key has only that one tried. So the
// newest key costs an honest client one private operation, one that retires costs
// two, and junk always costs every key one. A key that does no private operation
// alone is asked once for each variant, as long as it gives no plaintext.
//
// Equal ciphertexts are opened once, different ones in one batch of the engine,
// or side by side if slots are free. The error is an ErrBusy, the context's, or an
// ErrKeyFailed, and then there are no plaintexts: while a key cannot be used,
// nobody knows whether a ciphertext can be opened.
func (d *Decrypter) Open(ctx context.Context, ring []keys.Key, from Sender, ciphertexts ...[]byte) ([][]byte, error) {
	if err := checkRing(ring); err != nil {
		return nil, err
	}
	ring = ring[:min(len(ring), keys.MaxKeys)]
	refusal := ResultMalformed
	if from.KeyID != "" {
		if ring = named(ring, from.KeyID); len(ring) == 0 {
			refusal = ResultUnknownKey
		}
	}
	plaintexts := make([][]byte, len(ciphertexts))
	tasks := make([]task, 0, len(ciphertexts))
	for i, ciphertext := range ciphertexts {
		if firstEqual(ciphertexts, i) < i {
			continue
		}
		octets, suited := decode(ciphertext, ring)
		if len(suited) == 0 {
			d.observe(Observation{Result: refusal, Variant: VariantNone, Platform: from.Platform, Span: trace.SpanContextFromContext(ctx)})
			continue
		}
		tasks = append(tasks, task{octets: octets, ring: suited, into: &plaintexts[i]})
	}
	if len(tasks) == 0 {
		return plaintexts, nil
	}
	c := &call{
		Decrypter: d, client: from.Client, platform: from.Platform, span: trace.SpanContextFromContext(ctx),
		spare: from.Spare, tasks: tasks, words: d.reuse.Words(from.Words),
	}
	if err := c.run(ctx); err != nil {
		return nil, err
	}
	for i := range ciphertexts {
		if first := firstEqual(ciphertexts, i); first < i {
			plaintexts[i] = bytes.Clone(plaintexts[first])
		}
	}
	return plaintexts, nil
}

// checkRing refuses a ring without keys, and keys without a public half, which
// whoever makes a keys.Key by hand has no way to give it.
func checkRing(ring []keys.Key) error {
	if len(ring) == 0 {
		return fmt.Errorf("%w: the provider has none", ErrKeyFailed)
	}
	for _, key := range ring {
		if key.PublicKey() == nil {
			return fmt.Errorf("%w: kid %q was not made with keys.NewKey", ErrKeyFailed, key.ID)
		}
	}
	return nil
}

// named returns the key of the ring with an ID, if there is one. IDs are public,
// so looking them up may take as long as it takes.
func named(ring []keys.Key, id string) []keys.Key {
	i := slices.IndexFunc(ring, func(k keys.Key) bool { return k.ID == id })
	if i < 0 {
		return nil
	}
	return ring[i : i+1]
}

// firstEqual returns the index of the first ciphertext that equals the i-th.
// Strict Base64 has one spelling, so equal text is equal ciphertext.
func firstEqual(ciphertexts [][]byte, i int) int {
	return slices.IndexFunc(ciphertexts, func(c []byte) bool { return bytes.Equal(c, ciphertexts[i]) })
}
