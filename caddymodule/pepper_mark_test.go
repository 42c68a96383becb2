package caddymodule

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/claims"
)

func pepperOf(octet string) *pepper { return &pepper{key: []byte(strings.Repeat(octet, pepperSize))} }

// TestPepperOfAnotherGateway: gateways that share a store and no pepper are told
// so, however many start at once, and whoever has filled the store goes on.
func TestPepperOfAnotherGateway(t *testing.T) {
	store := newMemoryStore()
	var gateways sync.WaitGroup
	for range 8 {
		gateways.Go(func() {
			if err := pepperOf("a").leaveMark(t.Context(), store); err != nil {
				t.Error(err)
			}
		})
	}
	gateways.Wait()
	if err := pepperOf("b").leaveMark(t.Context(), store); !errors.Is(err, errOtherPepper) {
		t.Errorf("another pepper: %v", err)
	}
	if err := pepperOf("a").leaveMark(t.Context(), store); err != nil {
		t.Errorf("the first pepper: %v", err)
	}
	for id, e := range store.entries {
		if id != pepperID || !e.committed || strings.Contains(string(e.value), "aaaa") {
			t.Errorf("the store has %v: %v", id, e)
		}
	}
}

// TestPepperMarkLeftHalfway: a gateway that dies between both steps keeps others
// waiting for a moment.
func TestPepperMarkLeftHalfway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemoryStore()
		if _, err := store.Reserve(t.Context(), pepperID, claims.NewToken(), markLease); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if err := pepperOf("a").leaveMark(t.Context(), store); err != nil || time.Since(start) > markLease+markPause {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		delete(store.entries, pepperID)
		if _, err := store.Reserve(t.Context(), pepperID, claims.NewToken(), markLease); err != nil {
			t.Fatal(err)
		}
		if err := pepperOf("a").leaveMark(ctx, store); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("without the time: %v", err)
		}
	})
}

// TestPepperOfAStoreThatIsDown: it is compared when the store is back, and until
// then nothing is reserved.
func TestPepperOfAStoreThatIsDown(t *testing.T) {
	g := claimRig(t, nil, nil)
	filled := newMemoryStore()
	if err := pepperOf("b").leaveMark(t.Context(), filled); err != nil {
		t.Fatal(err)
	}
	for octet, want := range map[string]int{"a": 503, "b": 201} {
		store := &failingStore{Store: filled, failing: 2, err: errors.New("no answer")}
		check := &pepperCheck{pepper: pepperOf(octet)}
		if err := check.start(store); err != nil {
			t.Errorf("at the start: %v", err)
		}
		g.registry.store, g.registry.check = store, check
		g.next = answering(201, "{}")
		if x := g.serve(registering("ada@example.com")); x.answer.Code != 503 {
			t.Errorf("while it is down, it is answered %d", x.answer.Code)
		}
		if x := g.serve(registering("ada@example.com")); x.answer.Code != want {
			t.Errorf("with the pepper %s it is answered %d", octet, x.answer.Code)
		}
	}
	if len(filled.entries) != 2 {
		t.Errorf("the store has %d entries, want the mark and one address", len(filled.entries))
	}
	if g.logs.FilterField(zap.Error(errOtherPepper)).Len() != 1 {
		t.Errorf("it logged %v", g.logs.All())
	}
}

// TestPepperOfAnotherGatewayLetsNothingThrough: on_failure is about a store that
// does not answer. This one does, and will never know the gateway's addresses.
func TestPepperOfAnotherGatewayLetsNothingThrough(t *testing.T) {
	g := claimRig(t, map[string]any{"on_failure": "open"}, map[string]any{"idempotency": true})
	filled := newMemoryStore()
	if err := pepperOf("b").leaveMark(t.Context(), filled); err != nil {
		t.Fatal(err)
	}
	g.registry.store, g.registry.check = filled, &pepperCheck{pepper: pepperOf("a")}
	g.next = answering(201, "{}")
	for name, r := range map[string]*http.Request{"an address": registering("ada@example.com"), "an idempotency key": keyed(validBody, "k")} {
		if x := g.serve(r); x.answer.Code != 503 || x.forwarded != nil {
			t.Errorf("%s: answered %d, forwarded is %t", name, x.answer.Code, x.forwarded != nil)
		}
	}
}
