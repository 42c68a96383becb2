package watch_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/customergate/customergate/caddymodule/internal/watch"
)

// TestBody: a handler reads what it would without being watched, and what it has read
// is kept, where all of it is and it is not too long.
func TestBody(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	for name, test := range map[string]struct {
		sent         string
		length       int64 // that is declared
		limit, reads int
		whole, over  bool
	}{
		"read to its end":            {sent: long, length: -1, limit: 10_000, reads: 20_000, whole: true},
		"of a length, to that":       {sent: long, length: 10_000, limit: 10_000, reads: 10_000, whole: true},
		"of a length, not to that":   {sent: long, length: 10_000, limit: 10_000, reads: 9_999},
		"of no length, half":         {sent: long, length: -1, limit: 10_000, reads: 5_000},
		"one byte over the limit":    {sent: long, length: -1, limit: 9_999, reads: 20_000, over: true},
		"not read":                   {sent: long, length: 10_000, limit: 10_000},
		"empty, not read":            {sent: "", length: 0, limit: 10_000, whole: true},
		"empty, of no length, read":  {sent: "", length: -1, limit: 10_000, reads: 1, whole: true},
		"over, and read by one byte": {sent: long, length: 10_000, limit: 9_999, reads: 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := &http.Request{Body: io.NopCloser(iotest.HalfReader(strings.NewReader(test.sent))), ContentLength: test.length}
			body := watch.Keep(r, int64(test.limit))
			defer body.Leave()
			got, err := io.ReadAll(io.LimitReader(r.Body, int64(test.reads)))
			if want := test.sent[:min(test.reads, len(test.sent))]; err != nil || string(got) != want {
				t.Errorf("the handler got %d bytes and %v, want %d", len(got), err, len(want))
			}
			kept, whole := body.Whole(r.ContentLength)
			if whole != test.whole || whole && string(kept) != test.sent {
				t.Errorf("kept are %d bytes, whole %t, want %t", len(kept), whole, test.whole)
			}
			if body.Over() != test.over {
				t.Errorf("over the limit: %t", body.Over())
			}
		})
	}
}

// TestNoBody: transports know a request without a body by its value.
func TestNoBody(t *testing.T) {
	r := &http.Request{Body: http.NoBody}
	body := watch.Keep(r, 1)
	if kept, whole := body.Whole(0); r.Body != http.NoBody || !whole || len(kept) > 0 {
		t.Errorf("the body is %v, kept %q %t", r.Body, kept, whole)
	}
}

// TestBodyIsReadOn: a transport may go on reading when the upstream has answered.
func TestBodyIsReadOn(t *testing.T) {
	r := &http.Request{Body: io.NopCloser(strings.NewReader(strings.Repeat("x", 100_000))), ContentLength: 100_000}
	body := watch.Keep(r, 200_000)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(io.Discard, iotest.OneByteReader(r.Body))
	}()
	for whole := false; !whole; {
		_, whole = body.Whole(r.ContentLength)
		body.Over()
	}
	body.Leave()
	<-done
}
