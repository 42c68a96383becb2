package boltstore

import (
	"context"
	"time"

	bolt "go.etcd.io/bbolt"
)

const (
	// sweepInterval is how often the file is searched for commitments that
	// are no longer kept.
	sweepInterval = time.Minute
	// sweepStep is how many of them are deleted at a time.
	sweepStep = 1000
)

// startSweeping has the tree freed of what is no longer kept, for space alone:
// what has ended counts as absent before. The table needs no sweeping, because
// a merge leaves out what has ended.
func (f *file) startSweeping() {
	ctx, stop := context.WithCancel(context.Background())
	f.stop = stop
	f.sweeper.Go(func() {
		ticker := time.NewTicker(sweepInterval)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				_ = f.sweep(ctx) // what is left is found the next time
			}
		}
	})
}

// sweep deletes what has ended by now, step by step among the batches of
// others. It writes nothing if there is nothing.
func (f *file) sweep(ctx context.Context) error {
	for {
		var ended []end
		err := f.view(func(tx *bolt.Tx) error {
			ended = treeOf(tx).ended(f.now(), sweepStep)
			return nil
		})
		if err != nil || len(ended) == 0 {
			return err
		}
		err = f.writer.do(ctx, func(b *batch) error {
			b.sweep(ended)
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// sweep deletes ends that have come from the tree, and what is no longer kept.
// An end that is not that of its entry would be found again and again.
func (b *batch) sweep(ended []end) {
	for _, e := range ended {
		if !b.read(e.key).held(b.now) {
			b.write(e.key, entry{})
		}
		b.fail(b.tree.ends().Delete(endKey(e.at, e.key)))
	}
}
