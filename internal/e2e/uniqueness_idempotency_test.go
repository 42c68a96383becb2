package e2e

import (
	"bytes"
	"crypto"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/customergate/customergate/internal/testservers"
)

// What is in the answers that the gateways keep and nowhere else.
const (
	keptHeader = "X-Customer-Reference"
	keptValue  = "kept-reference-4711"
	keptBody   = `{"success":true,"data":{"welcome":"kept-welcome-0815"}}`
)

// TestRepeatedRegistration: with an idempotency key, a registration that is sent
// again, encrypted anew and to another gateway, gets the first answer again; and
// the store holds nothing that can be read of either.
func TestRepeatedRegistration(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(*testing.T) (s claimStore, stop func(*gateway) (files string)){
		"bolt": func(t *testing.T) (claimStore, func(*gateway) string) {
			return boltStore, func(gate *gateway) string {
				gate.end(t)
				return filepath.Join(gate.dir, "claims.db")
			}
		},
		"redis": func(t *testing.T) (claimStore, func(*gateway) string) {
			server := testservers.NewRedis(t, testservers.RedisOptions{
				AppendOnly: true, Directives: []string{"save 3600 1", "rdbcompression no"},
			})
			return redisStore(server.Address), func(*gateway) string {
				server.Stop() // saves a snapshot
				return server.Folder()
			}
		},
		"postgres": func(t *testing.T) (claimStore, func(*gateway) string) {
			server := sharedPostgres.get(t)
			return postgresStore(server.NewDatabase(t)), func(*gateway) string { return server.Folder() }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := startService(t)
			store, stop := run(t)
			gates := startGates(t, store, service.address, "")
			checkRepetition(t, service, gates)
			checkUnreadable(t, stop(gates[0]))
		})
	}
}

func checkRepetition(t *testing.T, service *customerService, gates []*gateway) {
	t.Helper()
	one, other := gates[0], gates[len(gates)-1]
	key := headerField{"Idempotency-Key", "repeat-me-2342"}
	address := newAddress()
	send := func(g *gateway, c customer) answer {
		t.Helper()
		return post(t, g.url(endpoint), c.with("email", address).json(), key)
	}

	release := service.holds(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(keptHeader, keptValue)
		answerWith(201, keptBody)(w, r)
	})
	firstAnswer := registerBeside(t, one, address, key)
	service.await(t, address)
	inFlight := send(other, newCustomer())
	inFlight.check(t, 409, `"code":"CONFLICT"`, `"code":"request_pending"`, `"header":"idempotency-key"`)
	inFlight.checkRetryAfter(t, defaultLease)
	release()
	first := <-firstAnswer
	first.check(t, 201, keptBody)

	for habit, c := range map[string]customer{
		"as it was":               newCustomer(),
		"encrypted":               newCustomer().encrypted(t, keyOfTests(), crypto.SHA256),
		"encrypted anew":          newCustomer().encrypted(t, keyOfTests(), crypto.SHA256),
		"encrypted in Java's way": newCustomer().encrypted(t, keyOfTests(), crypto.SHA1),
	} {
		for _, gate := range gates {
			checkRepeated(t, habit, first, send(gate, c))
		}
	}
	checkRepeated(t, "under the other header", first, register(t, other, address, headerField{"X-Idempotency-Key", key.value}))
	send(other, newCustomer().with("lastName", "Qvorthaxa")).check(t, 422, `"code":"VALIDATION_ERROR"`, `"code":"request_mismatch"`)
	register(t, other, address).checkTaken(t)
	if n := service.registrations(address); n != 1 {
		t.Errorf("%d registrations reached the upstream, want 1", n)
	}
}

// checkRepeated fails unless an answer is the first one, and says so.
func checkRepeated(t *testing.T, habit string, first, got answer) {
	t.Helper()
	if got.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%s: the answer does not say that it was given before", habit)
	}
	want, have := first.header.Clone(), got.header.Clone()
	have.Del("Idempotency-Replayed")
	for _, name := range []string{"Date", "Server", "Via"} { // of the moment, and of who is on the way
		want.Del(name)
		have.Del(name)
	}
	if got.status != first.status || got.body != first.body || !maps.EqualFunc(want, have, slices.Equal[[]string]) {
		t.Errorf("%s: the answer is %d %v %s, and was %d %v %s", habit, got.status, have, got.body, first.status, want, first.body)
	}
}

// ofTheStore is a name that each store gives to what is in it.
var ofTheStore = regexp.MustCompile("customer_?gate")

// checkUnreadable fails if a file of a store holds what clients or the upstream
// have said.
func checkUnreadable(t *testing.T, folder string) {
	t.Helper()
	files, octets, ours := 0, 0, false
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		octets += len(content)
		ours = ours || ofTheStore.Match(content)
		for _, leak := range findCanaries(content) {
			t.Errorf("%s holds %s", path, leak)
		}
		for _, secret := range []string{keptHeader, keptValue, keptBody, "kept-welcome", "repeat-me", "register-customer"} {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s holds %q", path, secret)
			}
		}
		return nil
	})
	if err != nil || !ours {
		t.Errorf("the store is not in %s, %d octets, %v", folder, octets, err)
	}
	t.Logf("nothing is readable in %d files, %d octets", files, octets)
}
