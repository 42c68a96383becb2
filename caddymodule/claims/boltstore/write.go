package boltstore

import bolt "go.etcd.io/bbolt"

// write makes the changes of a batch, and then does what has become due.
func (f *file) write(ops []*operation) {
	settle(ops, f.writeBatch(ops))
	// An error here has no caller. What it prevents is due again after the next
	// batch, which most likely meets the same error.
	_ = f.maintain()
}

func (f *file) writeBatch(ops []*operation) error {
	var b *batch
	err := f.update(func(tx *bolt.Tx) error {
		b = newBatch(tx, &f.table, f.now(), f.last)
		f.last = b
		if err := apply(ops, b); err != nil || len(b.records) == 0 {
			return err
		}
		return f.journal.write(tx, b.records)
	})
	if err != nil {
		return err
	}
	if b.reveals {
		f.table.revealed.Add(1) // for those who have looked while the disk had not got it
	}
	f.table.add(b.changes)
	f.journal.size += len(b.records)
	if f.merge != nil {
		f.merge.credit += mergePace * len(b.records)
	}
	return nil
}

// maintain brings changes into the tree once the journal is full.
func (f *file) maintain() error {
	switch {
	case f.merge == nil && f.journal.size >= f.journal.limit:
		return f.turnOver()
	case f.merge != nil && f.merge.credit >= mergeStep && f.merging.TryLock():
		defer f.merging.Unlock()
		return f.mergeStep()
	default:
		return nil
	}
}

// turnOver begins a new journal, and the merge of the ones before it.
func (f *file) turnOver() error {
	live := running(f.table.recent, f.now())
	var following journal
	err := f.update(func(tx *bolt.Tx) (err error) {
		following, err = f.journal.next(tx, live)
		return err
	})
	if err != nil {
		return err
	}
	f.merge = newMerge(f.journal.number, f.table.recent)
	f.journal = following
	f.table.replace(live, f.table.recent)
	return nil
}

func (f *file) mergeStep() error {
	var n int
	err := f.update(func(tx *bolt.Tx) (err error) {
		n, err = f.merge.step(tx, f.table.frozen, f.now())
		return err
	})
	if err != nil {
		return err
	}
	f.merge.credit = 0
	f.merge.keys = f.merge.keys[n:]
	if len(f.merge.keys) == 0 {
		f.merge = nil
		f.table.replace(f.table.recent, nil)
	}
	return nil
}
