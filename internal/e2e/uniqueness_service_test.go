package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// customerService is an upstream that counts the registrations of each address
// and keeps no index of its own: what it sees twice, a gate has let through
// twice.
type customerService struct {
	address string
	hangUp  func() // on all clients

	answering atomic.Int64 // registrations

	mu     sync.Mutex
	seen   map[string]int
	answer http.HandlerFunc
}

// startService returns a service that says 201 to everything.
func startService(t testing.TB) *customerService {
	t.Helper()
	s := &customerService{seen: make(map[string]int), answer: answerCreated}
	server := httptest.NewServer(s)
	s.address, s.hangUp = server.Listener.Addr().String(), server.CloseClientConnections
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return s
}

func answerCreated(w http.ResponseWriter, _ *http.Request) { answerWith(201, createdBody)(w, nil) }

func answerWith(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func (s *customerService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.answering.Add(1)
	defer s.answering.Add(-1)
	var body struct{ Email string }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.seen[body.Email]++
	answer := s.answer
	s.mu.Unlock()
	answer(w, r)
}

// answers has the service answer otherwise from now on.
func (s *customerService) answers(how http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = how
}

// holds has the service answer only when the returned function has been called,
// which it is at the end of the test at the latest.
func (s *customerService) holds(t testing.TB, how http.HandlerFunc) (release func()) {
	t.Helper()
	released := make(chan struct{})
	release = sync.OnceFunc(func() { close(released) })
	t.Cleanup(release)
	s.answers(func(w http.ResponseWriter, r *http.Request) {
		<-released
		how(w, r)
	})
	return release
}

// registrations is how many of an address have come.
func (s *customerService) registrations(address string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen[address]
}

func (s *customerService) await(t testing.TB, address string) {
	t.Helper()
	waitUntil(t, "the registration is with the upstream", func() bool { return s.registrations(address) > 0 })
}

// awaitIdle waits until nobody is being answered.
func (s *customerService) awaitIdle(t testing.TB) {
	t.Helper()
	waitUntil(t, "the upstream has answered everyone", func() bool { return s.answering.Load() == 0 })
}

var addresses atomic.Int64

// newAddress is an email address that no other registration has, and that
// findCanaries knows.
func newAddress() string { return fmt.Sprintf("zqcanary.%d@kanarienpost.example", addresses.Add(1)) }

// register sends the registration of an address.
func register(t testing.TB, g *gateway, address string, headers ...headerField) answer {
	t.Helper()
	got, err := tryRegister(g, address, headers...)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func tryRegister(g *gateway, address string, headers ...headerField) (answer, error) {
	return tryPost(g.url(endpoint), newCustomer().with("email", address).json(), headers...)
}

func (a answer) isTaken() bool {
	return a.status == http.StatusConflict && strings.Contains(a.body, `"code":"email_taken"`)
}

func (a answer) isPending() bool {
	return a.status == http.StatusConflict && strings.Contains(a.body, `"code":"email_pending"`)
}

func (a answer) checkTaken(t testing.TB) {
	t.Helper()
	a.check(t, http.StatusConflict, `"code":"CONFLICT"`, `"pointer":"/email"`, `"code":"email_taken"`)
}

// checkPending fails unless the client is told to come back within a lease.
func (a answer) checkPending(t testing.TB, lease time.Duration) {
	t.Helper()
	a.check(t, http.StatusConflict, `"code":"CONFLICT"`, `"pointer":"/email"`, `"code":"email_pending"`)
	a.checkRetryAfter(t, lease)
}

func (a answer) checkRetryAfter(t testing.TB, longest time.Duration) {
	t.Helper()
	wait, err := strconv.Atoi(a.header.Get("Retry-After"))
	if err != nil || wait < 1 || wait > int(longest/time.Second) {
		t.Errorf("Retry-After is %q, want 1 to %d", a.header.Get("Retry-After"), int(longest/time.Second))
	}
}
