package e2e

import (
	"crypto"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// TestQueueWithoutWaiting: with one private-key operation at a time and no waiting,
// a flood of encrypted registrations is answered 503 in part, and those in
// plaintext do not notice.
func TestQueueWithoutWaiting(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address, site: `
	customer_gate {
		keys file {$DIR}/private.pem
		queue {
			slots 1
			wait 0
		}
		reuse_limit off
	}
	reverse_proxy {$UPSTREAM}
	`})
	encrypted := newCustomer().encrypted(t, keyOfTests(), crypto.SHA1).json()

	var accepted, busy atomic.Int64
	var flood sync.WaitGroup
	stop := make(chan struct{})
	for range 8 {
		flood.Go(func() {
			for !closed(stop) {
				got, err := tryPost(gate.url(endpoint), encrypted)
				switch {
				case err == nil && got.status == 201:
					accepted.Add(1)
				case err == nil && got.status == 503:
					busy.Add(1)
					checkBusy(t, got)
				default:
					t.Errorf("the answer is %d %s, %v", got.status, got.body, err)
					return
				}
			}
		})
	}
	plain := 0
	waitUntil(t, "some were accepted and some too many", func() bool {
		post(t, gate.url(endpoint), newCustomer().json()).check(t, 201)
		plain++
		return t.Failed() || accepted.Load() > 3 && busy.Load() > 3 && plain > 9
	})
	close(stop)
	flood.Wait()
	if got := len(up.take()); got != int(accepted.Load())+plain {
		t.Errorf("the upstream got %d registrations, want %d encrypted and %d plain", got, accepted.Load(), plain)
	}
}

func checkBusy(t *testing.T, got answer) {
	t.Helper()
	if !strings.Contains(got.body, `"code":"SERVICE_UNAVAILABLE"`) {
		t.Errorf("the answer is %s", got.body)
	}
	if seconds, err := strconv.Atoi(got.header.Get("Retry-After")); err != nil || seconds < 1 {
		t.Errorf("Retry-After is %q", got.header.Get("Retry-After"))
	}
}
