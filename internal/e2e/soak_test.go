package e2e

import (
	"crypto"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/customergate/customergate/internal/testservers"
)

// soakTime is how long TestSoak takes, but for what it looks at afterwards: as long as
// CUSTOMERGATE_SOAK says (`make soak`), or a few seconds.
func soakTime(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("CUSTOMERGATE_SOAK")
	if text == "" {
		return 8 * time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("CUSTOMERGATE_SOAK is %q, want a duration such as 10m", text)
	}
	return d
}

// TestSoak: good and bad requests, directly over HTTP/1.1, over HTTP/2 with TLS, and
// through HAProxy and nginx, while the gateway reloads, its key is rotated, and the
// customer service and the store of claims fail. Every answer has a reason, no claim is
// lost, and the memory and goroutines of the gateway come back.
func TestSoak(t *testing.T) {
	t.Parallel()
	s := startSoak(t)
	quiet := soakTime(t) / 6
	s.run(t, quiet) // what is made once is made
	before := s.rest(t)
	s.run(t, soakTime(t)-quiet)
	after := s.comeBack(t, before)
	s.checkClaims(t)
	t.Logf("%d requests, %d registered, %d connections closed by reloads; %d reloads, %d keys, %d times the service failed, %d times the store; %v before, %v after",
		s.asked.Load(), len(s.created), s.broken.Load(), s.count(reloaded), len(s.keys), s.count(serviceFailed), s.count(storeFailed), before, after)
}

// soak is all that takes part.
type soak struct {
	gate    *gateway
	service *customerService
	redis   *testservers.Redis
	ways    []way

	asked, broken atomic.Int64
	troubles      soakTroubles

	mu      sync.Mutex
	keys    map[string]bool // that were given out
	created []string        // the addresses that clients were told are registered
}

// A way is one of those that clients have to the gateway.
type way struct {
	name, url string
	client    *http.Client
	proxied   bool
}

func startSoak(t *testing.T) *soak {
	t.Helper()
	s := &soak{service: startService(t), keys: make(map[string]bool)}
	s.service.answers(s.serve)
	s.redis = testservers.NewRedis(t, testservers.RedisOptions{AppendOnly: true})
	cert := newCertificate(t)
	site := `
	customer_gate_keys /keys*
	customer_gate /api/* {
		keys auto {
			rotate 16s
			overlap 6s
		}
		` + patient + `
		unique_email redis ` + s.redis.Address + ` {
			lease 5s
		}
		idempotency
	}
	reverse_proxy {$UPSTREAM}
	`
	s.gate = startGateway(t, setup{
		upstream: s.service.address,
		site:     site,
		global:   "auto_https disable_redirects\nmetrics\nservers {\ntrusted_proxies static private_ranges\n}\n",
		more:     "https://localhost:{$TLS_PORT} {\n bind 127.0.0.1\n" + cert.site + site + "}\n",
		env:      []string{"TLS_PORT=" + freePort(t)},
	})
	over2 := new(http.Protocols)
	over2.SetHTTP2(true)
	secure := &http.Transport{Protocols: over2, TLSClientConfig: cert.client()}
	plain := &http.Transport{MaxIdleConnsPerHost: 8}
	t.Cleanup(secure.CloseIdleConnections)
	t.Cleanup(plain.CloseIdleConnections)
	proxied := &http.Client{Transport: plain, Timeout: patience}
	s.ways = []way{
		{"HTTP/1.1", s.gate.url(""), proxied, false},
		{"HTTP/2", "https://localhost:" + s.gate.variable("TLS_PORT"), &http.Client{Transport: secure, Timeout: patience}, false},
		{"HAProxy", "http://" + testservers.NewHAProxy(t, s.gate.address).Address, proxied, true},
		{"nginx", "http://" + testservers.NewNginx(t, s.gate.address).Address, proxied, true},
	}
	return s
}

// run has two clients on each way for a while, with trouble.
func (s *soak) run(t *testing.T, d time.Duration) {
	t.Helper()
	stop := make(chan struct{})
	var clients sync.WaitGroup
	for i := range 2 * len(s.ways) {
		clients.Go(func() {
			c := &soakClient{soak: s, way: s.ways[i%len(s.ways)], habit: []crypto.Hash{crypto.SHA256, crypto.SHA1}[i/len(s.ways)]}
			for n := i; !closed(stop) && !t.Failed(); n++ {
				c.send(t, n)
			}
		})
	}
	for end := time.Now().Add(d); time.Now().Before(end) && !t.Failed(); {
		s.trouble(t)
	}
	close(stop)
	clients.Wait()
}

// rest lets the gateway have nothing to do, and measures what it holds then.
func (s *soak) rest(t *testing.T) map[string]int {
	t.Helper()
	s.gate.reload(t) // so that both times the same is fresh
	for _, w := range s.ways {
		w.client.CloseIdleConnections()
	}
	s.service.hangUp() // or connections of replaced configurations would be kept for two minutes
	least, since := s.holds(t), time.Now()
	waitUntil(t, "the gateway has come to rest", func() bool {
		for what, now := range s.holds(t) {
			if now < least[what]-least[what]/100 {
				least[what], since = now, time.Now()
			}
		}
		return time.Since(since) > restTime
	})
	return least
}

