package trouble

import (
	"errors"
	"slices"
	"strconv"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// TestByName: each thing has its own lines, and strangers' names take no more room
// than others.
func TestByName(t *testing.T) {
	core, logs := observer.New(zap.DebugLevel)
	keys := NewByName(zap.New(core), "tenant", "it fails", "it works again")
	gone := errors.New("gone")
	for range 3 {
		keys.Works("acme")
		keys.Failed("acme", "", gone)
		keys.Failed("acme", "", gone)
		keys.Failed("globex", "", gone)
	}
	keys.Works("acme")
	keys.Works("unheard of")
	var tenants []any
	for _, entry := range logs.TakeAll() {
		tenants = append(tenants, entry.ContextMap()["tenant"].(string)+": "+entry.Message)
	}
	want := []any{
		"acme: it fails", "globex: it fails", "acme: it works again", "acme: it fails", "acme: it works again", "acme: it fails", "acme: it works again",
	}
	if !slices.Equal(tenants, want) {
		t.Errorf("got %q", tenants)
	}
	for i := range 3 * maxNames {
		keys.Failed(strconv.Itoa(i), "", gone)
	}
	if n := logs.Len(); n > maxNames+1 {
		t.Errorf("strangers' names make %d lines", n)
	}
	for i := range 3 * maxNames {
		keys.Works(strconv.Itoa(i))
	}
	logs.TakeAll()
	keys.Failed("late", "", gone)
	keys.Works("late")
	if n := logs.Len(); n != 2 {
		t.Errorf("when all others work again, a name makes %d lines", n)
	}
}
