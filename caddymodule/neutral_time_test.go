package caddymodule

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/validation"
)

// slowStore takes its time.
type slowStore struct {
	claims.Administrator
	pause time.Duration
}

func (s *slowStore) Reserve(ctx context.Context, id claims.ID, token claims.Token, lease time.Duration) (claims.Found, error) {
	time.Sleep(s.pause)
	return s.Administrator.Reserve(ctx, id, token, lease)
}

func (s *slowStore) Commit(ctx context.Context, id claims.ID, token claims.Token, value []byte, keep time.Duration) error {
	time.Sleep(s.pause)
	return s.Administrator.Commit(ctx, id, token, value, keep)
}

// timedRig is a gate with neutral answers on a store in memory, before a
// customer service that takes its time.
type timedRig struct {
	*rig
	t       *testing.T
	service time.Duration
}

// neutralTime runs a test in a bubble, where it is the year 2000.
func neutralTime(t *testing.T, test func(*timedRig)) {
	t.Helper()
	g := &timedRig{rig: neutralRig(t, map[string]any{"idempotency": true}), t: t}
	g.next = func(w http.ResponseWriter, r *http.Request) error {
		time.Sleep(g.service)
		return telling(w, r)
	}
	synctest.Test(t, func(t *testing.T) {
		g.t = t
		test(g)
	})
}

func (g *timedRig) send(email, key string) *exchange {
	r := newRequest(with(map[string]any{"email": email, "dob": "1950-12-10"}))
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	return g.serve(r)
}

// took is how long a registration waits for the neutral answer.
func (g *timedRig) took(email string) time.Duration {
	g.t.Helper()
	start := time.Now()
	if x := g.send(email, ""); x.answer.Code != 202 || x.answer.Body.String() != neutralBody {
		g.t.Errorf("answered %d %s", x.answer.Code, x.answer.Body)
	}
	return time.Since(start)
}

func (g *timedRig) check(what string, got, want time.Duration) {
	g.t.Helper()
	if got != want {
		g.t.Errorf("%s waits %s, want %s", what, got, want)
	}
}

// TestNeutralAnswerTakesItsTime: the answer that needs no upstream comes when one
// that does would have come, the time to remember it included.
func TestNeutralAnswerTakesItsTime(t *testing.T) {
	neutralTime(t, func(g *timedRig) {
		g.store.Administrator = &slowStore{Administrator: g.store.Administrator, pause: 20 * time.Millisecond}
		g.service = 300 * time.Millisecond
		g.check("a new customer", g.took("new@example.com"), 350*time.Millisecond)
		g.check("a known one", g.took("new@example.com"), 350*time.Millisecond)
		g.next = answering(409, "")
		g.check("one whom the upstream knows", g.took("known@example.com"), 350*time.Millisecond)
		g.next = func(w http.ResponseWriter, r *http.Request) error {
			time.Sleep(time.Second)
			return answering(409, "")(w, r)
		}
		g.check("one whom the upstream knows late", g.took("late@example.com"), 1050*time.Millisecond)
	})
}

// TestNeutralAnswerVariesAsOthersDo: known customers wait as long as the last new
// ones did, one or the other.
func TestNeutralAnswerVariesAsOthersDo(t *testing.T) {
	neutralTime(t, func(g *timedRig) {
		var news, knowns []time.Duration
		for i, service := range []time.Duration{20, 90, 120, 410} {
			g.service = service * time.Millisecond
			took := g.took(string(rune('a'+i)) + "@example.com")
			if i > 0 { // the first one knows nothing yet
				news = append(news, took)
			}
		}
		for range 200 {
			knowns = append(knowns, g.took("a@example.com"))
		}
		slices.Sort(knowns)
		want := append([]time.Duration{50 * time.Millisecond}, news...)
		if got := slices.Compact(knowns); !slices.Equal(got, want) {
			t.Errorf("known customers wait %v, want %v", got, want)
		}
	})
}

// TestNeutralAnswerBeforeAnythingIsKnown: until the first customer is created,
// everyone waits alike.
func TestNeutralAnswerBeforeAnythingIsKnown(t *testing.T) {
	neutralTime(t, func(g *timedRig) {
		g.next = answering(409, "")
		g.check("one whom the upstream knows", g.took("known@example.com"), 100*time.Millisecond)
		g.check("a known one", g.took("known@example.com"), 100*time.Millisecond)
		g.next = answering(201, "{}")
		g.check("the first new one", g.took("new@example.com"), 100*time.Millisecond)
		g.check("the next one", g.took("next@example.com"), 0)
	})
}

// TestNeutralAnswerToOverlappingRequests: how long a key is in use does not tell
// either, nor does it when the client goes away.
func TestNeutralAnswerToOverlappingRequests(t *testing.T) {
	neutralTime(t, func(g *timedRig) {
		g.service = 190 * time.Millisecond
		g.took("taken@example.com")
		for _, email := range []string{"new@example.com", "taken@example.com"} {
			first := make(chan *exchange, 1)
			go func() { first <- g.send(email, email) }()
			time.Sleep(195 * time.Millisecond)
			if x := g.send(email, email); x.answer.Code != 409 {
				t.Errorf("%s: beside the first, it is answered %d", email, x.answer.Code)
			}
			if x := <-first; x.answer.Code != 202 {
				t.Errorf("%s: answered %d", email, x.answer.Code)
			}
			if x := g.send(email, email); x.answer.Header().Get("Idempotency-Replayed") == "" {
				t.Errorf("%s: behind the first, it is answered %d anew", email, x.answer.Code)
			}
		}
	})
}

// TestNeutralAnswerOfAPendingAddressLasts no longer than the reservation: a
// client that tries again after a failure is told that all is well, but can make
// it so.
func TestNeutralAnswerOfAPendingAddressLasts(t *testing.T) {
	neutralTime(t, func(g *timedRig) {
		working := g.next
		g.next = func(_ http.ResponseWriter, r *http.Request) error { drain(r); return errors.New("reset") }
		if x := g.send("held@example.com", "key"); x.err == nil {
			t.Error("there is no error")
		}
		g.next = working
		if x := g.send("held@example.com", "key"); x.answer.Code != 202 || x.forwarded != nil {
			t.Errorf("while it is held, it is answered %d, forwarded is %t", x.answer.Code, x.forwarded != nil)
		}
		time.Sleep(2 * time.Minute) // the default lease
		if x := g.send("held@example.com", "key"); x.answer.Code != 202 || x.forwarded == nil {
			t.Errorf("after the lease, it is answered %d, forwarded is %t", x.answer.Code, x.forwarded != nil)
		}
	})
}

// TestNeutralAnswerKeepsNoPassword in memory while it waits.
func TestNeutralAnswerKeepsNoPassword(t *testing.T) {
	neutralTime(t, func(g *timedRig) {
		g.service = time.Minute
		g.took("taken@example.com")
		received := []byte(`{"password":"secret"}`)
		p := g.enter(httptest.NewRecorder(), newRequest(""), new(finding))
		p.received = received
		if _, err := p.visit.Claim(t.Context(), "default", "taken@example.com"); err != nil {
			t.Error(err)
		}
		go func() { _ = p.refuse(p.conflict(validation.EmailTaken, "")) }()
		synctest.Wait()
		if len(bytes.Trim(received, "\x00")) > 0 {
			t.Errorf("it holds %s", received)
		}
		time.Sleep(2 * time.Minute)
	})
}
