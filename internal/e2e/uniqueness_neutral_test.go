package e2e

import (
	"cmp"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httputil"
	"regexp"
	"slices"
	"strings"
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

// TestNeutralPace tells how long those answers take, and how far their times can
// be told apart. It demands nothing of a busy machine but that nobody can read
// the kind of an address off a single answer.
func TestNeutralPace(t *testing.T) {
	t.Parallel()
	const rounds = 60
	service := startService(t)
	service.answers(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(knownHeader) != "" {
			answerWith(409, "")(w, r)
			return
		}
		time.Sleep(time.Duration(5+rand.IntN(5)) * time.Millisecond) // its work
		answerCreated(w, r)
	})
	gate := startGates(t, boltStore, service.address, neutralOption)[0]
	taken := newAddress()
	for range 64 {
		register(t, gate, newAddress()).check(t, 202)
	}
	register(t, gate, taken).check(t, 202)

	times := map[string][]time.Duration{}
	for range rounds {
		for what, send := range map[string]func() answer{
			"new":                   func() answer { return register(t, gate, newAddress()) },
			"taken":                 func() answer { return register(t, gate, taken) },
			"known to the upstream": func() answer { return register(t, gate, newAddress(), headerField{knownHeader, "1"}) },
		} {
			start := time.Now()
			send().check(t, 202)
			times[what] = append(times[what], time.Since(start))
		}
	}
	for what, took := range times {
		slices.Sort(took)
		t.Logf("%s: a tenth within %s, half within %s, nine tenths within %s", what, took[rounds/10].Round(100*time.Microsecond),
			took[rounds/2].Round(100*time.Microsecond), took[rounds*9/10].Round(100*time.Microsecond))
	}
	for _, what := range []string{"taken", "known to the upstream"} {
		distance := distance(times["new"], times[what])
		t.Logf("new and %s: the distributions differ by %.2f at most (Kolmogorov-Smirnov; 0.25 is chance at 5 %%)", what, distance)
		if distance > 0.75 {
			t.Errorf("the time of an answer tells whether an address is new or %s", what)
		}
	}
}

// knownHeader has the upstream know the address.
const knownHeader = "X-Test-Known"

// distance is the largest between two distributions, of sorted samples.
func distance[T cmp.Ordered](a, b []T) float64 {
	largest := 0.0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		next := min(a[i], b[j])
		for i < len(a) && a[i] <= next {
			i++
		}
		for j < len(b) && b[j] <= next {
			j++
		}
		largest = max(largest, float64(i)/float64(len(a))-float64(j)/float64(len(b)), float64(j)/float64(len(b))-float64(i)/float64(len(a)))
	}
	return largest
}
