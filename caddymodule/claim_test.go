package caddymodule

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp/reverseproxy"
	"go.uber.org/zap/zapcore"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
)

// claimRig is a gate with unique_email on a store of its own, started.
func claimRig(t testing.TB, uniqueEmail map[string]any, options map[string]any) *rig {
	t.Helper()
	return claimRigOn(t, storetest.NewMemory(), uniqueEmail, options)
}

// rigs numbers the stores of rigs.
var rigs atomic.Int64

func claimRigOn(t testing.TB, store claims.Administrator, uniqueEmail, options map[string]any) *rig {
	t.Helper()
	name := "rig " + strconv.FormatInt(rigs.Add(1), 10)
	givenStores.Store(name, store)
	settings := map[string]any{"store": map[string]string{"store": "test_watched", "name": name}}
	maps.Copy(settings, uniqueEmail)
	config := map[string]any{"unique_email": settings, "self_check": 0} // which would ask the store, too
	maps.Copy(config, options)
	g := newRig(t, config)
	g.store = watchedNamed(t, name)
	if err := g.app.Start(); err != nil {
		t.Fatal(err)
	}
	return g
}

// registering is a valid registration of an address.
func registering(address string) *http.Request {
	return newRequest(with(map[string]any{"email": address}))
}

// answering is an upstream that reads the registration and answers so.
func answering(status int, body string) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		drain(r)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, err := w.Write([]byte(body))
		return err
	}
}

// buffering is a reverse_proxy that reads the registration before it dials, as
// its option request_buffers has it.
func buffering(retries int, err error) func(http.ResponseWriter, *http.Request) error {
	return func(_ http.ResponseWriter, r *http.Request) error {
		drain(r)
		r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer).Set("http.reverse_proxy.retries", retries)
		return err
	}
}

func drain(r *http.Request) {
	buffer := make([]byte, 1<<16)
	for {
		if _, err := r.Body.Read(buffer); err != nil {
			return
		}
	}
}

func (g *rig) look(t testing.TB, tenant, address string) claims.State {
	t.Helper()
	c, err := g.unique.OpenClaims()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.FindPepper(t.Context()); err != nil {
		t.Fatal(err)
	}
	return storetest.Look(t, c, c.ID(tenant, address)).State
}

