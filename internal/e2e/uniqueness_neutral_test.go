package e2e

import (
	"cmp"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httputil"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

const neutralOption = `duplicate neutral 202 "{\"success\":true,\"data\":{\"message\":\"We have sent you an email.\"}}"` + "\n"

const neutralText = "We have sent you an email."

var dateLine = regexp.MustCompile(`(?m)^Date: .*\r\n`)

// rawRegistration is all that a client gets to see on a connection of its own.
func rawRegistration(t testing.TB, g *gateway, address, lines string) string {
	t.Helper()
	c := dialRaw(t, g.address)
	defer c.Close()
	c.send(rawPost("Connection: close\r\n"+lines, newCustomer().with("email", address).json()))
	text, err := io.ReadAll(c.reader)
	if err != nil {
		t.Fatal(err)
	}
	return dateLine.ReplaceAllString(string(text), "")
}

// sight is what a client gets to see of an answer.
type sight func(t testing.TB, g *gateway, address string) string

// sights are ways to look at an answer. Under a key, it is looked at again too.
var sights = map[string]sight{
	"HTTP/1": func(t testing.TB, g *gateway, address string) string { return rawRegistration(t, g, address, "") },
	"HTTP/2": http2Registration,
	"with a key": func(t testing.TB, g *gateway, address string) string {
		key := fmt.Sprintf("Idempotency-Key: %d\r\n", rand.Uint64())
		return rawRegistration(t, g, address, key) + rawRegistration(t, g, address, key)
	},
}

// http2Registration is what an HTTP/2 client sees, but for the time.
func http2Registration(t testing.TB, g *gateway, address string) string {
	t.Helper()
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: protocols}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequest(http.MethodPost, g.url(endpoint), strings.NewReader(newCustomer().with("email", address).json()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, "Platform": {"fincode"}, "Uuid": {"200"}}
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Header.Del("Date")
	text, err := httputil.DumpResponse(response, true)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestNeutralAnswers: a new address, one that is taken, one that the upstream
// alone knows and one that is being registered are answered the same, octet by
// octet, but for the time.
func TestNeutralAnswers(t *testing.T) {
	t.Parallel()
	service := startService(t)
	gate := startGateway(t, setup{
		upstream: service.address,
		global:   "servers {\n protocols h1 h2c\n }\n",
		site:     boltStore.gate(neutralOption),
	})
	for name, see := range sights {
		t.Run(name, func(t *testing.T) {
			checkNeutral(t, service, gate, see)
		})
	}
}

func checkNeutral(t *testing.T, service *customerService, gate *gateway, see sight) {
	t.Helper()
	answered := map[string]string{}
	taken, known, pending := newAddress(), newAddress(), newAddress()

	service.answers(answerCreated)
	answered["new"] = see(t, gate, taken)
	answered["taken"] = see(t, gate, taken)
	service.answers(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Customer", "known")
		answerWith(409, `{"success":false,"error":"DUPLICATE"}`)(w, r)
	})
	answered["known to the upstream"] = see(t, gate, known)
	answered["taken since"] = see(t, gate, known)
	release := service.holds(t, answerCreated)
	first := registerBeside(t, gate, pending)
	service.await(t, pending)
	answered["pending"] = see(t, gate, pending)
	release()
	(<-first).check(t, 202, neutralText)

	for what, text := range answered {
		if text != answered["new"] {
			t.Errorf("the answer for an address that is %s:\n%q\nfor a new one:\n%q", what, text, answered["new"])
		}
	}
	if text := answered["new"]; !strings.Contains(text, " 202 Accepted\r\n") || !strings.Contains(text, neutralText) {
		t.Errorf("the answer is %q", text)
	}
	for _, address := range []string{taken, known, pending} {
		if n := service.registrations(address); n != 1 {
			t.Errorf("%d registrations of an address reached the upstream, want 1", n)
		}
	}
}

// TestNeutralRefusals: what the upstream says to anything but a success and a
// known address is seen, and means for the address what it always means.
func TestNeutralRefusals(t *testing.T) {
	t.Parallel()
	service := startService(t)
	gate := startGates(t, boltStore, service.address, neutralOption)[0]
	for status, seen := range map[int]int{ // how many registrations get to the upstream, of two
		400: 2,
		503: 1,
	} {
		address := newAddress()
		service.answers(answerWith(status, `{"success":false,"error":"OTHER"}`))
		register(t, gate, address).check(t, status, `"OTHER"`)
		service.answers(answerCreated)
		register(t, gate, address).check(t, 202, neutralText)
		if n := service.registrations(address); n != seen {
			t.Errorf("after %d, %d registrations have reached the upstream, want %d", status, n, seen)
		}
	}
}

// TestNeutralPace: whatever a prober does beside, the time of an answer does not
// tell what an address is. It demands nothing of a busy machine but that all times
// are alike, long or short: among a dozen against a dozen, one of 60,000 is beyond
// the limit by chance.
func TestNeutralPace(t *testing.T) {
	t.Parallel()
	const limit = 0.95
	for condition, probe := range map[string]func(p *prober, address string, fields ...headerField) time.Duration{
		"idle":           (*prober).register,
		"beside a burst": (*prober).besideBurst,
		"after a burst":  (*prober).afterBurst,
	} {
		t.Run(condition, func(t *testing.T) {
			t.Parallel()
			p := startProber(t)
			var fresh, taken, known []time.Duration
			for range 12 {
				address := newAddress()
				fresh = append(fresh, probe(p, address))
				taken = append(taken, probe(p, address))
				known = append(known, probe(p, newAddress(), headerField{knownHeader, "1"}))
			}
			for what, times := range map[string][]time.Duration{"taken": taken, "known to the upstream": known} {
				later := auc(fresh, times)
				t.Logf("a new one is answered later than one that is %s in %.2f of all pairs", what, later)
				if later > limit || later < 1-limit {
					t.Errorf("the time of an answer tells whether an address is new or %s", what)
				}
			}
		})
	}
}

// prober has a gate before a service that works on one registration at a time.
type prober struct {
	t    *testing.T
	gate *gateway
}

func startProber(t *testing.T) *prober {
	t.Helper()
	service := startService(t)
	var worker sync.Mutex
	service.answers(func(w http.ResponseWriter, r *http.Request) {
		worker.Lock()
		defer worker.Unlock()
		if r.Header.Get(knownHeader) != "" {
			time.Sleep(15 * time.Millisecond)
			answerWith(409, "")(w, r)
			return
		}
		time.Sleep(20 * time.Millisecond)
		answerCreated(w, r)
	})
	p := &prober{t, startGates(t, boltStore, service.address, neutralOption)[0]}
	for range 16 {
		p.register(newAddress())
	}
	return p
}

// knownHeader has the upstream know the address.
const knownHeader = "X-Test-Known"

// register returns how long a registration takes.
func (p *prober) register(address string, fields ...headerField) time.Duration {
	p.t.Helper()
	began := time.Now()
	register(p.t, p.gate, address, fields...).check(p.t, 202)
	return time.Since(began)
}

// besideBurst is register while others are under way.
func (p *prober) besideBurst(address string, fields ...headerField) time.Duration {
	p.t.Helper()
	burst := p.burst()
	defer func() {
		for _, answered := range burst {
			(<-answered).check(p.t, 202)
		}
	}()
	return p.register(address, fields...)
}

// afterBurst is register when they have ended.
func (p *prober) afterBurst(address string, fields ...headerField) time.Duration {
	p.t.Helper()
	for _, answered := range p.burst() {
		(<-answered).check(p.t, 202)
	}
	return p.register(address, fields...)
}

func (p *prober) burst() []<-chan answer {
	answered := make([]<-chan answer, 15)
	for i := range answered {
		answered[i] = registerBeside(p.t, p.gate, newAddress())
	}
	return answered
}

// auc is the share of pairs in which one of a is larger than one of b, half of
// those that are equal included (the area under the ROC curve).
func auc[T cmp.Ordered](a, b []T) float64 {
	sum := 0
	for _, x := range a {
		for _, y := range b {
			sum += cmp.Compare(x, y) + 1
		}
	}
	return float64(sum) / float64(2*len(a)*len(b))
}
