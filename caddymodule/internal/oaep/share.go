package oaep

import (
	"sync"

	"github.com/customergate/customergate/caddymodule/engine"
)

// share makes attempts with the slot that the caller has, and with one more for
// each further batch if slots are free right away. It gives them back.
func (d *Decrypter) share(attempts []*attempt) {
	batches := make(chan []*attempt, len(attempts))
	for rest := attempts; len(rest) > 0; {
		n := d.together(rest)
		batches <- rest[:n]
		rest = rest[n:]
	}
	close(batches)
	var helpers sync.WaitGroup
	for range len(batches) - 1 {
		if !d.limiter.tryAcquire() {
			break
		}
		helpers.Go(func() { d.work(batches) })
	}
	d.work(batches)
	helpers.Wait()
}

// together counts the attempts at the front that are served at once: what an
// engine does for less, and any other alone.
func (d *Decrypter) together(attempts []*attempt) int {
	n := 0
	for n < min(len(attempts), d.engine.Batch()) && isEngines(attempts[n]) {
		n++
	}
	return max(n, 1)
}

func isEngines(a *attempt) bool {
	_, ok := a.raw.(*engine.Key)
	return ok
}

// work serves one batch after the other until none is left or a key has failed,
// then gives its slot back.
func (d *Decrypter) work(batches <-chan []*attempt) {
	defer d.limiter.release()
	for batch := range batches {
		if d.serve(batch); failed(batch) != nil {
			return
		}
	}
}

// failed returns the first failure of a key.
func failed(attempts []*attempt) error {
	for _, a := range attempts {
		if a.err != nil {
			return a.err
		}
	}
	return nil
}
