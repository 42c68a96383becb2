package caddymodule

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
)

func init() {
	caddy.RegisterModule(new(watchedStore))
	caddy.RegisterModule(claimsImposter{})
}

// watchedStore tells what becomes of it to the test that named it.
type watchedStore struct {
	claims.Administrator
	Name string `json:"name,omitempty"`

	ctx    context.Context
	mu     sync.Mutex
	events []string
}

// watchedStores are those that were provisioned, by name; givenStores, what tests
// have them be.
var watchedStores, givenStores sync.Map

func (*watchedStore) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.handlers.customer_gate.claims.test_watched",
		New: func() caddy.Module { return &watchedStore{Administrator: storetest.NewMemory()} },
	}
}

func (s *watchedStore) Provision(ctx caddy.Context) error {
	s.ctx = ctx
	s.note("provisioned")
	if s.Name == "unfit" {
		return errors.New("unfit")
	}
	if given, ok := givenStores.Load(s.Name); ok {
		s.Administrator = given.(claims.Administrator)
	}
	watchedStores.Store(s.Name, s)
	return nil
}

func (s *watchedStore) Start() error {
	s.note("started")
	if s.Name == "broken" {
		return errors.New("broken")
	}
	return nil
}

func (s *watchedStore) Cleanup() error {
	s.note("closed")
	return nil
}

func (s *watchedStore) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next()
	return nil
}

func (s *watchedStore) note(event string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, event)
}

func (s *watchedStore) happened() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.events, ", ")
}

func watchedNamed(t testing.TB, name string) *watchedStore {
	t.Helper()
	s, ok := watchedStores.Load(name)
	if !ok {
		t.Fatalf("there is no store %s", name)
	}
	return s.(*watchedStore)
}

// claimsImposter is in the namespace, but keeps no claims.
type claimsImposter struct{}

func (claimsImposter) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.handlers.customer_gate.claims.test_imposter", New: func() caddy.Module { return new(claimsImposter) }}
}

