package caddymodule

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap/zaptest/observer"

	"github.com/customergate/customergate/caddymodule/claims/storetest"
)

// filledUnderB is a store that is filled by a gateway with the pepper in the file b.
func filledUnderB(t *testing.T) (store *storetest.Memory, peppers map[string]string) {
	t.Helper()
	peppers = map[string]string{"a": pepperFile(t, strings.Repeat("a", 32)), "b": pepperFile(t, strings.Repeat("b", 32))}
	store = storetest.NewMemory()
	claimRigOn(t, store, map[string]any{"pepper_file": peppers["b"]}, nil)
	return store, peppers
}

func saysOtherPepper(entry observer.LoggedEntry) bool {
	return strings.Contains(fmt.Sprint(entry.ContextMap()["error"]), "under another pepper")
}

// TestPepperOfAStoreThatIsDown: it is compared when the store is back, and until
// then nothing is reserved.
func TestPepperOfAStoreThatIsDown(t *testing.T) {
	filled, peppers := filledUnderB(t)
	for octet, want := range map[string]int{"a": 503, "b": 201} {
		store := &failingStore{Administrator: filled, failing: 2, err: errors.New("no answer")}
		g := claimRigOn(t, store, map[string]any{"pepper_file": peppers[octet]}, nil)
		if g.logs.FilterMessageSnippet("the claims store fails").Len() != 1 {
			t.Errorf("at the start it logged %v", g.logs.All())
		}
		g.next = answering(201, "{}")
		if x := g.serve(registering("ada@example.com")); x.answer.Code != 503 {
			t.Errorf("while it is down, it is answered %d", x.answer.Code)
		}
		if x := g.serve(registering("ada@example.com")); x.answer.Code != want {
			t.Errorf("with the pepper %s it is answered %d", octet, x.answer.Code)
		}
		if told := g.logs.FilterFieldKey("error").Filter(saysOtherPepper).Len() == 1; told != (octet == "a") {
			t.Errorf("with the pepper %s it logged %v", octet, g.logs.All())
		}
	}
	if filled.Len() != 2 {
		t.Errorf("the store has %d entries, want the mark and one address", filled.Len())
	}
}

// TestPepperOfAnotherGatewayLetsNothingThrough: on_failure is about a store that
// does not answer. This one does, and will never know the gateway's addresses.
func TestPepperOfAnotherGatewayLetsNothingThrough(t *testing.T) {
	filled, peppers := filledUnderB(t)
	store := &failingStore{Administrator: filled, failing: 1, err: errors.New("no answer")}
	g := claimRigOn(t, store, map[string]any{"on_failure": "open", "pepper_file": peppers["a"]}, map[string]any{"idempotency": true})
	g.next = answering(201, "{}")
	for name, r := range map[string]*http.Request{"an address": registering("ada@example.com"), "an idempotency key": keyed(validBody, "k")} {
		if x := g.serve(r); x.answer.Code != 503 || x.forwarded != nil {
			t.Errorf("%s: answered %d, forwarded is %t", name, x.answer.Code, x.forwarded != nil)
		}
	}
}

func pepperFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pepper")
	writeFile(t, path, text, 0o600)
	return path
}
