package redisstore

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/claims/storetest"
	"github.com/customergate/customergate/internal/testservers"
)

func TestServerThatGoesAwayAndComesBack(t *testing.T) {
	t.Parallel() // it waits for the timeout
	server := testservers.NewRedis(t, testservers.RedisOptions{})
	storetest.RunOutages(t, server, storetest.Start(t, &Store{Addresses: []string{server.Address}, Timeout: caddy.Duration(10 * time.Second)}))
}

func TestStartWithoutItsServer(t *testing.T) {
	server := testservers.NewRedis(t, testservers.RedisOptions{})
	server.Stop()
	s := start(t, Store{Addresses: []string{server.Address}})
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := storetest.Claim(t.Context(), s); err != nil {
		t.Error(err)
	}
}

func TestAcknowledgedCommitsOutliveKills(t *testing.T) {
	server := testservers.NewRedis(t, testservers.RedisOptions{AppendOnly: true})
	s := start(t, Store{Addresses: []string{server.Address}})
	storetest.RunKills(t, server, s, 5)
}

func TestCallerThatGivesUp(t *testing.T) {
	s := start(t, Store{Addresses: []string{shared.Address}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := storetest.Claim(ctx, s); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestConfigurationThatTheServerRefuses(t *testing.T) {
	t.Setenv("TEST_REDIS_PASSWORD", canary)
	locked := testservers.NewRedis(t, testservers.RedisOptions{Directives: []string{
		"requirepass " + canary,
		"user clumsy on >" + canary + " ~other:* +@all",
	}})
	tests := map[string]struct {
		store Store
		want  string
	}{
		"no password":    {Store{Addresses: []string{locked.Address}}, "wants a password"},
		"wrong user":     {Store{Addresses: []string{locked.Address}, User: "nobody", Secret: password()}, "refuses the user or the password"},
		"no right":       {Store{Addresses: []string{locked.Address}, User: "clumsy", Secret: password()}, "lacks a right"},
		"no such number": {Store{Addresses: []string{shared.Address}, Database: 99}, "so many databases"},
		"not a cluster":  {Store{Addresses: []string{shared.Address}, Cluster: true}, "is no node of a cluster"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.store.Timeout = patience
			s := storetest.Provision(t, &test.store)
			err := s.Start()
			t.Cleanup(func() { _ = s.Cleanup() })
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Start says %v", err)
			}
			if err != nil && strings.Contains(err.Error(), canary) {
				t.Error("the error holds the password")
			}
		})
	}
}

func TestCallerWithLessTime(t *testing.T) {
	server := testservers.NewRedis(t, testservers.RedisOptions{})
	s := start(t, Store{Addresses: []string{server.Address}})
	server.Freeze()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := storetest.Claim(ctx, s); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v", err)
	}
	if took := time.Since(began); took >= time.Duration(patience) {
		t.Errorf("it took %v, as long as the store may wait", took)
	}
}
