package caddymodule

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/customergate/customergate/caddymodule/claims"
)

const neutralBody = `{"success":true,"data":{"message":"We have sent you an email."}}`

func neutralRig(t testing.TB, options map[string]any) *rig {
	t.Helper()
	return claimRig(t, map[string]any{"neutral": map[string]any{"status": 202, "body": neutralBody}}, options)
}

// listen puts a gate behind a real server and returns its address.
func (g *rig) listen(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "Caddy")
		r = caddyhttp.PrepareRequest(r, caddy.NewReplacer(), w, new(caddyhttp.Server))
		if err := g.ServeHTTP(w, r, g.next); err != nil {
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

var dateLine = regexp.MustCompile(`(?m)^Date: .*\n`)

// sendRaw sends a registration on a connection of its own, and returns every byte
// of the answer but its date, and whether the connection stays.
func sendRaw(t *testing.T, address, email string, headers ...string) (string, bool) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := with(map[string]any{"email": email})
	fmt.Fprintf(conn, "POST /x HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nPlatform: fincode\r\nUuid: 200\r\nContent-Length: %d\r\n%s\r\n%s",
		len(body), strings.Join(append(headers, ""), "\r\n"), body)
	var raw strings.Builder
	reader := bufio.NewReader(io.TeeReader(conn, &raw))
	answer, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		t.Fatal(err)
	}
	return dateLine.ReplaceAllString(raw.String(), ""), !answer.Close
}

// telling is an upstream that says in every way it has whether the address was new.
func telling(w http.ResponseWriter, r *http.Request) error {
	w.WriteHeader(http.StatusEarlyHints)
	for _, name := range []string{"Set-Cookie", "Via", "Content-Type", "Vary", "Location"} {
		w.Header().Set(name, "new")
	}
	w.Header().Set("Trailer", "X-New")
	err := answering(201, `{"success":true,"customer":7}`)(w, r)
	w.Header().Set("X-New", "new")
	_ = http.NewResponseController(w).Flush()
	return err
}

// TestNeutralAnswerTellsNothing: new or not, the answer is the same to the byte.
func TestNeutralAnswerTellsNothing(t *testing.T) {
	g := neutralRig(t, map[string]any{"idempotency": true})
	g.next = telling
	address := g.listen(t)
	want, _ := sendRaw(t, address, "ada@example.com")
	if !strings.HasPrefix(want, "HTTP/1.1 202 Accepted\r\n") || !strings.HasSuffix(want, "\r\n\r\n"+neutralBody) || strings.Contains(want, "new") {
		t.Fatalf("a new customer is answered\n%s", want)
	}
	check := func(name, email string, headers ...string) {
		t.Helper()
		got, stays := sendRaw(t, address, email, headers...)
		if got != want || !stays {
			t.Errorf("%s: answered, connection stays %t,\n%s\nwant\n%s", name, stays, got, want)
		}
	}
	check("another new customer", "grace@example.com")
	check("taken", "ada@example.com")
	check("taken, as a problem", "ada@example.com", "Accept: application/problem+json")
	check("new, as a problem", "joan@example.com", "Accept: application/problem+json")
	g.next = answering(409, `{"success":false,"error":"exists"}`)
	check("known to the upstream alone", "mary@example.com")
	check("learned", "mary@example.com")
	g.next = answering(500, "")
	if got, _ := sendRaw(t, address, "held@example.com"); !strings.HasPrefix(got, "HTTP/1.1 500 ") {
		t.Errorf("a failure is answered\n%s", got)
	}
	check("held", "held@example.com")
}

// TestNeutralAnswerAndKeys: what a client gets for its key does not tell either,
// whether it repeats the request or sends another.
func TestNeutralAnswerAndKeys(t *testing.T) {
	g := neutralRig(t, map[string]any{"idempotency": true})
	address := g.listen(t)
	g.next = answering(500, "")
	sendRaw(t, address, "held@example.com")
	g.next = telling
	sendRaw(t, address, "taken@example.com")
	want, _ := sendRaw(t, address, "new@example.com")
	for _, kind := range []string{"taken", "held", "other"} {
		for i, email := range []string{kind + "@example.com", kind + "@example.com", "different-" + kind + "@example.com"} {
			if answer, _ := sendRaw(t, address, email, "Idempotency-Key: key-"+kind); answer != want {
				t.Errorf("%s, request %d: answered\n%s\nwant\n%s", kind, i, answer, want)
			}
		}
	}
}

// TestNeutralAnswerShowsRefusals: what says nothing about the address is the
// upstream's to say, as it said it.
func TestNeutralAnswerShowsRefusals(t *testing.T) {
	g := neutralRig(t, nil)
	g.next = func(w http.ResponseWriter, r *http.Request) error {
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Del("Server")
		w.Header().Set("X-Reason", "country")
		w.Header().Set("Content-Length", "8")
		return answering(403, "not here")(w, r)
	}
	got, _ := sendRaw(t, g.listen(t), "ada@example.com")
	want := "HTTP/1.1 403 Forbidden\r\nContent-Length: 8\r\nContent-Type: application/json\r\nX-Reason: country\r\n\r\nnot here"
	if got != want {
		t.Errorf("answered\n%s\nwant\n%s", got, want)
	}
	if got := g.look(t, "default", "ada@example.com"); got != claims.Free {
		t.Errorf("the address is %s", got)
	}
}

// TestNeutralAnswerOfErrors: they are the server's to answer, even behind half an
// answer that nobody has seen.
func TestNeutralAnswerOfErrors(t *testing.T) {
	reset := errors.New("reset")
	for name, test := range map[string]struct {
		next func(http.ResponseWriter, *http.Request) error
		want int
	}{
		"no answer":   {func(_ http.ResponseWriter, r *http.Request) error { drain(r); return reset }, 0},
		"half of one": {func(w http.ResponseWriter, r *http.Request) error { _ = answering(201, "{")(w, r); return reset }, 0},
		"too long": {func(w http.ResponseWriter, r *http.Request) error {
			w.WriteHeader(403)
			for range 1024 + 1 {
				if n, err := w.Write(make([]byte, 1024)); n != 1024 || err != nil {
					t.Fatal(n, err)
				}
			}
			return nil
		}, http.StatusBadGateway},
	} {
		t.Run(name, func(t *testing.T) {
			g := neutralRig(t, nil)
			g.next = test.next
			x := g.serve(registering("ada@example.com"))
			failed, isFailed := errors.AsType[caddyhttp.HandlerError](x.err)
			if test.want == 0 && !errors.Is(x.err, reset) || test.want != 0 && (!isFailed || failed.StatusCode != test.want) {
				t.Errorf("the error is %v", x.err)
			}
			if x.answer.Body.Len() > 0 {
				t.Errorf("it wrote %d bytes", x.answer.Body.Len())
			}
		})
	}
}

// TestNeutralAnswerWithoutAStore: with on_failure open, it is the upstream that
// knows who is a customer, and its answer is hidden as well.
func TestNeutralAnswerWithoutAStore(t *testing.T) {
	g := claimRig(t, map[string]any{"on_failure": "open", "neutral": map[string]any{"status": 202, "body": neutralBody}}, nil)
	g.store.Administrator = &failingStore{failing: 2, err: errors.New("no answer")}
	for _, status := range []int{201, 409} {
		g.next = answering(status, "{}")
		if x := g.serve(registering("ada@example.com")); x.answer.Code != 202 || x.answer.Body.String() != neutralBody {
			t.Errorf("%d of the upstream is answered %d %s", status, x.answer.Code, x.answer.Body)
		}
	}
}
