package attempts

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var now = time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC)

var limit = Limit{Count: 3, Window: time.Minute}

func from(client, account string) Who {
	return Who{Client: netip.MustParseAddr(client), Tenant: "acme", Account: account}
}

// fresh forgets what other tests have counted.
func fresh(t *testing.T) { t.Helper(); process().counts = newTable(maxEntries) }

func fail(t *testing.T, who Who, at time.Time) {
	t.Helper()
	attempt, wait := limit.Begin(t.Context(), who, nil, at)
	if wait != 0 {
		t.Fatalf("it has to wait for %s", wait)
	}
	attempt.Failed(at)
}

func checkWait(t *testing.T, who Who, at time.Time, want time.Duration) {
	t.Helper()
	if got := limit.Wait(who, at); got != want {
		t.Errorf("it has to wait for %s, want %s", got, want)
	}
	attempt, got := limit.Begin(t.Context(), who, nil, at)
	attempt.Abandon()
	if got != want || (attempt == nil) != (want > 0) {
		t.Errorf("begun, it has to wait for %s, want %s", got, want)
	}
}

func TestAccount(t *testing.T) {
	fresh(t)
	for i := range 3 {
		fail(t, from(fmt.Sprintf("192.0.2.%d", i), "ada@example.com"), now.Add(time.Duration(i)*time.Second))
	}
	checkWait(t, from("192.0.2.9", "ada@example.com"), now.Add(10*time.Second), 50*time.Second)
	checkWait(t, from("192.0.2.9", "ADA@example.com"), now.Add(10*time.Second), 50*time.Second)
	checkWait(t, from("192.0.2.9", "bob@example.com"), now.Add(10*time.Second), 0)
	other := from("192.0.2.9", "ada@example.com")
	other.Tenant = "other"
	checkWait(t, other, now, 0)
	checkWait(t, from("192.0.2.9", "ada@example.com"), now.Add(time.Minute), 0)
}

func TestClient(t *testing.T) {
	fresh(t)
	for i := range 3 {
		fail(t, from("2001:db8::1", fmt.Sprintf("%d@example.com", i)), now)
	}
	checkWait(t, from("2001:db8::2", "ada@example.com"), now, time.Minute)
	checkWait(t, from("2001:db8:0:1::2", "ada@example.com"), now, 0)
	checkWait(t, Who{Account: "ada@example.com"}, now, 0) // of a Unix socket
}

// A success makes an account free again, and its address no freer.
func TestSuccess(t *testing.T) {
	fresh(t)
	who := from("192.0.2.1", "ada@example.com")
	fail(t, who, now)
	fail(t, who, now)
	attempt, _ := limit.Begin(t.Context(), who, nil, now)
	attempt.Succeeded()
	attempt.Failed(now) // says nothing any more
	fail(t, from("192.0.2.2", "ada@example.com"), now)
	checkWait(t, from("192.0.2.2", "ada@example.com"), now, 0)
	fail(t, from("192.0.2.1", "bob@example.com"), now)
	checkWait(t, from("192.0.2.1", "eve@example.com"), now, time.Minute)
}

// However many come at once, no more get through than may fail.
func TestAtOnce(t *testing.T) {
	fresh(t)
	var begun atomic.Int32
	var all sync.WaitGroup
	attempts := make([]*Attempt, 100)
	for i := range attempts {
		all.Go(func() {
			var wait time.Duration
			if attempts[i], wait = limit.Begin(t.Context(), from("192.0.2.1", "ada@example.com"), nil, now); attempts[i] != nil {
				begun.Add(1)
			} else if wait != crowded {
				t.Errorf("it has to wait for %s", wait)
			}
		})
	}
	all.Wait()
	if begun.Load() != 3 {
		t.Errorf("%d got through", begun.Load())
	}
	for _, attempt := range attempts {
		attempt.Failed(now)
	}
	checkWait(t, from("192.0.2.1", "ada@example.com"), now, time.Minute)
}

// Nobody is forgotten for others that fail once.
func TestBoundedMemory(t *testing.T) {
	fresh(t)
	process().counts = newTable(100)
	for range 3 {
		fail(t, Who{Account: "ada@example.com"}, now)
	}
	for i := range 5000 {
		fail(t, Who{Account: fmt.Sprintf("%d@example.com", i)}, now)
	}
	if n := len(process().counts.entries); n != 100 {
		t.Errorf("%d entries", n)
	}
	checkWait(t, Who{Account: "ada@example.com"}, now, time.Minute)
}

