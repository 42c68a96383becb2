package caddymodule

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/boltstore"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
)

// keyed is a registration with an idempotency key.
func keyed(body, key string) *http.Request {
	r := newRequest(body)
	r.Header.Set("Idempotency-Key", key)
	return r
}

// counting is an upstream that numbers its answers.
func counting(status int) (next func(http.ResponseWriter, *http.Request) error, calls *int) {
	calls = new(int)
	return func(w http.ResponseWriter, r *http.Request) error {
		*calls++
		w.Header().Set("X-Customer", strconv.Itoa(*calls))
		return answering(status, `{"customer":`+strconv.Itoa(*calls)+`}`)(w, r)
	}, calls
}

// TestIdempotency: what a client gets that repeats a request, and how often the
// upstream is asked.
func TestIdempotency(t *testing.T) {
	sealed := func() string {
		ciphertext := encrypt(t, password, crypto.SHA256)
		return with(map[string]any{"payloadEncrypted": true, "password": ciphertext, "confirmPassword": ciphertext})
	}
	header := func(body, name, value string) *http.Request {
		r := newRequest(body)
		r.Header.Set(name, value)
		return r
	}
	tests := map[string]struct {
		status        int
		first, second *http.Request
		want          string // the second answer
		calls         int
	}{
		"the same":                 {201, keyed(validBody, "k"), keyed(validBody, "k"), `201 {"customer":1}`, 1},
		"encrypted anew":           {201, keyed(sealed(), "k"), keyed(sealed(), "k"), `201 {"customer":1}`, 1},
		"written in another way":   {201, keyed(validBody, "k"), keyed(with(map[string]any{"firstName": "  Ada "}), "k"), `201 {"customer":1}`, 1},
		"quoted as in the draft":   {201, keyed(validBody, `"k"`), keyed(validBody, "k"), `201 {"customer":1}`, 1},
		"in the other header":      {201, keyed(validBody, "k"), header(validBody, "X-Idempotency-Key", "k"), `201 {"customer":1}`, 1},
		"a refusal":                {422, keyed(validBody, "k"), keyed(validBody, "k"), `422 {"customer":1}`, 1},
		"a failure inside":         {409, keyed(validBody, "k"), keyed(validBody, "k"), `409 {"customer":1}`, 1},
		"another registration":     {201, keyed(validBody, "k"), keyed(with(map[string]any{"email": "x@example.com"}), "k"), "422 idempotency-key request_mismatch", 1},
		"another password":         {201, keyed(validBody, "k"), keyed(with(map[string]any{"password": password + "x", "confirmPassword": password + "x"}), "k"), "422 idempotency-key request_mismatch", 1},
		"another key":              {201, keyed(validBody, "k"), keyed(validBody, "K"), "409 /email email_taken", 1},
		"no key":                   {201, newRequest(validBody), newRequest(validBody), "409 /email email_taken", 1},
		"an empty key":             {201, keyed(validBody, ""), keyed(validBody, ""), "409 /email email_taken", 1},
		"unclear":                  {500, keyed(validBody, "k"), keyed(validBody, "k"), "409 /email email_pending", 1},
		"too many requests":        {429, keyed(validBody, "k"), keyed(validBody, "k"), `429 {"customer":2}`, 2},
		"first against the rules":  {201, keyed(with(map[string]any{"dob": "x"}), "k"), keyed(validBody, "k"), `201 {"customer":1}`, 1},
		"an address that is taken": {201, newRequest(validBody), keyed(validBody, "k"), "409 /email email_taken", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := claimRig(t, nil, map[string]any{"idempotency": true})
			var calls *int
			g.next, calls = counting(test.status)
			first := g.serve(test.first)
			second := g.serve(test.second)
			got := strconv.Itoa(second.answer.Code) + " " + second.answer.Body.String()
			if second.code() != "" {
				got = strconv.Itoa(second.answer.Code) + " " + strings.Join(second.details(t), ", ")
			}
			if got != test.want || *calls != test.calls {
				t.Errorf("answered %s, want %s; the upstream was asked %d times, want %d", got, test.want, *calls, test.calls)
			}
			replayed := second.answer.Header().Get("Idempotency-Replayed") == "true"
			if again := second.answer.Body.String() == first.answer.Body.String() && second.code() == ""; replayed != again {
				t.Errorf("marked as replayed is %t, want %t", replayed, again)
			}
			if first.answer.Header().Get("Idempotency-Replayed") != "" {
				t.Error("the first answer is marked as replayed")
			}
			for _, entry := range g.logs.All() {
				if text := marshalText(entry.ContextMap()); strings.Contains(text, "@") || strings.Contains(text, "customer\":") {
					t.Errorf("it logged %s", text)
				}
			}
		})
	}
}

