package caddymodule

import (
	"context"
	"sync"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

// memoryStore keeps claims for a test.
type memoryStore struct {
	mu      sync.Mutex
	entries map[claims.ID]memoryEntry
}

type memoryEntry struct {
	token     claims.Token
	committed bool
	value     []byte
	until     time.Time // zero for ever
}

func endOf(d time.Duration) time.Time {
	if d == 0 {
		return time.Time{}
	}
	return time.Now().Add(d)
}

func newMemoryStore() *memoryStore { return &memoryStore{entries: make(map[claims.ID]memoryEntry)} }

func (s *memoryStore) Reserve(_ context.Context, id claims.ID, token claims.Token, lease time.Duration) (claims.Found, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, there := s.entries[id]
	there = there && (e.until.IsZero() || time.Now().Before(e.until))
	switch {
	case there && e.committed:
		return claims.Found{State: claims.Committed, Value: e.value}, nil
	case there && e.token != token:
		return claims.Found{State: claims.Pending, Wait: time.Until(e.until)}, nil
	}
	s.entries[id] = memoryEntry{token: token, until: endOf(lease)}
	return claims.Found{}, nil
}

func (s *memoryStore) Commit(_ context.Context, id claims.ID, token claims.Token, value []byte, keep time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, there := s.entries[id]; there && e.token != token {
		return claims.ErrFenced
	}
	s.entries[id] = memoryEntry{token: token, committed: true, value: value, until: endOf(keep)}
	return nil
}

func (s *memoryStore) Release(_ context.Context, id claims.ID, token claims.Token) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.entries[id]; e.token == token && !e.committed {
		delete(s.entries, id)
	}
	return nil
}

// slowStore takes its time for what it writes.
type slowStore struct {
	claims.Store
	pause time.Duration
}

func (s *slowStore) Reserve(ctx context.Context, id claims.ID, token claims.Token, lease time.Duration) (claims.Found, error) {
	time.Sleep(s.pause)
	return s.Store.Reserve(ctx, id, token, lease)
}

func (s *slowStore) Commit(ctx context.Context, id claims.ID, token claims.Token, value []byte, keep time.Duration) error {
	time.Sleep(s.pause)
	return s.Store.Commit(ctx, id, token, value, keep)
}
