package storetest

import (
	"bytes"
	"context"
	"sync"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
)

// Memory is a store for tests of what has one. It keeps claims in memory.
type Memory struct {
	mu      sync.Mutex
	entries map[claims.ID]memoryEntry
}

type memoryEntry struct {
	token     claims.Token
	committed bool
	value     []byte
	until     time.Time // zero for ever
}

// NewMemory returns an empty store.
func NewMemory() *Memory { return &Memory{entries: make(map[claims.ID]memoryEntry)} }

// Len is the number of all entries, reserved or committed.
func (m *Memory) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.entries)
}

// Reserve is that of claims.Store.
func (m *Memory) Reserve(ctx context.Context, id claims.ID, token claims.Token, lease time.Duration) (claims.Found, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, there := m.at(id)
	if there && (e.committed || e.token != token) {
		return e.found(), ctx.Err()
	}
	return claims.Found{}, m.put(ctx, id, memoryEntry{token: token, until: time.Now().Add(lease)})
}

// Commit is that of claims.Store.
func (m *Memory) Commit(ctx context.Context, id claims.ID, token claims.Token, value []byte, keep time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, there := m.at(id); there && e.token != token {
		return claims.ErrFenced
	}
	e := memoryEntry{token: token, committed: true, value: bytes.Clone(value)}
	if keep > 0 {
		e.until = time.Now().Add(keep)
	}
	return m.put(ctx, id, e)
}

// Release is that of claims.Store.
func (m *Memory) Release(ctx context.Context, id claims.ID, token claims.Token) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.entries[id]; e.token == token && !e.committed {
		delete(m.entries, id)
	}
	return ctx.Err()
}

// Import is that of claims.Administrator.
func (m *Memory) Import(ctx context.Context, ids []claims.ID) (added int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		if e, there := m.at(id); !there || !e.committed {
			added++
		}
		if err := m.put(ctx, id, memoryEntry{token: claims.NewToken(), committed: true}); err != nil {
			return 0, err
		}
	}
	return added, nil
}

// Count is that of claims.Administrator.
func (m *Memory) Count(ctx context.Context, kind claims.Kind) (n int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range m.entries {
		if e, there := m.at(id); there && e.committed && id.Kind == kind {
			n++
		}
	}
	return n, ctx.Err()
}

// Look is that of claims.Administrator.
func (m *Memory) Look(ctx context.Context, id claims.ID) (claims.Found, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, there := m.at(id)
	if !there {
		return claims.Found{}, ctx.Err()
	}
	return e.found(), ctx.Err()
}

// Forget is that of claims.Administrator.
func (m *Memory) Forget(ctx context.Context, id claims.ID) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, there := m.at(id)
	delete(m.entries, id)
	return there, ctx.Err()
}

// at returns what is still kept.
func (m *Memory) at(id claims.ID) (e memoryEntry, there bool) {
	e, there = m.entries[id]
	return e, there && (e.until.IsZero() || time.Now().Before(e.until))
}

func (m *Memory) put(ctx context.Context, id claims.ID, e memoryEntry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.entries[id] = e
	return nil
}

func (e memoryEntry) found() claims.Found {
	if e.committed {
		return claims.Found{State: claims.Committed, Value: bytes.Clone(e.value)}
	}
	return claims.Found{State: claims.Pending, Wait: time.Until(e.until)}
}
