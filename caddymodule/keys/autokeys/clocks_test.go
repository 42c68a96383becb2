package autokeys

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddyserver/certmagic"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

// TestAutoWithClocksThatDiffer: whatever key a gateway gives to a client, at
// that moment and for the time of the overlap every gateway decrypts with it. A
// fast clock is harmless where it is that gateway that makes the keys, so there
// are cases in which it cannot have the lock.
func TestAutoWithClocksThatDiffer(t *testing.T) {
	tests := map[string]struct {
		every, overlap time.Duration
		clocks         []time.Duration
		onlyLast       bool // has the lock
	}{
		"right":                         {time.Hour, 30 * time.Minute, []time.Duration{0, 0, 0}, false},
		"all over":                      {time.Hour, 30 * time.Minute, []time.Duration{-5 * time.Minute, 0, 5*time.Minute - time.Second}, false},
		"all over, the early one makes": {time.Hour, 30 * time.Minute, []time.Duration{-5 * time.Minute, 0, 5*time.Minute - time.Second}, true},
		"all over, the late one makes":  {time.Hour, 30 * time.Minute, []time.Duration{5*time.Minute - time.Second, 0, -5 * time.Minute}, true},
		"one early":                     {time.Hour, 30 * time.Minute, []time.Duration{10*time.Minute - time.Second, 0, 0}, true},
		"one late":                      {time.Hour, 30 * time.Minute, []time.Duration{0, 0, -10*time.Minute + time.Second}, true},
		"shortest, all over":            {10 * time.Second, 10 * time.Second, []time.Duration{1200 * time.Millisecond, 0, -1200 * time.Millisecond}, true},
		"shortest, one early":           {10 * time.Second, 10 * time.Second, []time.Duration{2400 * time.Millisecond, 0, 0}, true},
		"shortest, one late":            {10 * time.Second, 10 * time.Second, []time.Duration{0, 0, -2400 * time.Millisecond}, true},
		"two minutes, one early":        {2 * time.Minute, time.Minute, []time.Duration{29 * time.Second, 0, 0}, true},
		"four hours, one late":          {4 * time.Hour, 4 * time.Hour, []time.Duration{-10*time.Minute + time.Second, 0, 0}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				keytest.MakeKeys()
				m, generate := newMemory(), takeSpares()
				var gateways []gateway
				spread := slices.Max(test.clocks) - slices.Min(test.clocks)
				for i, wrong := range slices.Backward(test.clocks) {
					var storage certmagic.Storage = m
					if test.onlyLast && i < len(test.clocks)-1 {
						storage = lockedOut{m}
					}
					g := newGateway(t, rotating(test.every, test.overlap), storage, generate)
					g.now = func() time.Time { return time.Now().Add(wrong) }
					gateways = append(gateways, g)
					g.start(t)
					time.Sleep(g.rotation.interval() * 2 / 7) // they do not look at once
				}
				given := make(map[string]time.Time) // when a gateway last gave a client a key
				runFor(5*test.every, test.every/500, func() {
					rings := make([][]keys.Key, len(gateways))
					for i, g := range gateways {
						rings[i] = g.ring(t, keys.DefaultTenant)
						given[rings[i][0].ID] = time.Now()
					}
					for id, last := range given {
						// A client that has it from the slowest gateway has less of the overlap.
						if time.Since(last) >= test.overlap-spread {
							delete(given, id)
							continue
						}
						for i, ring := range rings {
							if !has(ring, id) {
								t.Fatalf("gateway %d does not decrypt with a key given %s ago", i, time.Since(last))
							}
						}
					}
					if n := len(m.names()); n > 3 {
						t.Fatalf("the storage holds %d keys", n)
					}
				})
				if n := createdBy(gateways); n != 5 && n != 6 {
					t.Errorf("%d keys were made, want 5 or 6", n)
				}
			})
		})
	}
}

// lockedOut is a storage whose locks someone else always has.
type lockedOut struct{ *memory }

func (lockedOut) Lock(context.Context, string) error { return context.DeadlineExceeded }