// TestClaimIsSettledByTheAnswer: what is remembered of an address after each
// kind of answer, and what the next registration of it is told.
func TestClaimIsSettledByTheAnswer(t *testing.T) {
	dialing := reverseproxy.NewDialError(errors.New("connection refused"))
	tests := map[string]struct {
		next  func(http.ResponseWriter, *http.Request) error
		state claims.State
		code  string // of the next registration; "" goes on
	}{
		"created":                {answering(201, `{"success":true}`), claims.Committed, "CONFLICT"},
		"created without a body": {answering(204, ""), claims.Committed, "CONFLICT"},
		"created, not JSON":      {answering(200, "welcome"), claims.Committed, "CONFLICT"},
		"a failure inside a 200": {answering(200, `{"data":{"success":true}, "success" : false}`), claims.Free, ""},
		"already there":          {answering(409, `{"success":false}`), claims.Committed, "CONFLICT"},
		"refused":                {answering(400, `{"success":false}`), claims.Free, ""},
		"to be sent elsewhere":   {answering(307, ""), claims.Free, ""},
		"to be found elsewhere":  {answering(303, ""), claims.Pending, "CONFLICT"},
		"failed":                 {answering(500, `{"success":false}`), claims.Pending, "CONFLICT"},
		"unavailable":            {answering(503, ""), claims.Pending, "CONFLICT"},
		"never dialed":           {func(http.ResponseWriter, *http.Request) error { return dialing }, claims.Free, ""},
		"never read":             {func(http.ResponseWriter, *http.Request) error { return errors.New("no upstream") }, claims.Free, ""},
		"read, then no answer":   {func(_ http.ResponseWriter, r *http.Request) error { drain(r); return errors.New("reset") }, claims.Pending, "CONFLICT"},
		"read, then dialing":     {func(_ http.ResponseWriter, r *http.Request) error { drain(r); return dialing }, claims.Pending, "CONFLICT"},
		"an answer that is compressed": {func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Encoding", "br")
			return answering(200, "x")(w, r)
		}, claims.Pending, "CONFLICT"},
		"a proxy that gave up":         {answering(499, ""), claims.Pending, "CONFLICT"},
		"nobody answers":               {func(http.ResponseWriter, *http.Request) error { return nil }, claims.Free, ""},
		"read, and nobody answers":     {func(_ http.ResponseWriter, r *http.Request) error { drain(r); return nil }, claims.Pending, "CONFLICT"},
		"buffered, then dialing once":  {buffering(0, dialing), claims.Free, ""},
		"buffered, then dialing twice": {buffering(1, dialing), claims.Pending, "CONFLICT"},
		"buffered, answered, then dialing another": {func(_ http.ResponseWriter, r *http.Request) error {
			r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer).Set("http.reverse_proxy.status_code", 500)
			return buffering(0, dialing)(nil, r)
		}, claims.Pending, "CONFLICT"},
		"buffered, dialed, then reset": {buffering(0, errors.New("reset")), claims.Pending, "CONFLICT"},
		"answered without being read":  {func(w http.ResponseWriter, _ *http.Request) error { w.WriteHeader(201); return nil }, claims.Committed, "CONFLICT"},
		"an interim answer, then none": {func(w http.ResponseWriter, r *http.Request) error {
			w.WriteHeader(103)
			drain(r)
			return errors.New("reset")
		}, claims.Pending, "CONFLICT"},
		"an answer that breaks off": {func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Length", "100")
			return answering(201, "{}")(w, r)
		}, claims.Pending, "CONFLICT"},
		"an error behind a good answer": {func(w http.ResponseWriter, r *http.Request) error {
			_ = answering(201, "{}")(w, r)
			return errors.New("reset")
		}, claims.Pending, "CONFLICT"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := claimRig(t, nil, nil)
			g.next = test.next
			g.serve(registering("Ada@Example.com"))
			if got := g.look(t, "default", "ada@example.com"); got != test.state {
				t.Errorf("the address is %s, want %s", got, test.state)
			}
			g.next = answering(201, `{}`)
			x := g.serve(registering("aDA@example.COM"))
			if x.code() != test.code {
				t.Errorf("the next one is answered %d %s", x.answer.Code, x.answer.Body)
			}
		})
	}
}

// TestClaimOfAPanic: a handler that breaks off in mid-answer, as reverse_proxy
// does, leaves the claim to its lease.
func TestClaimOfAPanic(t *testing.T) {
	g := claimRig(t, nil, nil)
	g.next = func(w http.ResponseWriter, r *http.Request) error {
		_ = answering(201, `{"succ`)(w, r)
		panic(http.ErrAbortHandler)
	}
	func() {
		defer func() {
			if err, _ := recover().(error); !errors.Is(err, http.ErrAbortHandler) {
				t.Error("the panic did not get through")
			}
		}()
		g.serve(registering("ada@example.com"))
	}()
	if got := g.look(t, "default", "ada@example.com"); got != claims.Pending {
		t.Errorf("the address is %s", got)
	}
}