// comeBack waits until the gateway holds no more than it did before, but for 5 %.
// Replaced configurations are let go within half a minute, in whatever order.
func (s *soak) comeBack(t *testing.T, before map[string]int) map[string]int {
	t.Helper()
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	after := s.rest(t)
	for end := time.Now().Add(comeBackTime); time.Now().Before(end); <-ticker.C {
		after = s.holds(t)
		if !slices.ContainsFunc([]string{"goroutines", "heap"}, func(what string) bool {
			return after[what] > before[what]+before[what]/20+slack[what]
		}) {
			return after
		}
	}
	t.Errorf("%v before, %v after", before, after)
	return after
}

const comeBackTime = time.Minute

// slack is what a measurement may be off by: connections to the store that are about to
// close, blocks that are not swept yet.
var slack = map[string]int{"goroutines": 5, "heap": 1 << 20}

// holds is what the gateway holds. One collection of garbage is not all: pools and what
// has a finalizer take several.
func (s *soak) holds(t *testing.T) map[string]int {
	t.Helper()
	return map[string]int{
		"goroutines": s.gate.profiled(t, "goroutine?debug=1", goroutineTotal),
		"heap":       s.gate.profiled(t, "heap?gc=1&debug=1", heapAlloc),
	}
}

// restTime is longer than anything ends later than the rest: replaced configurations
// keep their stores for six seconds.
const restTime = 8 * time.Second

var (
	goroutineTotal = regexp.MustCompile(`goroutine profile: total (\d+)`)
	heapAlloc      = regexp.MustCompile(`# HeapAlloc = (\d+)`)
)

// profiled is a figure of one of the gateway's profiles.
func (g *gateway) profiled(t *testing.T, profile string, figure *regexp.Regexp) int {
	t.Helper()
	found := figure.FindStringSubmatch(g.adminGet(t, "/debug/pprof/"+profile))
	if found == nil {
		t.Fatalf("the profile %s has no %s", profile, figure)
	}
	n, _ := strconv.Atoi(found[1])
	return n
}

// checkClaims asks for every address that a client was told is registered. Where the
// store was away for longer than the gateway tries to settle a claim, it has said so.
func (s *soak) checkClaims(t *testing.T) {
	t.Helper()
	client.CloseIdleConnections() // the last reload may close them when they are used next
	var next, lost atomic.Int64
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(s.created)); i = next.Add(1) - 1 {
				got, err := tryRegister(s.gate, s.created[i])
				switch {
				case err != nil:
					t.Error(err)
				case !got.isTaken():
					t.Logf("a claim was lost: %d %s", got.status, got.body)
					lost.Add(1)
				}
			}
		})
	}
	asking.Wait()
	if unsettled := failedCommits(s.gate); lost.Load() > int64(unsettled) {
		t.Errorf("of %d claims %d were lost, of which the gateway knows %d", len(s.created), lost.Load(), unsettled)
	}
}

// serve is the customer service, which tells when it has failed on purpose.
func (s *soak) serve(w http.ResponseWriter, r *http.Request) {
	if !s.troubles.under(serviceFailed) {
		answerCreated(w, r)
		return
	}
	w.Header().Set("On-Purpose", "yes")
	switch s.asked.Load() % 3 {
	case 0:
		answerWith(http.StatusServiceUnavailable, `{"success":false}`)(w, r)
	case 1:
		answerWith(http.StatusInternalServerError, `{"success":false}`)(w, r)
	default:
		panic(http.ErrAbortHandler) // the connection breaks
	}
}

// A soakTrouble is one of those that are made.
type soakTrouble int

const (
	reloaded soakTrouble = iota
	serviceFailed
	storeFailed
)

// soakTroubles remembers when there was which.
type soakTroubles struct {
	mu    sync.Mutex
	spans map[soakTrouble][]span
}

type span struct{ from, to time.Time }

// during notes a trouble while it is made. It may show a little later.
func (l *soakTroubles) during(what soakTrouble, make func()) {
	l.mu.Lock()
	if l.spans == nil {
		l.spans = map[soakTrouble][]span{}
	}
	i := len(l.spans[what])
	l.spans[what] = append(l.spans[what], span{from: time.Now()})
	l.mu.Unlock()
	make()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spans[what][i].to = time.Now().Add(trails[what])
}

// trails is how long a trouble shows after its end: connections that a reload has yet
// to close, a store that is being dialled again.
var trails = map[soakTrouble]time.Duration{reloaded: 3 * time.Second, serviceFailed: time.Second, storeFailed: 5 * time.Second}

func (l *soakTroubles) under(what soakTrouble) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	spans := l.spans[what]
	return len(spans) > 0 && spans[len(spans)-1].to.IsZero()
}

