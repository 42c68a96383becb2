package caddymodule

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
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

// learn has the gate see enough new customers to know what the service takes.
func (g *timedRig) learn() {
	for i := range 100 {
		g.took("learned" + strconv.Itoa(i) + "@example.com")
	}
}

// TestNeutralAnswerTakesItsTime: the answer that needs no upstream comes when one
// that does would have come, which is twice the time that most take, the time to
// remember it included.
func TestNeutralAnswerTakesItsTime(t *testing.T) {
	neutralTime(t, func(g *timedRig) {
		g.store.Administrator = &slowStore{Administrator: g.store.Administrator, pause: 20 * time.Millisecond}
		g.service = 300 * time.Millisecond
		g.learn()
		g.check("a new customer", g.took("new@example.com"), 700*time.Millisecond)
		g.check("a known one", g.took("new@example.com"), 700*time.Millisecond)
		g.service = 600 * time.Millisecond
		g.check("a new one of a service that is slower", g.took("slower@example.com"), 700*time.Millisecond)
		g.next = answering(409, "")
		g.check("one whom the upstream knows", g.took("known@example.com"), 700*time.Millisecond)
		g.next = func(w http.ResponseWriter, r *http.Request) error {
			time.Sleep(time.Second)
			return answering(409, "")(w, r)
		}
		g.check("one whom the upstream knows late", g.took("late@example.com"), 1050*time.Millisecond)
	})
}

// TestNeutralAnswerVariesAsOthersDo: known customers wait longer than most as often
// as new ones did.
func TestNeutralAnswerVariesAsOthersDo(t *testing.T) {
	neutralTime(t, func(g *timedRig) {
		g.service = 20 * time.Millisecond
		g.learn()
		for i := range 10 {
			g.service = time.Duration(310+10*i) * time.Millisecond
			g.check("a slow new one", g.took(string(rune('a'+i))+"@example.com"), (g.service + 49*time.Millisecond).Truncate(50*time.Millisecond))
		}
		slow := 0
		for range 1000 {
			switch took := g.took("a@example.com"); took {
			case 50 * time.Millisecond:
			case 350 * time.Millisecond, 400 * time.Millisecond:
				slow++
			default:
				t.Errorf("a known one waits %s", took)
			}
		}
		if slow < 45 || slow > 150 { // of 91 that are to be expected
			t.Errorf("%d of 1000 known ones are slow", slow)
		}
	})
}

// TestNeutralAnswerBeforeMuchIsKnown: until a few customers are created, everyone
// waits alike.
func TestNeutralAnswerBeforeMuchIsKnown(t *testing.T) {
	neutralTime(t, func(g *timedRig) {
		working := g.next
		g.next = answering(409, "")
		g.check("one whom the upstream knows", g.took("known@example.com"), 100*time.Millisecond)
		g.check("a known one", g.took("known@example.com"), 100*time.Millisecond)
		g.next = working
		for i := range 16 {
			g.check("a new one", g.took(string(rune('a'+i))+"@example.com"), 100*time.Millisecond)
		}
		g.check("the next one", g.took("next@example.com"), 0)
		g.check("a known one", g.took("known@example.com"), 0)
	})
}

// TestNeutralAnswerWaitsItsTurn: a known customer waits as long as a new one behind
// those who are with the service, and has those behind wait as long.
func TestNeutralAnswerWaitsItsTurn(t *testing.T) {
	neutralTime(t, func(g *timedRig) {
		g.service = 200 * time.Millisecond
		g.learn()
		for _, email := range []string{"new@example.com", "learned0@example.com"} {
			var under sync.WaitGroup
			under.Go(func() { g.check("the first", g.took("first-"+email), 400*time.Millisecond) })
			synctest.Wait()
			under.Go(func() { g.check(email, g.took(email), 600*time.Millisecond) })
			synctest.Wait()
			under.Go(func() { g.check("the last", g.took("last-"+email), 800*time.Millisecond) })
			under.Wait()
		}
	})
}