func TestNoLimit(t *testing.T) {
	attempt, wait := Limit{}.Begin(t.Context(), from("192.0.2.1", "ada@example.com"), nil, now)
	attempt.Failed(now)
	attempt.Succeeded()
	attempt.Abandon()
	if attempt != nil || wait != 0 || (Limit{}).Wait(from("192.0.2.1", "ada@example.com"), now) != 0 {
		t.Error("there is a limit")
	}
}

// FuzzTable: whatever happens, no more failures than the limit are there, and nothing
// is left of what is over.
func FuzzTable(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7})
	f.Fuzz(func(t *testing.T, steps []byte) {
		counts := newTable(4)
		at := now
		pending := map[byte]int{}
		for _, step := range steps {
			who := subject{tag: tag{step % 8}}
			switch step >> 6 {
			case 0:
				if counts.wait([]subject{who}, 3, at) == 0 {
					counts.begin(who.tag, at)
					pending[step%8]++
				}
			case 1:
				if pending[step%8] > 0 {
					counts.failed(who.tag, at, time.Minute)
					pending[step%8]--
				}
			case 2:
				if pending[step%8] > 0 {
					counts.forget(who.tag)
					pending[step%8]--
				}
			case 3:
				at = at.Add(time.Duration(step%8) * 10 * time.Second)
			}
		}
		for s, e := range counts.entries {
			if e.pending != pending[s[0]] || e.failuresAt(at)+e.pending > 3 {
				t.Errorf("%d failures and %d pending of %d", e.failures, e.pending, pending[s[0]])
			}
		}
	})
}

// counter is one that other gateways count with.
type counter struct {
	mu     sync.Mutex
	counts map[string]int
	down   error
}

func (c *counter) Count(_ context.Context, subject ...string) (int, time.Duration, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts[strings.Join(subject, " ")], 40 * time.Second, c.down
}

func (c *counter) Add(_ context.Context, _ time.Duration, subject ...string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[strings.Join(subject, " ")]++
	return c.down
}

func (c *counter) Forget(_ context.Context, subject ...string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.counts, strings.Join(subject, " "))
	return c.down
}

// What other gateways have counted counts, and what they have forgotten does not; one
// that is down is done without.
func TestElsewhere(t *testing.T) {
	fresh(t)
	elsewhere := &counter{counts: make(map[string]int)}
	who := from("192.0.2.1", "ada@example.com")
	try := func() (*Attempt, time.Duration) { return limit.Begin(t.Context(), who, elsewhere, now) }
	for range 3 {
		attempt, _ := try()
		attempt.Failed(now)
		fresh(t) // as on another gateway
	}
	if attempt, wait := try(); attempt != nil || wait != 40*time.Second {
		t.Errorf("it has to wait for %s", wait)
	}
	clear(elsewhere.counts)
	attempt, wait := try()
	if attempt == nil {
		t.Fatalf("it has to wait for %s", wait)
	}
	attempt.Failed(now)
	attempt, _ = try()
	attempt.Succeeded()
	if len(elsewhere.counts) != 1 {
		t.Errorf("after a success there is %v", elsewhere.counts)
	}

	elsewhere.down = errors.New("down")
	for range 2 { // beside the one of the address that is known
		attempt, _ := try()
		attempt.Failed(now)
	}
	if attempt, _ := try(); attempt != nil {
		t.Error("nothing is counted without the other gateways")
	}
}

// TestElsewhereTakesNothing: what others have not been told counts here, though they
// answer, and no longer than its window.
func TestElsewhereTakesNothing(t *testing.T) {
	fresh(t)
	elsewhere := &forgetful{counter{counts: make(map[string]int)}}
	who := from("192.0.2.1", "ada@example.com")
	for i := range 3 {
		attempt, wait := limit.Begin(t.Context(), who, elsewhere, now)
		if attempt == nil {
			t.Fatalf("attempt %d has to wait for %s", i+1, wait)
		}
		attempt.Failed(now)
	}
	if attempt, _ := limit.Begin(t.Context(), who, elsewhere, now); attempt != nil {
		t.Error("a fourth may fail")
	}
	attempt, wait := limit.Begin(t.Context(), who, elsewhere, now.Add(limit.Window))
	if attempt == nil {
		t.Fatalf("behind the window, it has to wait for %s", wait)
	}
	attempt.Succeeded()
}

// forgetful answers how many there are, and counts no more.
type forgetful struct{ counter }

func (*forgetful) Add(context.Context, time.Duration, ...string) error { return errors.New("crowded") }