// since reports whether there was such trouble at any time since then.
func (l *soakTroubles) since(what soakTrouble, then time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.spans[what] {
		if s.to.IsZero() || s.to.After(then) {
			return true
		}
	}
	return false
}

func (s *soak) count(what soakTrouble) int { return len(s.troubles.spans[what]) }

// trouble makes one after the other, with as long a peace in between.
func (s *soak) trouble(t *testing.T) {
	t.Helper()
	pause := min(soakTime(t)/250, 5*time.Second) // a hundred reloads in ten minutes
	s.peace(pause)
	switch made := s.count(reloaded) + s.count(serviceFailed) + s.count(storeFailed); made % 8 {
	default:
		s.troubles.during(reloaded, func() { s.gate.reload(t) })
	case 3:
		s.troubles.during(serviceFailed, func() { s.peace(pause) })
	case 7:
		s.troubles.during(storeFailed, func() {
			s.redis.Kill()
			s.peace(pause)
			if err := s.redis.Start(); err != nil {
				t.Error(err)
			}
		})
	}
}

// peace lets some requests be answered, for a while at least.
func (s *soak) peace(d time.Duration) {
	asked, began := s.asked.Load(), time.Now()
	for time.Since(began) < d || s.asked.Load() < asked+8 && time.Since(began) < patience {
		time.Sleep(20 * time.Millisecond) // which is all that it is for
	}
}

// soakClient is one of the clients on a way.
type soakClient struct {
	*soak
	way   way
	habit crypto.Hash
	key   dashboardKey
	last  string // an address that was registered
}

// send sends the next request.
func (c *soakClient) send(t *testing.T, n int) {
	t.Helper()
	began := time.Now()
	if !c.fetch(t, began) {
		return
	}
	address := newAddress()
	whole := newCustomer().with("email", address)
	switch n % 8 {
	case 0, 1, 2:
		c.register(t, began, address, whole.encrypted(t, c.key.testKey, c.habit).json())
	case 3:
		c.register(t, began, address, whole.json())
	case 4:
		c.expect(t, began, whole.with("dob", "tomorrow").with("firstName", "X").json(), 422, `"/firstName"`, `"/dob"`)
	case 5:
		c.expect(t, began, whole.encrypted(t, keyOfTests(), c.habit).json(), 422, "password_undecryptable")
	case 6:
		c.expect(t, began, whole.json()+"}", 400, `"MALFORMED_JSON"`)
	default:
		if c.last != "" {
			c.expect(t, began, newCustomer().with("email", c.last).json(), 409, "email_taken")
		}
	}
}

// fetch sees to it that the client has a key, as apps do.
func (c *soakClient) fetch(t *testing.T, began time.Time) bool {
	t.Helper()
	if began.Before(c.key.until) {
		return true
	}
	key, err := fetchKey(c.gate.url("/keys.txt"))
	if err != nil {
		if !c.troubles.since(reloaded, began) {
			t.Errorf("fetching the key: %v", err)
		}
		return false
	}
	c.key = key
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keys[key.text] = true
	return true
}

func (c *soakClient) register(t *testing.T, began time.Time, address, body string) {
	t.Helper()
	got, answered := c.ask(t, began, body)
	switch {
	case answered && got.status == http.StatusCreated && got.header.Get("On-Purpose") == "":
		c.last = address
		c.mu.Lock()
		defer c.mu.Unlock()
		c.created = append(c.created, address)
	default:
		c.checkReason(t, began, got, answered)
	}
}

func (c *soakClient) expect(t *testing.T, began time.Time, body string, status int, texts ...string) {
	t.Helper()
	got, answered := c.ask(t, began, body)
	if answered && got.status == status {
		got.check(t, status, texts...)
		return
	}
	c.checkReason(t, began, got, answered)
}

func (c *soakClient) ask(t *testing.T, began time.Time, body string) (got answer, answered bool) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, c.way.url+endpoint, strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return answer{}, false
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, "Platform": {"fincode"}, "Uuid": {"200"}}
	response, err := c.way.client.Do(request)
	if err != nil {
		c.broken.Add(1)
		return answer{body: err.Error()}, false
	}
	c.asked.Add(1)
	got, err = readAnswer(response)
	return got, err == nil
}

// checkReason fails unless something that was done on purpose explains an answer, or
// the lack of one.
func (c *soakClient) checkReason(t *testing.T, began time.Time, got answer, answered bool) {
	t.Helper()
	ours := strings.Contains(got.body, `"errors":`) || strings.Contains(got.body, `"error":`)
	switch {
	case got.header.Get("On-Purpose") != "": // the service's own answer
	case got.status == http.StatusBadGateway && c.troubles.since(serviceFailed, began): // it broke the connection
	case ours && got.status == http.StatusServiceUnavailable && c.troubles.since(storeFailed, began):
	case !answered && c.troubles.since(reloaded, began): // the connection was closed unread
	case c.way.proxied && !ours && got.status >= 500 && c.troubles.since(reloaded, began): // so was the proxy's
	default:
		t.Errorf("%s: unexplained: %d %s", c.way.name, got.status, got.body)
	}
}
