package selfcheck

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/customergate/customergate/caddymodule/internal/oaep"
	"github.com/customergate/customergate/caddymodule/keys"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newKey(t *testing.T) keys.Key {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	key, err := keys.NewKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestChecks: whatever a customer would find, the check finds first, says once, and says
// once that it is over.
func TestChecks(t *testing.T) {
	own, other := newKey(t), newKey(t)
	opener := oaep.New(oaep.Options{})
	open := func(ctx context.Context, _ string, ciphertext []byte) ([]byte, error) {
		opened, err := opener.Open(ctx, []keys.Key{own}, oaep.Sender{}, ciphertext)
		if err != nil {
			return nil, err
		}
		return opened[0], nil
	}
	gone := errors.New("gone")
	for name, fault := range map[string]struct {
		change func(*Options)
		why    string // that the result says; empty where nobody knows
	}{
		"another published key":      {func(o *Options) { o.Published = given(other) }, "what is encrypted with the published key cannot be opened"},
		"no published key":           {func(o *Options) { o.Published = given() }, "what is encrypted with the published key cannot be opened"},
		"no provider":                {func(o *Options) { o.Published = func(string) ([]keys.Key, error) { return nil, gone } }, "what is encrypted with the published key cannot be opened"},
		"a key made by hand":         {func(o *Options) { o.Published = given(keys.Key{ID: "kid"}) }, "what is encrypted with the published key cannot be opened"},
		"an HSM that is dead":        {func(o *Options) { o.Open = failing(gone) }, "what is encrypted with the published key cannot be opened"},
		"customers who wait":         {func(o *Options) { o.Open = failing(oaep.ErrBusy) }, ""},
		"a store that takes nothing": {func(o *Options) { o.Store = func(context.Context) error { return gone } }, "the store does not take a claim"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				core, logs := observer.New(zap.DebugLevel)
				works := Options{
					Interval: time.Minute, MGF1: crypto.SHA1, Logger: zap.New(core),
					Tenants: func() []string { return []string{"acme"} }, Published: given(own), Open: open,
					Store: func(context.Context) error { return nil },
				}
				var now atomic.Pointer[Options]
				now.Store(&works)
				o := works
				o.Published = func(tenant string) ([]keys.Key, error) { return now.Load().Published(tenant) }
				o.Open = func(ctx context.Context, tenant string, c []byte) ([]byte, error) {
					return now.Load().Open(ctx, tenant, c)
				}
				o.Store = func(ctx context.Context) error { return now.Load().Store(ctx) }
				c := Start(t.Context(), o)
				synctest.Wait()
				if got := reasons(c); !slices.Equal(got, []string{"", ""}) {
					t.Fatalf("at first it says %q", got)
				}
				broken := works
				fault.change(&broken)
				now.Store(&broken)
				time.Sleep(3 * time.Minute)
				synctest.Wait()
				if got := reasons(c); fault.why != "" && !slices.Contains(got, fault.why) {
					t.Errorf("it says %q, want %q", got, fault.why)
				}
				now.Store(&works)
				time.Sleep(3 * time.Minute)
				synctest.Wait()
				if got := reasons(c); !slices.Equal(got, []string{"", ""}) {
					t.Errorf("at last it says %q", got)
				}
				if want := map[bool]int{true: 2, false: 0}[fault.why != ""]; logs.Len() != want {
					t.Errorf("%d lines are logged, want %d", logs.Len(), want)
				}
			})
		})
	}
}

// TestKeyThatDoesNotAnswer: a key that knows no time is found to fail, is waited for once,
// and is tried again when it has answered.
func TestKeyThatDoesNotAnswer(t *testing.T) {
	own := newKey(t)
	synctest.Test(t, func(t *testing.T) {
		var tries atomic.Int64
		answer := make(chan struct{})
		c := Start(t.Context(), Options{
			Interval: time.Minute, MGF1: crypto.SHA1, Logger: zap.NewNop(),
			Tenants: func() []string { return []string{"acme"} }, Published: given(own),
			Open: func(context.Context, string, []byte) ([]byte, error) {
				tries.Add(1)
				<-answer
				return nil, oaep.ErrBusy
			},
		})
		time.Sleep(5*time.Minute + 30*time.Second)
		if got := reasons(c); len(got) != 1 || got[0] == "" {
			t.Errorf("it says %q", got)
		}
		if n := tries.Load(); n != 1 {
			t.Errorf("it is tried %d times at once", n)
		}
		close(answer)
		time.Sleep(2 * time.Minute)
		if n := tries.Load(); n < 2 {
			t.Error("it is not tried again")
		}
	})
}

// TestTenantsThatAreGone: nothing is said of them any more, and where there are none,
// nothing has succeeded.
func TestTenantsThatAreGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lastSuccess.Reset()
		var tenants atomic.Pointer[[]string]
		tenants.Store(&[]string{"acme", "globex"})
		c := Start(t.Context(), Options{
			Interval: time.Minute, MGF1: crypto.SHA1, Logger: zap.NewNop(),
			Tenants: func() []string { return *tenants.Load() }, Published: given(),
		})
		synctest.Wait()
		if n := len(c.Results()); n != 2 {
			t.Fatalf("there are %d results", n)
		}
		for _, left := range [][]string{{"globex"}, nil} {
			tenants.Store(&left)
			time.Sleep(time.Minute)
			synctest.Wait()
			if n := len(c.Results()); n != len(left) {
				t.Errorf("there are %d results of %q", n, left)
			}
		}
		registry := prometheus.NewRegistry()
		registry.MustRegister(lastSuccess)
		lastSuccess.WithLabelValues(keyCheck)
		if families, err := registry.Gather(); err != nil || families[0].GetMetric()[0].GetGauge().GetValue() != 0 {
			t.Errorf("a check of no tenant has succeeded: %v %v", families, err)
		}
	})
}

func given(published ...keys.Key) func(string) ([]keys.Key, error) {
	return func(string) ([]keys.Key, error) { return published, nil }
}

func failing(err error) func(context.Context, string, []byte) ([]byte, error) {
	return func(context.Context, string, []byte) ([]byte, error) { return nil, err }
}

func reasons(c *Checker) []string {
	var why []string
	for _, r := range c.Results() {
		why = append(why, r.Why)
	}
	return why
}