// TestConflict: what a client is told of an address that somebody has.
func TestConflict(t *testing.T) {
	g := claimRig(t, map[string]any{"lease": "1m"}, nil)
	g.next = answering(500, "")
	g.serve(registering("pending@example.com"))
	g.next = answering(201, "{}")
	g.serve(registering("taken@example.com"))
	g.logs.TakeAll()

	x := g.serve(registering("taken@example.com"))
	x.checkRefused(t, http.StatusConflict, "CONFLICT")
	if got := x.details(t); len(got) != 1 || got[0] != "/email email_taken" {
		t.Errorf("the details are %q", got)
	}
	x = g.serve(registering("pending@example.com"))
	x.checkRefused(t, http.StatusConflict, "CONFLICT")
	if got := x.details(t); len(got) != 1 || got[0] != "/email email_pending" {
		t.Errorf("the details are %q", got)
	}
	if wait := x.answer.Header().Get("Retry-After"); wait != "60" {
		t.Errorf("Retry-After is %q", wait)
	}
	for _, entry := range g.logs.All() {
		if text := entry.Message + " " + strings.Join(strings.Fields(marshalText(entry.ContextMap())), " "); strings.Contains(text, "@") {
			t.Errorf("it logged %s", text)
		}
	}
}

func marshalText(v any) string { return string(marshal(v)) }

// TestClaimComesLast: an address is reserved for no request that breaks a rule.
func TestClaimComesLast(t *testing.T) {
	g := claimRig(t, nil, nil)
	g.serve(newRequest(with(map[string]any{"email": "ada@example.com", "dob": "x"}))).checkRefused(t, 422, "VALIDATION_ERROR")
	if got := g.look(t, "default", "ada@example.com"); got != claims.Free {
		t.Errorf("the address is %s", got)
	}
}

// TestClaimsOfTenants: each tenant has customers of its own.
func TestClaimsOfTenants(t *testing.T) {
	g := claimRig(t, nil, map[string]any{
		"tenant": "{http.request.host.labels.2}", "keys": map[string]string{"provider": "file", "path": tenantFolder(t)},
	})
	g.next = answering(201, "{}")
	for _, tenant := range []string{"acme", "globex"} {
		r := registering("ada@example.com")
		r.Host = tenant + ".fincode.software"
		if x := g.serve(r); x.answer.Code != http.StatusCreated {
			t.Errorf("%s is answered %d %s", tenant, x.answer.Code, x.answer.Body)
		}
	}
}

// TestClaimOfAGoneClient: the registration is carried through, and settled.
func TestClaimOfAGoneClient(t *testing.T) {
	g := claimRig(t, nil, nil)
	r := registering("ada@example.com")
	ctx, goAway := context.WithCancel(r.Context())
	g.next = func(w http.ResponseWriter, r *http.Request) error {
		goAway()
		if err := r.Context().Err(); err != nil {
			t.Errorf("the upstream is told %v", err)
		}
		return answering(201, "{}")(brokenWriter{w}, r)
	}
	g.serve(r.WithContext(ctx))
	if got := g.look(t, "default", "ada@example.com"); got != claims.Committed {
		t.Errorf("the address is %s", got)
	}
}

// brokenWriter is the connection of a client that has gone.
type brokenWriter struct{ http.ResponseWriter }

// TestClaimOfAClientThatGoesWhileItIsMade: nothing goes on, and nothing stays
// reserved that nobody knows of.
func TestClaimOfAClientThatGoesWhileItIsMade(t *testing.T) {
	g := claimRig(t, map[string]any{"lease": "30s"}, nil)
	r := registering("ada@example.com")
	ctx, goAway := context.WithCancel(r.Context())
	store := storetest.NewMemory()
	g.store.Administrator = &hookedStore{Administrator: store, atReserve: func(ctx context.Context) error {
		goAway()
		if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > 5*time.Second {
			t.Errorf("the store has until %s", deadline)
		}
		return ctx.Err()
	}}
	x := g.serve(r.WithContext(ctx))
	if x.answer.Code != statusClientGone || x.forwarded != nil {
		t.Errorf("answered %d, forwarded is %t", x.answer.Code, x.forwarded != nil)
	}
	if store.Len() != 0 {
		t.Error("the address stays reserved")
	}
}

