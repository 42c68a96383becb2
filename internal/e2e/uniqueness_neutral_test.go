package e2e

import (
	"bytes"
	"cmp"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"
)

const neutralOption = `duplicate neutral 202 "{\"success\":true,\"data\":{\"message\":\"We have sent you an email.\"}}"` + "\n"

var dateLine = regexp.MustCompile(`(?m)^Date: .*\r\n`)

// rawRegistration is all that a client gets to see on a connection of its own.
func rawRegistration(t testing.TB, g *gateway, address string) string {
	t.Helper()
	c := dialRaw(t, g.address)
	defer c.Close()
	c.send(rawPost("Connection: close\r\n", newCustomer().with("email", address).json()))
	text, err := io.ReadAll(c.reader)
	if err != nil {
		t.Fatal(err)
	}
	return dateLine.ReplaceAllString(string(text), "")
}

// TestNeutralAnswers: a new address, one that is taken, one that the upstream
// alone knows and one that is being registered are answered the same, octet by
// octet, but for the time.
func TestNeutralAnswers(t *testing.T) {
	t.Parallel()
	service := startService(t)
	gate := startGates(t, boltStore, service.address, neutralOption)[0]
	answered := map[string]string{}
	taken, known, pending := newAddress(), newAddress(), newAddress()

	answered["new"] = rawRegistration(t, gate, taken)
	answered["taken"] = rawRegistration(t, gate, taken)
	service.answers(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Customer", "known")
		answerWith(409, `{"success":false,"error":"DUPLICATE"}`)(w, r)
	})
	answered["known to the upstream"] = rawRegistration(t, gate, known)
	answered["taken since"] = rawRegistration(t, gate, known)
	release := service.holds(t, answerCreated)
	first := registerBeside(t, gate, pending)
	service.await(t, pending)
	answered["pending"] = rawRegistration(t, gate, pending)
	release()
	(<-first).check(t, 202, "We have sent you an email.")

	for what, text := range answered {
		if text != answered["new"] {
			t.Errorf("the answer for an address that is %s:\n%q\nfor a new one:\n%q", what, text, answered["new"])
		}
	}
	if !bytes.HasPrefix([]byte(answered["new"]), []byte("HTTP/1.1 202 Accepted\r\n")) {
		t.Errorf("the answer is %q", answered["new"])
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
		for what, address := range map[string]string{"new": newAddress(), "taken": taken} {
			start := time.Now()
			register(t, gate, address).check(t, 202)
			times[what] = append(times[what], time.Since(start))
		}
	}
	for _, what := range []string{"new", "taken"} {
		slices.Sort(times[what])
		t.Logf("%s: a tenth within %s, half within %s, nine tenths within %s", what,
			times[what][rounds/10].Round(100*time.Microsecond), times[what][rounds/2].Round(100*time.Microsecond), times[what][rounds*9/10].Round(100*time.Microsecond))
	}
	distance := distance(times["new"], times["taken"])
	t.Logf("their distributions differ by %.2f at most (Kolmogorov-Smirnov; 0.25 is chance at 5 %%)", distance)
	if distance > 0.9 {
		t.Error("the time of an answer tells who is a customer")
	}
}

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