// TestIdempotencyGivesTheHeaderAgain: and nothing of the connection.
func TestIdempotencyGivesTheHeaderAgain(t *testing.T) {
	g := claimRig(t, nil, map[string]any{"idempotency": true})
	counted, _ := counting(201)
	g.next = func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Disposition", "attachment; filename=caf\xe9") // not UTF-8
		return counted(w, r)
	}
	first := g.serve(keyed(validBody, "k")).answer.Header()
	second := g.serve(keyed(validBody, "k")).answer.Header()
	want := maps.Clone(first)
	want["Idempotency-Replayed"] = []string{"true"}
	if !maps.EqualFunc(second, want, slices.Equal) {
		t.Errorf("the header is %v, want %v", second, want)
	}
}

// TestIdempotencyKeyHeaders: what can be no key.
func TestIdempotencyKeyHeaders(t *testing.T) {
	g := claimRig(t, nil, map[string]any{"idempotency": true})
	g.next = answering(201, "{}")
	for name, test := range map[string]struct {
		change  func(http.Header)
		details []string // nil for one that is let through
	}{
		"twice":               {func(h http.Header) { h["Idempotency-Key"] = []string{"a", "b"} }, []string{"idempotency-key enum"}},
		"too long":            {func(h http.Header) { h.Set("X-Idempotency-Key", strings.Repeat("k", 129)) }, []string{"x-idempotency-key too_long"}},
		"not ASCII":           {func(h http.Header) { h.Set("Idempotency-Key", "kéy") }, []string{"idempotency-key enum"}},
		"two that differ":     {func(h http.Header) { h.Set("Idempotency-Key", "a"); h.Set("X-Idempotency-Key", "b") }, []string{"x-idempotency-key enum"}},
		"two that agree":      {func(h http.Header) { h.Set("Idempotency-Key", `"c"`); h.Set("X-Idempotency-Key", "c") }, nil},
		"one of them empty":   {func(h http.Header) { h.Set("Idempotency-Key", ""); h.Set("X-Idempotency-Key", "d") }, nil},
		"two quotes, nothing": {func(h http.Header) { h.Set("Idempotency-Key", `""`) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := registering(strings.NewReplacer(" ", "", ",", "").Replace(name) + "@example.com")
			test.change(r.Header)
			x := g.serve(r)
			if test.details == nil {
				if x.answer.Code != http.StatusCreated {
					t.Errorf("answered %d %s", x.answer.Code, x.answer.Body)
				}
				return
			}
			x.checkRefused(t, http.StatusBadRequest, codeInvalidHeader)
			if got := x.details(t); !slices.Equal(got, test.details) {
				t.Errorf("the details are %q, want %q", got, test.details)
			}
		})
	}
}

// TestIdempotencyOff: the header is the upstream's.
func TestIdempotencyOff(t *testing.T) {
	g := claimRig(t, nil, nil)
	next, calls := counting(400)
	g.next = func(w http.ResponseWriter, r *http.Request) error {
		if r.Header.Get("Idempotency-Key") != "k" {
			t.Error("the key did not go on")
		}
		return next(w, r)
	}
	g.serve(keyed(validBody, "k"))
	g.serve(keyed(validBody, "k"))
	if *calls != 2 {
		t.Errorf("the upstream was asked %d times", *calls)
	}
}

// TestIdempotencyInFlight: the second request is not for the upstream while the
// first is.
func TestIdempotencyInFlight(t *testing.T) {
	g := claimRig(t, map[string]any{"lease": "90s"}, map[string]any{"idempotency": true})
	g.next = func(w http.ResponseWriter, r *http.Request) error {
		x := g.serve(keyed(validBody, "k"))
		x.checkRefused(t, http.StatusConflict, codeConflict)
		if got := x.details(t); len(got) != 1 || got[0] != "idempotency-key request_pending" {
			t.Errorf("the details are %q", got)
		}
		if wait := x.answer.Header().Get("Retry-After"); wait != "90" {
			t.Errorf("Retry-After is %q", wait)
		}
		return answering(201, "{}")(w, r)
	}
	if x := g.serve(keyed(validBody, "k")); x.answer.Code != 201 {
		t.Errorf("answered %d", x.answer.Code)
	}
}