// TestNeutralAnswersAreBounded: when a service hangs, registrations are answered
// 503, whatever their address is, and nothing of them stays.
func TestNeutralAnswersAreBounded(t *testing.T) {
	neutralTime(t, func(g *timedRig) {
		g.learn()
		g.service = time.Minute
		var under sync.WaitGroup
		for i := range 100 {
			under.Go(func() { g.send("busy"+strconv.Itoa(i)+"@example.com", "") })
		}
		synctest.Wait()
		for _, email := range []string{"new@example.com", "learned0@example.com"} {
			under.Go(func() {
				began := time.Now()
				g.send(email, email).checkRefused(t, http.StatusServiceUnavailable, codeServiceUnavailable)
				if took := time.Since(began); took != 30*time.Second {
					t.Errorf("%s waits %s", email, took)
				}
			})
			under.Go(func() {
				gone, leave := context.WithCancel(g.t.Context())
				leave()
				r := newRequest(with(map[string]any{"email": email, "dob": "1950-12-10"})).WithContext(gone)
				g.serve(r).checkRefused(t, statusClientGone, codeClientGone)
			})
		}
		under.Wait()
		g.service = 0
		if x := g.send("new@example.com", "new@example.com"); x.answer.Code != 202 || x.forwarded == nil {
			t.Errorf("afterwards, it is answered %d", x.answer.Code)
		}
	})
}

// TestNeutralAnswerToOverlappingRequests: how long a key is in use does not tell
// either, nor does it when the client goes away.
func TestNeutralAnswerToOverlappingRequests(t *testing.T) {
	neutralTime(t, func(g *timedRig) {
		g.service = 190 * time.Millisecond
		g.learn()
		for _, email := range []string{"new@example.com", "learned0@example.com"} {
			first := make(chan *exchange, 1)
			go func() { first <- g.send(email, email) }()
			time.Sleep(395 * time.Millisecond)
			if x := g.send(email, email); x.answer.Code != 409 {
				t.Errorf("%s: beside the first, it is answered %d", email, x.answer.Code)
			}
			if x := <-first; x.answer.Code != 202 {
				t.Errorf("%s: answered %d", email, x.answer.Code)
			}
			if x := g.send(email, email); x.answer.Code != 202 || x.answer.Header().Get("Idempotency-Replayed") != "" {
				t.Errorf("%s: behind the first, it is answered %d %v", email, x.answer.Code, x.answer.Header())
			}
		}
	})
}

// TestNeutralAnswerOfAPendingAddress: a client that tries again after a failure is
// told that all is well, and can make it so when the reservation has ended. What it
// is told then is what one is told whose address is taken.
func TestNeutralAnswerOfAPendingAddress(t *testing.T) {
	neutralTime(t, func(g *timedRig) {
		g.learn()
		working := g.next
		g.next = func(_ http.ResponseWriter, r *http.Request) error { drain(r); return errors.New("reset") }
		if x := g.send("held@example.com", ""); x.err == nil {
			t.Error("there is no error")
		}
		g.next = working
		ask := func(email string, forwarded bool) string {
			began := time.Now()
			x := g.send(email, email)
			if (x.forwarded != nil) != forwarded {
				t.Errorf("%s: forwarded is %t", email, x.forwarded != nil)
			}
			return fmt.Sprint(x.answer.Code, x.answer.Header(), x.answer.Body, time.Since(began))
		}
		for _, forwarded := range []bool{false, true} {
			held, taken := ask("held@example.com", forwarded), ask("learned0@example.com", false)
			if held != taken {
				t.Errorf("one that is held is answered\n%s\none that is taken\n%s", held, taken)
			}
			time.Sleep(2 * time.Minute) // the default lease
		}
	})
}

// TestNeutralAnswersLeaveNothing: whoever asks for one address under many keys
// does not fill the store.
func TestNeutralAnswersLeaveNothing(t *testing.T) {
	neutralTime(t, func(g *timedRig) {
		store := g.store.Administrator.(*storetest.Memory)
		g.took("taken@example.com")
		before := store.Len()
		for i := range 100 {
			g.send("taken@example.com", strconv.Itoa(i))
		}
		if after := store.Len(); after != before {
			t.Errorf("of %d entries, there are %d", before, after)
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
		if _, err := p.visit.Claim(g.t.Context(), netip.Addr{}, "default", "taken@example.com"); err != nil {
			t.Error(err)
		}
		go func() { _ = p.refuse(p.conflict(validation.EmailTaken)) }()
		synctest.Wait()
		if len(bytes.Trim(received, "\x00")) > 0 {
			t.Errorf("it holds %s", received)
		}
		time.Sleep(2 * time.Minute)
	})
}
