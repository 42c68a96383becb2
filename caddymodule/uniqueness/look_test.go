package uniqueness

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
)

// mute is a store that answers nobody while it hangs.
type mute struct {
	*storetest.Memory
	hangs atomic.Bool
}

func (m *mute) Look(ctx context.Context, id claims.ID) (claims.Found, error) {
	if m.hangs.Load() {
		<-ctx.Done()
		return claims.Found{}, ctx.Err()
	}
	return m.Memory.Look(ctx, id)
}

// TestLookWaitsForAStoreOnce: whoever is only watched waits for a store that hangs once a
// second, and is looked for again when it answers.
func TestLookWaitsForAStoreOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &mute{Memory: storetest.NewMemory()}
		k := failuresIn(store, 1).keeper
		k.store.bare = store
		look := func(wantWait time.Duration, wantErr bool) {
			t.Helper()
			began := time.Now()
			_, err := k.Look(t.Context(), "acme", "ada@example.com")
			if wait := time.Since(began); wait != wantWait || (err != nil) != wantErr {
				t.Errorf("it took %s: %v", wait, err)
			}
		}
		look(0, false)
		store.hangs.Store(true)
		for range 3 {
			look(lookLimit, true)
			for range 10 {
				look(0, true)
			}
			if k.Ready(t.Context()) {
				t.Error("the store is said to answer")
			}
			time.Sleep(lookPause)
		}
		store.hangs.Store(false)
		look(0, false)
		if !k.Ready(t.Context()) {
			t.Error("the store is said not to answer")
		}
	})
}
