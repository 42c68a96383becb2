package main

import (
	"crypto/rsa"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/customergate/customergate/internal/load"
)

// row is one kind of request to one server.
type row struct {
	name    string
	server  *server
	request []byte
	fresh   [][]byte // requests of which each registers an address of its own
	from    string   // default: 127.0.0.1
	clients int      // at once; 0 for as many as asked for
	rate    float64
	answers []int // default: 200 alone
}

const (
	// crowd is how many requests are under way where a claims store is to find
	// many at once, and the CPUs always something to do.
	crowd = 256
	// paced is how many plaintext requests come in a second where the gate
	// could answer twice as many.
	paced = 4000
	// junkSender is who sends what nobody can decrypt, so that nobody else waits
	// behind others for that.
	junkSender = "127.0.0.9"
)

const (
	bare      = "bare reverse_proxy"
	plaintext = "gate, plaintext body"
	monitored = "gate that monitors, plaintext body"
)

var (
	plaintextPaced = fmt.Sprintf("gate, plaintext body, %d/s", paced)
	plaintextCrowd = fmt.Sprintf("gate, plaintext body, %d under way", crowd)
)

// What is sent to each gateway that decrypts.
const (
	rawBody = "plaintext body"
	one     = "one ciphertext"
	two     = "two distinct ciphertexts"
	junk    = "one ciphertext, junk"
)

// of names a row of a server.
func (s *server) of(what string) string { return s.name + ", " + what }

// withClaims names a row that differs from another in unique_email alone.
func withClaims(name string) string { return name + ", unique_email bolt" }

// requests are what the rows send.
type requests struct {
	raw, one, two, junk string

	// For requests that register an address each. A ciphertext that came with
	// too many of them would be refused, so these have one each, too.
	freshRaw, freshOne [][]byte
}

// freshRequests are so many that a ciphertext is hardly sent twice: it is judged against
// the words of a few persons only.
const freshRequests = 1 << 15

func newRequests(key *rsa.PublicKey) (*requests, error) {
	first, err := load.Encrypt(key)
	if err != nil {
		return nil, err
	}
	second, err := load.Encrypt(key)
	if err != nil {
		return nil, err
	}
	nobodys := load.Junk(key)
	r := &requests{
		raw: load.Raw(), one: load.Sealed(first, first), two: load.Sealed(first, second), junk: load.Sealed(nobodys, nobodys),
	}
	r.freshRaw, err = load.Made(freshRequests, func() ([]byte, error) { return post("/claims", r.raw), nil })
	if err != nil {
		return nil, err
	}
	r.freshOne, err = load.Made(freshRequests, func() ([]byte, error) {
		ciphertext, err := load.Encrypt(key)
		return post("/claims", load.Sealed(ciphertext, ciphertext)), err
	})
	return r, err
}

func post(route, body string) []byte {
	return load.Post(route+"/usermanagement/register-customer", body)
}

// rows are those of the table, in its order. The bare proxy forwards the body
// that the gate would have decrypted.
func rows(s *servers, r *requests) []row {
	all := []row{
		{name: bare, server: s.gate, request: post("/bare", r.raw)},
		{name: plaintext, server: s.gate, request: post("/gate", r.raw)},
		{name: monitored, server: s.gate, request: post("/monitored", r.raw)},
		{name: s.relaxed.of(rawBody), server: s.relaxed, request: post("/gate", r.raw)},
	}
	for _, e := range s.engines {
		all = append(all, e.sealed(r)...)
		all = append(all, row{name: withClaims(e.of(one)), server: e, fresh: r.freshOne})
	}
	for _, other := range []*server{s.node, s.base} {
		if other != nil {
			all = append(all, row{name: other.of(rawBody), server: other, request: post("/gate", r.raw)})
			all = append(all, other.sealed(r)...)
		}
	}
	for _, of := range []row{
		{name: plaintextPaced, rate: paced},
		{name: plaintextCrowd},
	} {
		of.server, of.clients, of.request = s.gate, crowd, post("/gate", r.raw)
		all = append(all, of)
		of.name, of.fresh = withClaims(of.name), r.freshRaw
		all = append(all, of)
	}
	return all
}

func (s *server) sealed(r *requests) []row {
	return []row{
		{name: s.of(one), server: s, request: post("/gate", r.one)},
		{name: s.of(two), server: s, request: post("/gate", r.two)},
		{
			name: s.of(junk), server: s, request: post("/gate", r.junk), from: junkSender,
			answers: []int{http.StatusUnprocessableEntity, http.StatusServiceUnavailable},
		},
	}
}

// measurement is what one run of a row gave.
type measurement struct {
	cpu  float64 // microseconds of the server for a request
	rate float64 // requests per second
	busy float64 // share that was answered 503
}

// measure keeps a number of requests under way for a while.
func (r row) measure(clients int, duration time.Duration) (measurement, error) {
	if r.clients > 0 {
		clients = r.clients
	}
	crowd := load.Crowd{To: r.server.Address, Clients: clients, Rate: r.rate, Next: load.Same(r.request)}
	if r.from != "" {
		crowd.From = []string{r.from}
	}
	if r.fresh != nil {
		crowd.Next = numbered(r.fresh)
	}
	before, err := r.server.CPU()
	if err != nil {
		return measurement{}, err
	}
	start := time.Now()
	tally := crowd.SendFor(duration)
	elapsed := time.Since(start)
	after, err := r.server.CPU()
	if err != nil {
		return measurement{}, err
	}
	n := float64(tally.Answered())
	return measurement{
		cpu:  float64((after - before).Nanoseconds()) / 1e3 / n,
		rate: n / elapsed.Seconds(),
		busy: float64(tally.Answers[http.StatusServiceUnavailable]) / n,
	}, tally.Only(r.wanted()...)
}

func (r row) wanted() []int {
	if r.answers == nil {
		return []int{http.StatusOK}
	}
	return r.answers
}

var addresses atomic.Int64

// numbered has requests register addresses that nobody has. Each run goes on where the
// last one has ended, so that all requests are sent as often.
func numbered(requests [][]byte) func(int) []byte {
	return func(int) []byte {
		n := addresses.Add(1)
		request := requests[n%int64(len(requests))]
		load.Number(request, n)
		return request
	}
}