// TestIdempotencyOfTenants: each has keys of its own.
func TestIdempotencyOfTenants(t *testing.T) {
	g := claimRig(t, nil, map[string]any{
		"idempotency": true, "tenant": "{http.request.host.labels.2}", "keys": map[string]string{"provider": "file", "path": tenantFolder(t)},
	})
	var calls *int
	g.next, calls = counting(201)
	for _, tenant := range []string{"acme", "globex"} {
		r := keyed(validBody, "k")
		r.Host = tenant + ".fincode.software"
		g.serve(r)
	}
	if *calls != 2 {
		t.Errorf("the upstream was asked %d times", *calls)
	}
}

// TestIdempotencyWithoutAStore: with on_failure open, requests go on, and
// nothing of what was reserved stays.
func TestIdempotencyWithoutAStore(t *testing.T) {
	for policy, want := range map[string]int{"closed": 503, "open": 201} {
		g := claimRig(t, map[string]any{"on_failure": policy}, map[string]any{"idempotency": true})
		store := storetest.NewMemory()
		down := &failingStore{Administrator: store, err: errors.New("no answer")}
		g.store.Administrator = down
		for failing := range 2 { // the first operation, or the second one too
			down.failing = failing + 1
			g.next = answering(201, "{}")
			if x := g.serve(keyed(with(map[string]any{"email": policy + strconv.Itoa(failing) + "@example.com"}), "k")); x.answer.Code != want {
				t.Errorf("%s: answered %d %s", policy, x.answer.Code, x.answer.Body)
			}
		}
		if want == 503 && store.Len() != 0 {
			t.Errorf("%d entries are left", store.Len())
		}
	}
}

// damagedStore has lost what it has kept.
type damagedStore struct{ claims.Administrator }

func (s damagedStore) Reserve(ctx context.Context, id claims.ID, token claims.Token, lease time.Duration) (claims.Found, error) {
	found, err := s.Administrator.Reserve(ctx, id, token, lease)
	found.Value = []byte("junk")
	return found, err
}

// TestKeptAnswerDamaged: the client is told to come back, the operator what is wrong.
func TestKeptAnswerDamaged(t *testing.T) {
	g := claimRig(t, nil, map[string]any{"idempotency": true})
	g.next = answering(201, "{}")
	g.serve(keyed(validBody, "k"))
	g.store.Administrator = damagedStore{g.store.Administrator}
	g.logs.TakeAll()
	g.serve(keyed(validBody, "k")).checkRefused(t, 503, codeServiceUnavailable)
	if g.logs.FilterMessageSnippet("cannot be read").Len() != 1 {
		t.Error("the operator is not told")
	}
}