// TestClaimOutlivesThePassword: settling may take a while, which the password
// does not wait for.
func TestClaimOutlivesThePassword(t *testing.T) {
	g := claimRig(t, nil, nil)
	var body io.Reader
	g.next = func(w http.ResponseWriter, r *http.Request) error {
		again, err := r.GetBody()
		body = again
		return errors.Join(err, answering(201, "{}")(w, r))
	}
	g.store.Administrator = &hookedStore{Administrator: storetest.NewMemory(), atCommit: func(context.Context) error {
		if n, err := body.Read(make([]byte, 1)); n > 0 || err == nil {
			t.Error("the password is still in memory")
		}
		return nil
	}}
	g.serve(registering("ada@example.com"))
}

// TestClaimThatIsFenced: another request has the address, so there is nothing to
// try again, nor to tell the operator but the number.
func TestClaimThatIsFenced(t *testing.T) {
	g := claimRig(t, nil, nil)
	g.next = answering(201, "{}")
	commits := 0
	g.store.Administrator = &hookedStore{Administrator: storetest.NewMemory(), atCommit: func(context.Context) error {
		commits++
		return claims.ErrFenced
	}}
	fenced := func() float64 {
		return gather(t, registerAgain(t))["caddy_customer_gate_claims_total{outcome=fenced}"]
	}
	before := fenced()
	if x := g.serve(registering("ada@example.com")); x.answer.Code != http.StatusCreated {
		t.Errorf("answered %d", x.answer.Code)
	}
	if commits != 1 || fenced() != before+1 || g.logs.Len() != 0 {
		t.Errorf("%d commits, %v counted, logged %v", commits, fenced()-before, g.logs.All())
	}
}

// hookedStore has something happen before it does what it is asked.
type hookedStore struct {
	claims.Administrator
	atReserve, atCommit func(context.Context) error
}

func (s *hookedStore) Reserve(ctx context.Context, id claims.ID, token claims.Token, lease time.Duration) (claims.Found, error) {
	if s.atReserve != nil {
		if err := s.atReserve(ctx); err != nil {
			return claims.Found{}, err
		}
	}
	return s.Administrator.Reserve(ctx, id, token, lease)
}

func (s *hookedStore) Commit(ctx context.Context, id claims.ID, token claims.Token, value []byte, keep time.Duration) error {
	if s.atCommit != nil {
		if err := s.atCommit(ctx); err != nil {
			return err
		}
	}
	return s.Administrator.Commit(ctx, id, token, value, keep)
}

// TestClaimHasADeadline: what the upstream has not answered when the lease ends
// is not waited for.
func TestClaimHasADeadline(t *testing.T) {
	g := claimRig(t, map[string]any{"lease": "30s"}, nil)
	g.next = func(_ http.ResponseWriter, r *http.Request) error {
		deadline, ok := r.Context().Deadline()
		if left := time.Until(deadline); !ok || left > 29*time.Second || left < 25*time.Second {
			t.Errorf("the deadline is in %s", left)
		}
		return nil
	}
	g.serve(registering("ada@example.com"))
}

// failingStore is a store whose server does not answer.
type failingStore struct {
	claims.Administrator
	failing int // operations
	err     error
}

func (s *failingStore) fail() error {
	if s.failing == 0 {
		return nil
	}
	s.failing--
	return s.err
}

func (s *failingStore) Reserve(ctx context.Context, id claims.ID, token claims.Token, lease time.Duration) (claims.Found, error) {
	if err := s.fail(); err != nil {
		return claims.Found{}, err
	}
	if s.Administrator == nil {
		return claims.Found{}, nil
	}
	return s.Administrator.Reserve(ctx, id, token, lease)
}

func (s *failingStore) Commit(ctx context.Context, id claims.ID, token claims.Token, value []byte, keep time.Duration) error {
	if err := s.fail(); err != nil {
		return err
	}
	return s.Administrator.Commit(ctx, id, token, value, keep)
}

