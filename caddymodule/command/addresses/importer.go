package addresses

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

// batchSize is how many addresses go to the store at a time: a claims file is
// fastest with 100,000 and more.
const batchSize = 1 << 17

// An Importer brings the addresses of a list into a store.
type Importer struct {
	Store claims.Administrator
	ID    func(address string) claims.ID

	// Strict is to stop at the first line that holds no address.
	Strict bool

	// Progress is told, now and then, how many bytes of the list and how many
	// addresses have been imported so far.
	Progress func(bytes int64, addresses int)
}

// A Report is what an import has come to.
type Report struct {
	Addresses int // that are in the store now
	Added     int // of them
	Refused   LineNumbers
}

// A batch is what a part of the list holds.
type batch struct {
	ids     []claims.ID
	refused LineNumbers
	end     int64 // how many bytes of the list there are up to its end
	err     error // why there is no next part; io.EOF at the end
}

// errStrict ends an import that is Strict.
var errStrict = errors.New("it holds no address, and --strict stops there")

// Import imports one batch while it reads the next. A reader that waits for its
// input is left behind when the context ends.
func (i *Importer) Import(ctx context.Context, format Format, input io.Reader) (report Report, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	batches := make(chan batch)
	go i.read(ctx, format, &counter{Reader: input}, batches)
	for {
		select {
		case <-ctx.Done():
			return report, ctx.Err()
		case b := <-batches:
			if err := i.bring(ctx, b, &report); err != nil {
				return report, cmp.Or(ctx.Err(), err) // a store may put it in its own words
			}
			i.Progress(b.end, report.Addresses)
			if errors.Is(b.err, io.EOF) { // the list's, not that of a connection of the store
				return report, nil
			}
			if b.err != nil {
				return report, b.err
			}
		}
	}
}

func (i *Importer) bring(ctx context.Context, b batch, report *Report) error {
	report.Refused.add(b.refused)
	if len(b.ids) == 0 {
		return nil
	}
	added, err := i.Store.Import(ctx, b.ids)
	report.Added += added
	if err != nil {
		report.Addresses += added // as far as is known
		return err
	}
	report.Addresses += len(b.ids)
	return nil
}

// read sends the batches of the list.
func (i *Importer) read(ctx context.Context, format Format, input *counter, batches chan<- batch) {
	send := func(b batch) bool {
		select {
		case batches <- b:
			return b.err == nil
		case <-ctx.Done():
			return false
		}
	}
	list, err := format.open(input)
	if err != nil {
		send(batch{err: err})
		return
	}
	for more := true; more; {
		b := i.readBatch(ctx, list)
		b.end = input.bytes
		more = send(b)
	}
}

func (i *Importer) readBatch(ctx context.Context, list list) (b batch) {
	for len(b.ids) < batchSize && b.err == nil && ctx.Err() == nil {
		var r record
		r, b.err = list.next()
		if b.err == nil && !i.take(&b, r) && i.Strict {
			b.err = fmt.Errorf("line %d: %w", r.first, errStrict)
		}
	}
	return b
}

// take adds a record to a batch, and reports whether it is as it should be.
func (i *Importer) take(b *batch, r record) bool {
	text := strings.TrimSpace(r.text)
	if text == "" && !r.broken {
		return true
	}
	address, valid := validation.NormalizeEmail(text)
	if valid {
		b.ids = append(b.ids, i.ID(address))
	} else {
		b.refused.append(r.first, r.last)
	}
	return valid
}

// A counter counts what was read.
type counter struct {
	io.Reader
	bytes int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.bytes += int64(n)
	return n, err
}
