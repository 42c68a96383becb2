package e2e

import (
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/customergate/customergate/internal/load"
)

// badRequests is how many TestBadRequests sends: as many as CUSTOMERGATE_BAD_REQUESTS
// says (`make soak`), or a few.
func badRequests(t *testing.T) int64 {
	t.Helper()
	text := os.Getenv("CUSTOMERGATE_BAD_REQUESTS")
	if text == "" {
		return 10_000
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatalf("CUSTOMERGATE_BAD_REQUESTS is %q, want a number", text)
	}
	return n
}

// TestBadRequests: of requests with at least one fault, and others at random, none
// reaches the upstream, and each is told that it is at fault.
func TestBadRequests(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address, global: "log {\n level INFO\n exclude http.handlers.customer_gate http.log.access\n}\n"})
	wanted := badRequests(t)
	var made atomic.Int64
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	const clients = 8
	random := make([]*rand.Rand, clients)
	for i := range random {
		random[i] = rand.New(rand.NewPCG(uint64(i), 1))
	}
	tally := load.Crowd{To: gate.address, Clients: clients, Next: func(client int) []byte {
		if made.Add(1) == wanted {
			cancel() // this is the last one
		}
		return badRequest(random[client])
	}}.Send(ctx)
	if err := tally.Only(400, 405, 413, 415, 422); err != nil {
		t.Error(err)
	}
	up.checkUntouched(t)
	for line := range strings.Lines(gate.log.String()) {
		if strings.Contains(line, "panic") {
			t.Error(line)
		}
	}
	t.Logf("%v", tally.Answers)
}

// badRequest is a registration with a fault that is sure to be one.
func badRequest(r *rand.Rand) []byte {
	body := newCustomer()
	for range r.IntN(3) { // whatever it is, it mends nothing
		body = body.with(body[r.IntN(len(body))].name, badValue(r))
	}
	head, text := "POST "+endpoint+" HTTP/1.1", ""
	fields := map[string]string{"Host": "localhost", "Content-Type": "application/json", "Platform": "fincode", "Uuid": "200"}
	switch r.IntN(12) {
	case 0:
		text = slices.Delete(body, 1, 2).json() // without customerType
	case 1:
		text = body.with("password", []int{r.IntN(10)}).json()
	case 2:
		text = body.with(fmt.Sprintf("q%x", r.Uint32()), badValue(r)).json()
	case 3:
		text = body.json()
		text = text[:r.IntN(len(text))]
	case 4:
		text = body.json() + string("{}[],:\"x1"[r.IntN(9)])
	case 5:
		text = body.json()
		at := r.IntN(len(text) + 1)
		text = text[:at] + "\xff" + text[at:]
	case 6:
		text = append(body, body[r.IntN(len(body))]).json() // one of them twice
	case 7:
		text = body.with("email", strings.Repeat("a", r.IntN(300))).json()
	case 8:
		name := []string{"Content-Type", "Platform", "Uuid"}[r.IntN(3)]
		delete(fields, name)
		text = body.json()
	case 9:
		fields["Content-Encoding"] = "gzip"
		text = body.json()
	case 10:
		head = []string{"PUT ", "DELETE ", "GET ", "PATCH "}[r.IntN(4)] + endpoint + " HTTP/1.1"
		text = body.json()
	default:
		text = randomCiphertexts(r, body).json()
	}
	request := head + "\r\n"
	for name, value := range fields {
		request += name + ": " + value + "\r\n"
	}
	return []byte(request + "Content-Length: " + strconv.Itoa(len(text)) + "\r\n\r\n" + text)
}

// badValue is of any type, and of no field's liking.
func badValue(r *rand.Rand) any {
	return []any{nil, true, -1, 1e300, "", " ", "\x00", "\u202e", strings.Repeat("é", r.IntN(2000)), []any{}, map[string]any{"$ne": 1}, map[string]any{"a": []any{nil}}}[r.IntN(12)]
}

// randomCiphertexts are nobody's. Few are as long as one of the gateway's key, which
// costs it something.
func randomCiphertexts(r *rand.Rand, body customer) customer {
	octets := make([]byte, []int{0, 1, 128, 255, 257, 512}[r.IntN(6)])
	if r.IntN(10) == 0 {
		octets = make([]byte, 256)
	}
	for i := range octets {
		octets[i] = byte(r.Uint32())
	}
	text := base64.StdEncoding.EncodeToString(octets)
	return body.sealed(text, text)
}