// TestStoreHoldsNoAddress: neither an address nor an answer is in the bytes of a store.
func TestStoreHoldsNoAddress(t *testing.T) {
	const canary = "c4n4ry"
	file := filepath.Join(t.TempDir(), "claims.db")
	bolt := storetest.Start(t, &boltstore.Bolt{File: file})
	g := claimRigOn(t, bolt, nil, map[string]any{"idempotency": true})
	for status, email := range map[int]string{201: "one", 400: "two", 409: "three", 500: "four"} {
		g.next = answering(status, canary)
		g.serve(keyed(with(map[string]any{"email": canary + email + "@example.com", "firstName": "Canaryname"}), canary+email))
	}
	for _, address := range []string{"one", "three"} {
		if got := g.look(t, "default", canary+address+"@example.com"); got != claims.Committed {
			t.Fatalf("the address is %s", got)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{canary, "example.com", "Canaryname", password, "default"} {
		if bytes.Contains(bytes.ToLower(text), []byte(strings.ToLower(secret))) {
			t.Errorf("the store holds %q", secret)
		}
	}
}

// gatesOn are two gates with idempotency that share a store, and so a pepper.
func gatesOn(t *testing.T, store claims.Administrator) [2]*rig {
	t.Helper()
	pepper := filepath.Join(t.TempDir(), "pepper")
	if err := os.WriteFile(pepper, bytes.Repeat([]byte{1}, 32), 0o600); err != nil {
		t.Fatal(err)
	}
	var gates [2]*rig
	for i := range gates {
		gates[i] = claimRigOn(t, store, map[string]any{"pepper_file": pepper}, map[string]any{"idempotency": true})
	}
	return gates
}

// TestIdempotencyIsNoOracle: of a key, five other requests are told that they are
// not the first one. Then nobody is told anything, by the answer or otherwise,
// whichever gateway is asked, and however many ask at the same time.
func TestIdempotencyIsNoOracle(t *testing.T) {
	guess := func(i int) string {
		word := password + strconv.Itoa(i)
		return with(map[string]any{"password": word, "confirmPassword": word})
	}
	gates := gatesOn(t, storetest.NewMemory())
	for _, g := range gates {
		g.next = answering(201, "{}")
	}
	ask := func(i int, body string) string {
		x := gates[i%len(gates)].serve(keyed(body, "k"))
		return strconv.Itoa(x.answer.Code) + " " + strings.Join(x.details(t), ", ")
	}
	if got := ask(0, validBody); got != "201 " {
		t.Fatalf("the first request is answered %s", got)
	}
	const told = "422 idempotency-key request_mismatch"
	for i := range 5 {
		if got := ask(i, validBody); got != "201 " {
			t.Errorf("after %d others, the first request is answered %s", i, got)
		}
		if got := ask(i, guess(i)); got != told {
			t.Errorf("another request is answered %s", got)
		}
	}
	for i := range 4 {
		if got := ask(i, validBody); got != told {
			t.Errorf("after 5 others, the first request is answered %s", got)
		}
		if got := ask(i, guess(i)); got != told {
			t.Errorf("after 5 others, another request is answered %s", got)
		}
	}
}

// TestIdempotencyIsNoOracleToManyAtOnce: guesses that come at the same time, to
// several gateways, count as many.
func TestIdempotencyIsNoOracleToManyAtOnce(t *testing.T) {
	for guesses, want := range map[int]int{4: http.StatusCreated, 5: http.StatusUnprocessableEntity, 50: http.StatusUnprocessableEntity} {
		gates := gatesOn(t, &slowStore{Administrator: storetest.NewMemory(), pause: time.Millisecond})
		synctest.Test(t, func(t *testing.T) { // in the year 2000
			born := map[string]any{"dob": "1950-12-10"}
			gates[0].next = answering(201, "{}")
			gates[0].serve(keyed(with(born), "k"))
			var sending sync.WaitGroup
			for i := range guesses {
				word := password + strconv.Itoa(i)
				r := keyed(with(map[string]any{"password": word, "confirmPassword": word, "dob": born["dob"]}), "k")
				sending.Go(func() {
					if got := gates[i%2].serve(r).details(t); !slices.Equal(got, []string{"idempotency-key request_mismatch"}) {
						t.Errorf("a guess is answered %q", got)
					}
				})
			}
			sending.Wait()
			if x := gates[1].serve(keyed(with(born), "k")); x.answer.Code != want {
				t.Errorf("after %d guesses, the first request is answered %d %s", guesses, x.answer.Code, x.answer.Body)
			}
		})
	}
}

// TestIdempotencyOfTarget: a request to another path, or with another query, is
// another request.
func TestIdempotencyOfTarget(t *testing.T) {
	for target, want := range map[string]int{"/x": 201, "/x?": 422, "/y": 422, "/x?country=AT": 422, "/%78": 422} {
		g := claimRig(t, nil, map[string]any{"idempotency": true})
		g.next = answering(201, "{}")
		for i, target := range []string{"/x", target} {
			r := keyed(validBody, "k")
			var err error
			if r.URL, err = url.Parse(target); err != nil {
				t.Fatal(err)
			}
			if x := g.serve(r); i == 1 && x.answer.Code != want {
				t.Errorf("%s is answered %d %s", target, x.answer.Code, x.answer.Body)
			}
		}
	}
}

// TestIdempotencyGivesNothingOfTheMomentAgain: what opens a session, challenges,
// dates or counts is the first client's.
func TestIdempotencyGivesNothingOfTheMomentAgain(t *testing.T) {
	g := claimRig(t, nil, map[string]any{"idempotency": true})
	names := []string{
		"Set-Cookie", "WWW-Authenticate", "Proxy-Authenticate", "Authentication-Info", "Date", "Age", "Expires", "Last-Modified", "Retry-After",
		"RateLimit", "RateLimit-Policy", "RateLimit-Remaining", "X-RateLimit-Reset", "X-RateLimit-Limit-Minute", "X-Rate-Limit-Remaining",
	}
	g.next = func(w http.ResponseWriter, r *http.Request) error {
		for _, name := range names {
			w.Header().Set(name, "first")
		}
		w.Header()["x-ratelimit-used"] = []string{"first"}
		w.Header().Set("X-Rate", "kept")
		return answering(201, "{}")(w, r)
	}
	g.serve(keyed(validBody, "k"))
	again := g.serve(keyed(validBody, "k")).answer.Header()
	if again.Get("Idempotency-Replayed") == "" || again.Get("X-Rate") != "kept" {
		t.Errorf("it is not given again: %v", again)
	}
	for name, values := range again {
		if slices.Contains(values, "first") {
			t.Errorf("%s is given again", name)
		}
	}
}