// site is a configuration with gates of these options, not started. It returns
// how to unload it.
func site(t *testing.T, gates ...string) (app *App, loaded []*Gate, unload func()) {
	t.Helper()
	ctx, _ := newContext(t, nil)
	ctx, unload = caddy.NewContext(ctx)
	for _, options := range gates {
		module, err := ctx.LoadModuleByID("http.handlers.customer_gate", json.RawMessage(options))
		if err != nil {
			t.Fatal(err)
		}
		loaded = append(loaded, module.(*Gate))
	}
	app, err := gateApp(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return app, loaded, unload
}

func watchedGate(t *testing.T, name, more string) string {
	path, err := json.Marshal(keyFile(t))
	if err != nil {
		t.Fatal(err)
	}
	return `{"keys":{"provider":"file","path":` + string(path) + `},"unique_email":{"store":{"store":"test_watched","name":"` + name + `"}` + more + `}}`
}

// TestStoreOfAConfigurationThatIsNotStarted: it is closed with it, and never opened.
func TestStoreOfAConfigurationThatIsNotStarted(t *testing.T) {
	_, _, unload := site(t, watchedGate(t, "validated", ""))
	unload()
	if got := watchedNamed(t, "validated").happened(); got != "provisioned, closed" {
		t.Errorf("the store was %s", got)
	}
}

// TestStoreOfAConfigurationThatDoesNotStart: requests that came before are
// answered, and the store is closed at once.
func TestStoreOfAConfigurationThatDoesNotStart(t *testing.T) {
	app, gates, unload := site(t, watchedGate(t, "broken", ""))
	answered := make(chan *exchange)
	go func() { answered <- (&rig{Gate: gates[0]}).serve(registering("ada@example.com")) }()
	if err := app.Start(); err == nil {
		t.Fatal("it started")
	}
	(<-answered).checkRefused(t, http.StatusServiceUnavailable, codeServiceUnavailable)
	unload()
	if got := watchedNamed(t, "broken").happened(); got != "provisioned, started, closed" {
		t.Errorf("the store was %s", got)
	}
}

// TestRequestBeforeStart waits for it, unless the client or the configuration goes.
func TestRequestBeforeStart(t *testing.T) {
	for name, test := range map[string]struct {
		event func(app *App, unload, goAway func())
		want  int
	}{
		"start":         {func(app *App, _, _ func()) { _ = app.Start() }, 201},
		"client gone":   {func(_ *App, _, goAway func()) { goAway() }, statusClientGone},
		"never started": {func(_ *App, unload, _ func()) { unload() }, 503},
	} {
		t.Run(name, func(t *testing.T) {
			app, gates, unload := site(t, watchedGate(t, "early "+name, ""))
			r := registering("ada@example.com")
			ctx, goAway := context.WithCancel(r.Context())
			answered := make(chan *exchange)
			go func() { answered <- (&rig{Gate: gates[0]}).serve(r.WithContext(ctx)) }()
			test.event(app, unload, goAway)
			if x := <-answered; x.answer.Code != test.want {
				t.Errorf("answered %d %s", x.answer.Code, x.answer.Body)
			}
			goAway()
			unload()
		})
	}
}

// TestStoreOutlivesItsConfiguration: a request that was under way in a reload
// can still settle what it has reserved, and so can one that comes late; the
// last one closes the store.
func TestStoreOutlivesItsConfiguration(t *testing.T) {
	config := watchedGate(t, "replaced", "")
	synctest.Test(t, func(t *testing.T) {
		app, gates, unload := site(t, config)
		if err := app.Start(); err != nil {
			t.Fatal(err)
		}
		store := watchedNamed(t, "replaced")
		open := func(when string, want bool) {
			t.Helper()
			if got := store.happened() == "provisioned, started"; got != want {
				t.Errorf("%s: the store was %s", when, store.happened())
			}
		}
		register := func(email string, next func(http.ResponseWriter, *http.Request) error) {
			t.Helper()
			g := &rig{Gate: gates[0], next: next}
			if x := g.serve(newRequest(with(map[string]any{"email": email, "dob": "1950-12-10"}))); x.answer.Code != 201 {
				t.Errorf("answered %d %s", x.answer.Code, x.answer.Body)
			}
		}
		slow := func(w http.ResponseWriter, r *http.Request) error {
			time.Sleep(time.Minute)
			return answering(201, "{}")(w, r)
		}
		go register("slow@example.com", slow)
		synctest.Wait()
		unload()
		open("at once", true)
		time.Sleep(5 * time.Second)
		register("late@example.com", answering(201, "{}"))
		time.Sleep(30 * time.Second)
		open("while a request is under way", true)
		if err := store.ctx.Err(); err != nil {
			t.Errorf("its context has ended: %v", err)
		}
		time.Sleep(time.Minute)
		open("after the last request", false)
		if store.ctx.Err() == nil {
			t.Error("its context goes on")
		}
		if n, err := store.Count(t.Context(), claims.Email); n != 2 || err != nil {
			t.Errorf("%d addresses are left, %v", n, err)
		}
	})
}

// TestStoreWaitsForLateRequests: after a reload, a request may still be on its
// way to the gate that was replaced.
func TestStoreWaitsForLateRequests(t *testing.T) {
	config := watchedGate(t, "late", "")
	synctest.Test(t, func(t *testing.T) {
		app, gates, unload := site(t, config)
		if err := app.Start(); err != nil {
			t.Fatal(err)
		}
		unload()
		g := &rig{Gate: gates[0], next: answering(201, "{}")}
		time.Sleep(5 * time.Second)
		if x := g.serve(newRequest(with(map[string]any{"dob": "1950-12-10"}))); x.answer.Code != 201 {
			t.Errorf("answered %d %s", x.answer.Code, x.answer.Body)
		}
		if got := watchedNamed(t, "late").happened(); got != "provisioned, started" {
			t.Errorf("before its time, the store was %s", got)
		}
		time.Sleep(2 * time.Second)
		if got := watchedNamed(t, "late").happened(); got != "provisioned, started, closed" {
			t.Errorf("the store was %s", got)
		}
	})
}

// TestStoreIsShared: gates with the same store have one, and have to have the
// same pepper.
func TestStoreIsShared(t *testing.T) {
	app, gates, unload := site(t, watchedGate(t, "shared", ""), watchedGate(t, "shared", `,"lease":"1m"`), watchedGate(t, "not shared", ""))
	defer unload()
	if err := app.Start(); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{201, 409, 201} {
		g := &rig{Gate: gates[i], next: answering(201, "{}")}
		if x := g.serve(registering("ada@example.com")); x.answer.Code != want {
			t.Errorf("gate %d answers %d, want %d", i, x.answer.Code, want)
		}
	}
	mark := func(store string) string {
		return string(storetest.Look(t, watchedNamed(t, store), claims.ID{Kind: claims.Pepper}).Value)
	}
	if mark("shared") != mark("not shared") {
		t.Error("the peppers differ")
	}
	path := t.TempDir() + "/pepper"
	writeFile(t, path, strings.Repeat("x", 32), 0o600)
	ctx, _ := newContext(t, nil)
	for i, options := range []string{watchedGate(t, "two peppers", ""), watchedGate(t, "two peppers", `,"pepper_file":"`+path+`"`)} {
		_, err := ctx.LoadModuleByID("http.handlers.customer_gate", json.RawMessage(options))
		if (err != nil) != (i == 1) || i == 1 && !strings.Contains(err.Error(), "another pepper") {
			t.Errorf("gate %d: the error is %v", i, err)
		}
	}
}

func TestUniqueEmailRefused(t *testing.T) {
	for name, test := range map[string]struct{ config, says string }{
		"no store":               {`{"unique_email":{}}`, "the store is missing"},
		"unknown store":          {`{"unique_email":{"store":{"store":"etcd"}}}`, "claims.etcd"},
		"no store by its name":   {`{"unique_email":{"store":{"store":"test_imposter"}}}`, "is not a claims store"},
		"store that is unfit":    {`{"unique_email":{"store":{"store":"test_watched","name":"unfit"}}}`, "unfit"},
		"unknown option":         {`{"unique_email":{"store":{"store":"bolt"},"duplicate":"neutral"}}`, "duplicate"},
		"lease too short":        {`{"unique_email":{"store":{"store":"bolt"},"lease":"1s"}}`, "lease"},
		"lease negative":         {`{"unique_email":{"store":{"store":"bolt"},"lease":-1}}`, "lease"},
		"pepper not there":       {`{"unique_email":{"store":{"store":"bolt"},"pepper_file":"/nowhere/pepper"}}`, "/nowhere/pepper does not exist"},
		"on_failure":             {`{"unique_email":{"store":{"store":"bolt"},"on_failure":"ajar"}}`, "on_failure"},
		"success without status": {`{"unique_email":{"store":{"store":"bolt"},"success":{}}}`, "success: name at least one"},
		"value without pointer":  {`{"unique_email":{"store":{"store":"bolt"},"taken":{"status":["409"],"value":"x"}}}`, "no JSON pointer"},
		"pointer to everything":  {`{"unique_email":{"store":{"store":"bolt"},"taken":{"status":["409"],"pointer":"error"}}}`, "not a JSON pointer"},
		"neutral without status": {`{"unique_email":{"store":{"store":"bolt"},"neutral":{"body":"x"}}}`, "duplicate"},
		"neutral without body":   {`{"unique_email":{"store":{"store":"bolt"},"neutral":{"status":202}}}`, "duplicate"},
		"idempotency alone":      {`{"idempotency":true}`, "configure one"},
		"idempotency of an edit": {`{"endpoint":"edit_profile","idempotency":true}`, "idempotency"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := provision(t, test.config)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("the error is %v, it should say %q", err, test.says)
			}
		})
	}
}

