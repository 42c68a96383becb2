package uniqueness

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
)

func pepperOf(octet string) *pepper { return &pepper{key: []byte(strings.Repeat(octet, pepperSize))} }

// TestPepperOfAnotherGateway: gateways that share a store and no pepper are told
// so, however many start at once, and whoever has filled the store goes on.
func TestPepperOfAnotherGateway(t *testing.T) {
	store := storetest.NewMemory()
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
	if mark := storetest.Look(t, store, pepperID); store.Len() != 1 || mark.State != claims.Committed || strings.Contains(string(mark.Value), "aaaa") {
		t.Errorf("the store has %d entries, and the mark %q", store.Len(), mark.Value)
	}
}

// TestPepperMarkLeftHalfway: a gateway that dies between both steps keeps others
// waiting for a moment.
func TestPepperMarkLeftHalfway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := storetest.NewMemory()
		if _, err := store.Reserve(t.Context(), pepperID, claims.NewToken(), markLease); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if err := pepperOf("a").leaveMark(t.Context(), store); err != nil || time.Since(start) > markLease+markPause {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := store.Forget(t.Context(), pepperID); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Reserve(t.Context(), pepperID, claims.NewToken(), markLease); err != nil {
			t.Fatal(err)
		}
		if err := pepperOf("a").leaveMark(ctx, store); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("without the time: %v", err)
		}
	})
}