// TestStoreDown: whether registrations go on is the operator's choice.
func TestStoreDown(t *testing.T) {
	for policy, want := range map[string]int{"": 503, "closed": 503, "open": 201} {
		g := claimRig(t, map[string]any{"on_failure": policy}, nil)
		g.store.Administrator = &failingStore{failing: 1, err: errors.New("no answer")}
		g.next = answering(201, "{}")
		x := g.serve(registering("ada@example.com"))
		if x.answer.Code != want {
			t.Errorf("%q: answered %d %s", policy, x.answer.Code, x.answer.Body)
		}
		if want == 503 && x.answer.Header().Get("Retry-After") == "" {
			t.Error("there is no Retry-After")
		}
		if g.logs.FilterLevelExact(zapcore.ErrorLevel).Len() != 1 {
			t.Error("the operator is not told")
		}
	}
}

// TestStoreDownIsCounted: also where the idempotency key is what the store is
// asked for first, and every client sends one.
func TestStoreDownIsCounted(t *testing.T) {
	failed := func() float64 {
		return gather(t, registerAgain(t))["caddy_customer_gate_claims_total{outcome=failed}"]
	}
	for name, r := range map[string]*http.Request{"an address": registering("ada@example.com"), "an idempotency key": keyed(validBody, "k")} {
		g := claimRig(t, nil, map[string]any{"idempotency": true})
		g.store.Administrator = &failingStore{failing: 1, err: errors.New("no answer")}
		before := failed()
		if x := g.serve(r); x.answer.Code != 503 || failed() != before+1 {
			t.Errorf("%s: answered %d, %v counted", name, x.answer.Code, failed()-before)
		}
	}
}

// TestStoreStalls: a registration waits for the store for a while only. Where it
// goes on without a claim, the upstream has all the time that it would have had.
func TestStoreStalls(t *testing.T) {
	for policy, want := range map[string]int{"closed": 503, "open": 201} {
		g := claimRig(t, map[string]any{"on_failure": policy, "lease": "6s"}, nil)
		g.store.Administrator = &hookedStore{Administrator: storetest.NewMemory(), atReserve: func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}}
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			g.next = func(w http.ResponseWriter, r *http.Request) error {
				if deadline, _ := r.Context().Deadline(); time.Until(deadline) != 6*time.Second-time.Second {
					t.Errorf("the upstream has %s", time.Until(deadline))
				}
				return answering(201, "{}")(w, r)
			}
			x := g.serve(newRequest(with(map[string]any{"dob": "1950-12-10"})))
			if x.answer.Code != want || time.Since(start) != 3*time.Second {
				t.Errorf("%s: answered %d after %s", policy, x.answer.Code, time.Since(start))
			}
		})
	}
}

// emailStaller is a store that does not answer about addresses.
type emailStaller struct{ claims.Administrator }

func (s emailStaller) Reserve(ctx context.Context, id claims.ID, token claims.Token, lease time.Duration) (claims.Found, error) {
	if id.Kind == claims.Email {
		<-ctx.Done()
		return claims.Found{}, ctx.Err()
	}
	return s.Administrator.Reserve(ctx, id, token, lease)
}

// TestStoreStallsBehindAKey: without a claim on the address, the lease of the
// idempotency key bounds the upstream's time.
func TestStoreStallsBehindAKey(t *testing.T) {
	g := claimRig(t, map[string]any{"on_failure": "open", "lease": "6s"}, map[string]any{"idempotency": true})
	g.store.Administrator = emailStaller{storetest.NewMemory()}
	synctest.Test(t, func(t *testing.T) {
		end := time.Now().Add(6*time.Second - time.Second)
		g.next = func(w http.ResponseWriter, r *http.Request) error {
			if deadline, _ := r.Context().Deadline(); deadline.After(end) {
				t.Errorf("the upstream has %s more than the key's lease allows", deadline.Sub(end))
			}
			return answering(201, "{}")(w, r)
		}
		if x := g.serve(keyed(with(map[string]any{"dob": "1950-12-10"}), "k")); x.answer.Code != 201 {
			t.Errorf("answered %d", x.answer.Code)
		}
		time.Sleep(10 * time.Second) // until the reservation is given up
	})
}