func TestUnknownStoreInCaddyfile(t *testing.T) {
	for name, says := range map[string]string{
		"etcd":           "unique_email: there is no 'etcd'; there are bolt, postgres, redis, ",
		"test_imposter":  "unique_email: a Caddyfile cannot set up module http.handlers.customer_gate.claims.test_imposter",
		"test_watched x": "unique_email: test_watched has no use for 'x'",
	} {
		_, err := adapt(":8080 {\n\tcustomer_gate {\n\t\tunique_email " + name + "\n\t}\n}\n")
		if err == nil || !strings.Contains(err.Error(), says) || !strings.HasSuffix(err.Error(), ", at Caddyfile:3") {
			t.Errorf("the error is %v, it should say %q", err, says)
		}
	}
}

// panickingStore panics with what nobody may see.
type panickingStore struct{ claims.Administrator }

func (panickingStore) Reserve(context.Context, claims.ID, claims.Token, time.Duration) (claims.Found, error) {
	panic("c4n4ry")
}

// TestStoreThatPanics is a store that fails.
func TestStoreThatPanics(t *testing.T) {
	for policy, want := range map[string]int{"closed": 503, "open": 201} {
		g := claimRig(t, map[string]any{"on_failure": policy}, nil)
		g.store.Administrator = panickingStore{}
		g.next = answering(201, "{}")
		if x := g.serve(registering("ada@example.com")); x.answer.Code != want {
			t.Errorf("%s: answered %d", policy, x.answer.Code)
		}
	}
}
