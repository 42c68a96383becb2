package caddymodule

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/validation"
)

// importBatch is how many addresses go to the store at a time: a claims file is
// fastest with 100,000 and more.
const importBatch = 1 << 17

// An importJob brings the addresses of an input into a store.
type importJob struct {
	store  claims.Administrator
	id     func(address string) claims.ID
	open   func() (addressSource, error)
	strict bool
	place  *importPlace
}

// An importedBatch is what a part of the input holds.
type importedBatch struct {
	ids     []claims.ID
	refused lineNumbers
	end     int64 // where the next part begins
	err     error // why there is no next part; io.EOF at the end
}

var errStrict = errors.New("it holds no address, and --strict stops there")

// run imports one batch while it reads the next. A reader that waits for its
// input is left behind when the context ends.
func (j *importJob) run(ctx context.Context, progress *progress) error {
	defer progress.start()()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	batches := make(chan importedBatch)
	go j.read(ctx, batches)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case b := <-batches:
			if err := j.bring(ctx, b); err != nil {
				return cmp.Or(ctx.Err(), err) // a store may put it in its own words
			}
			progress.set(j.place.Offset, j.place.Addresses)
			if errors.Is(b.err, io.EOF) { // the input's, not that of a connection of the store
				return nil
			}
			if b.err != nil {
				return b.err
			}
		}
	}
}

func (j *importJob) bring(ctx context.Context, b importedBatch) error {
	if len(b.ids) > 0 {
		added, err := j.store.Import(ctx, b.ids)
		j.place.Added += added
		if err != nil {
			return err
		}
	}
	j.place.Offset = b.end
	j.place.Addresses += len(b.ids)
	j.place.Refused.add(b.refused)
	return j.place.save()
}

// read sends the batches of the input from its start, or from its place, on.
func (j *importJob) read(ctx context.Context, batches chan<- importedBatch) {
	send := func(b importedBatch) bool {
		select {
		case batches <- b:
			return b.err == nil
		case <-ctx.Done():
			return false
		}
	}
	source, err := j.open()
	if err != nil {
		send(importedBatch{end: j.place.Offset, err: err})
		return
	}
	for more := true; more; {
		more = send(j.readBatch(ctx, source))
	}
}

func (j *importJob) readBatch(ctx context.Context, source addressSource) (b importedBatch) {
	for len(b.ids) < importBatch && b.err == nil && ctx.Err() == nil {
		var r addressRecord
		r, b.err = source.next()
		if b.err == nil && !j.take(&b, r) && j.strict {
			b.err = fmt.Errorf("line %d: %w", r.first, errStrict)
		}
		b.end = source.offset()
	}
	return b
}

// take adds a record to a batch, and reports whether it is as it should be.
func (j *importJob) take(b *importedBatch, r addressRecord) bool {
	text := strings.TrimSpace(r.text)
	if text == "" && !r.broken {
		return true
	}
	address, valid := validation.NormalizeEmail(text)
	if valid {
		b.ids = append(b.ids, j.id(address))
	} else {
		b.refused.append(r.first, r.last)
	}
	return valid
}

// finish reports what was done, and how the rest can be.
func (j *importJob) finish(err error, stdout io.Writer) error {
	if err == nil || j.place.Addresses > 0 {
		if _, err := io.WriteString(stdout, j.place.report()); err != nil {
			return j.place.explain(err)
		}
	}
	switch {
	case err == nil && j.place.Refused.Count > 0:
		return errors.Join(errLinesRefused, j.place.remove())
	case err == nil:
		return j.place.remove()
	case errors.Is(err, errStrict):
		return errors.Join(fmt.Errorf("%w; correct it and import the input again: what comes before it is there already", err), j.place.remove())
	}
	return j.place.explain(err)
}