// lateStore is one whose server does what it is asked, and says so too late.
type lateStore struct {
	claims.Administrator
	late atomic.Bool
}

func (s *lateStore) Reserve(ctx context.Context, id claims.ID, token claims.Token, lease time.Duration) (claims.Found, error) {
	found, err := s.Administrator.Reserve(ctx, id, token, lease)
	if s.late.Load() && err == nil {
		return claims.Found{}, context.DeadlineExceeded
	}
	return found, err
}

func (s *lateStore) Release(ctx context.Context, id claims.ID, token claims.Token) error {
	if s.late.Load() {
		return context.DeadlineExceeded
	}
	return s.Administrator.Release(ctx, id, token)
}

// TestStoreReservesWithoutSayingSo: what never got to the upstream does not keep
// the client from trying again when the store is back.
func TestStoreReservesWithoutSayingSo(t *testing.T) {
	body := with(map[string]any{"dob": "1950-12-10"}) // of age in a synctest, too
	for name, r := range map[string]func() *http.Request{
		"an address":         func() *http.Request { return newRequest(body) },
		"an idempotency key": func() *http.Request { return keyed(body, "k") },
	} {
		g := claimRig(t, nil, map[string]any{"idempotency": true})
		g.next = answering(201, "{}")
		store := &lateStore{Administrator: storetest.NewMemory()}
		store.late.Store(true)
		g.store.Administrator = store
		synctest.Test(t, func(t *testing.T) {
			if x := g.serve(r()); x.answer.Code != 503 {
				t.Errorf("%s: while it is down, it is answered %d", name, x.answer.Code)
			}
			time.Sleep(2 * time.Second)
			store.late.Store(false)
			time.Sleep(time.Second)
			synctest.Wait()
		})
		if x := g.serve(r()); x.answer.Code != 201 {
			t.Errorf("%s: when it is back, it is answered %d %s", name, x.answer.Code, x.answer.Body)
		}
	}
}

// TestClaimsTellNothingPersonal: neither an address nor a key is in a log line,
// a metric or a placeholder, whatever becomes of them.
func TestClaimsTellNothingPersonal(t *testing.T) {
	const canary = "c4n4ry"
	g := claimRig(t, nil, map[string]any{"idempotency": true, "errors": "handle_errors"})
	store := g.store.Administrator
	check := func(name string, x *exchange) {
		t.Helper()
		told := []string{strings.Join(slices.Sorted(maps.Keys(gather(t, registerAgain(t)))), " ")}
		for _, entry := range g.logs.TakeAll() {
			told = append(told, entry.Message+marshalText(entry.ContextMap()))
		}
		for _, placeholder := range []string{"code", "violations", "tenant"} {
			text, _ := x.repl.GetString("http.customer_gate." + placeholder)
			told = append(told, text)
		}
		if x.err != nil {
			told = append(told, x.err.Error())
		}
		for _, text := range told {
			if strings.Contains(text, canary) {
				t.Errorf("%s: it tells %s", name, text)
			}
		}
	}
	send := func(name string) {
		t.Helper()
		check(name, g.serve(keyed(with(map[string]any{"email": canary + "@example.com"}), canary)))
	}
	g.next = answering(500, canary)
	send("held")
	send("pending")
	g.store.Administrator = storetest.NewMemory()
	g.next = answering(201, canary)
	send("created")
	send("replayed")
	check("another body", g.serve(keyed(with(map[string]any{"email": canary + "2@example.com"}), canary)))
	check("taken", g.serve(registering(canary+"@example.com")))
	g.store.Administrator = &failingStore{Administrator: store, failing: 1, err: errors.New("no answer")}
	send("store down")
}
