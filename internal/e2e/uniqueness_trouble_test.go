package e2e

import (
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// upstreamHeader names the upstream of a request, for tests that share a gateway.
const upstreamHeader = "X-Test-Upstream"

func toUpstream(address string) headerField { return headerField{upstreamHeader, address} }

// What the next registration of an address shows.
type addressState string

const (
	isFree    addressState = "free"
	isPending addressState = "pending until the lease ends"
	isTaken   addressState = "taken"
)

// trouble is what goes wrong between the gateway and the upstream, or there.
type trouble struct {
	service http.HandlerFunc // what the upstream says; default: 201
	proxy   func(*breaker)   // what becomes of that on its way
	status  int              // of the answer to the client; 0: it breaks off
	late    bool             // the answer comes when the upstream's time is over
	state   addressState
}

var troubles = map[string]trouble{
	"refuses connections": {proxy: (*breaker).refuse, status: 502, state: isFree},
	"never reads":         {proxy: func(b *breaker) { b.hold(requests) }, status: 504, late: true, state: isPending},
	"never answers":       {proxy: func(b *breaker) { b.hold(answers) }, status: 504, late: true, state: isPending},
	"stalls in its body":  {service: answerHalf, late: true, state: isPending},
	"is slow":             {service: answerSlowly, status: 201, state: isTaken},
	"resets at once":      {proxy: func(b *breaker) { b.cut(0, reset) }, status: 502, state: isPending},
	"resets in its head":  {proxy: func(b *breaker) { b.cut(30, reset) }, status: 502, state: isPending},
	"resets in its body":  {service: answerWith(201, longBody), proxy: func(b *breaker) { b.cut(500, reset) }, state: isPending},
	"cuts its body":       {service: answerWith(201, longBody), proxy: func(b *breaker) { b.cut(500, hangUp) }, state: isPending},
	"cuts its chunks":     {service: answerInChunks, proxy: func(b *breaker) { b.cut(150, hangUp) }, state: isPending},
	"is compressed":       {service: answerCompressed, status: 201, state: isPending},
	"500":                 {service: answerWith(500, `{"success":false}`), status: 500, state: isPending},
	"503":                 {service: answerWith(503, "busy"), status: 503, state: isPending},
	"409":                 {service: answerWith(409, `{"success":false}`), status: 409, state: isTaken},
	"400":                 {service: answerWith(400, `{"success":false}`), status: 400, state: isFree},
	"429":                 {service: answerWith(429, ""), status: 429, state: isFree},
	"200 with a failure":  {service: answerWith(200, `{"success": false}`), status: 200, state: isFree},
	"200 with a success":  {service: answerWith(200, `{"success": true}`), status: 200, state: isTaken},
	"switches protocols":  {service: switchProtocols, status: 502, state: isPending},
	"hints first":         {service: answerHinted, status: 201, state: isTaken},
	"200 without a body":  {service: answerWith(200, ""), status: 200, state: isTaken},
}

// longBody does not fit into what is read of an answer at once with its head.
var longBody = `{"success":true,"padding":"` + strings.Repeat("x", 2000) + `"}`

func hangUp(net.Conn) {}

// answerHalf begins an answer, and leaves it at that.
func answerHalf(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", strconv.Itoa(len(longBody)))
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, longBody[:len(longBody)/2])
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

// answerSlowly takes longer than a service should, and shorter than it may.
func answerSlowly(w http.ResponseWriter, r *http.Request) {
	time.Sleep(time.Second)
	answerCreated(w, r)
}

// answerCompressed says, without having been asked to, what the gate cannot read.
func answerCompressed(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Encoding", "br")
	answerWith(201, "\x0b\x02\x80{\"success\":true}\x03")(w, r)
}

// switchProtocols answers 101 to a request that has not asked for it.
func switchProtocols(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Connection", "Upgrade")
	w.Header().Set("Upgrade", "websocket")
	w.WriteHeader(http.StatusSwitchingProtocols)
}

// answerHinted sends interim answers first.
func answerHinted(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusProcessing)
	w.WriteHeader(http.StatusEarlyHints)
	answerCreated(w, r)
}

// story is what becomes of an address in trouble. All of them are told at the
// same time, so that their leases run at the same time.
type story struct {
	trouble
	address string
	well    *customerService // the upstream of later registrations

	start, answered, told time.Time // when it was sent, answered, and tried anew
	first, next           answer
	firstErr, nextErr     error
}

// TestClaimsInUpstreamTrouble: what the client is answered, in time, and what
// has become of the address, as the next registration shows.
func TestClaimsInUpstreamTrouble(t *testing.T) {
	t.Parallel()
	gate := startGates(t, boltStore, "{header."+upstreamHeader+"}", shortLease)[0]
	stories := make(map[string]*story)
	var telling sync.WaitGroup
	for name, trouble := range troubles {
		s := &story{trouble: trouble, address: newAddress(), well: startService(t)}
		stories[name] = s
		troubled := startService(t)
		if trouble.service != nil {
			troubled.answers(trouble.service)
		}
		proxy := startBreaker(t, troubled.address)
		if trouble.proxy != nil {
			trouble.proxy(proxy)
		}
		telling.Go(func() {
			s.start = time.Now()
			s.first, s.firstErr = tryRegister(gate, s.address, toUpstream(proxy.address))
			s.answered = time.Now()
			s.next, s.nextErr = tryRegister(gate, s.address, toUpstream(s.well.address))
			s.told = time.Now()
		})
	}
	telling.Wait()
	for name, s := range stories {
		t.Run(name, func(t *testing.T) {
			s.checkAnswer(t)
			s.checkTime(t)
			s.checkState(t, gate)
		})
	}
}

func (s *story) checkAnswer(t *testing.T) {
	t.Helper()
	if breaksOff := s.firstErr != nil; breaksOff != (s.status == 0) || !breaksOff && s.first.status != s.status {
		t.Errorf("the answer is %d %s, %v", s.first.status, s.first.body, s.firstErr)
	}
	if s.nextErr != nil {
		t.Fatal(s.nextErr)
	}
}

// checkTime fails if an answer came before the upstream's time was over, which it
// is after the lease, less a second. That the others come at once, their status
// shows.
func (s *story) checkTime(t *testing.T) {
	t.Helper()
	if took := s.answered.Sub(s.start); took > patience || s.late && took < leaseOfTests-time.Second {
		t.Errorf("the answer took %s", took)
	}
}

func (s *story) checkState(t *testing.T, gate *gateway) {
	t.Helper()
	again := func() answer { return register(t, gate, s.address, toUpstream(s.well.address)) }
	want := 1
	switch s.state {
	case isFree:
		s.next.check(t, 201)
	case isTaken:
		s.next.checkTaken(t)
		want = 0
	case isPending:
		s.checkHeld(t, again)
	}
	again().checkTaken(t) // whoever got through has it now
	if n := s.well.registrations(s.address); n != want {
		t.Errorf("%d later registrations reached the upstream, want %d", n, want)
	}
}

// checkHeld fails unless nobody gets through before the lease has ended, and the
// first one to try after that does.
func (s *story) checkHeld(t *testing.T, again func() answer) {
	t.Helper()
	got, at := s.next, s.told
	if got.isPending() {
		got.checkPending(t, leaseOfTests)
		got = awaitLeaseEnd(t, s.answered, again)
		at = time.Now()
	}
	got.check(t, 201)
	if held := at.Sub(s.start); held < leaseOfTests {
		t.Errorf("the address was free again after %s", held)
	}
}
