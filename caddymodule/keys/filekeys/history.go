package filekeys

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/keys"
)

// histories are shared by the providers of the same path, whose absolute form
// is the key: those of one configuration, and that of the configuration which
// takes its place.
var histories = caddy.NewUsagePool()

// A history remembers what keys were in key files, and when those that are no
// longer there were missed: for whom a key still decrypts must not depend on
// whether the configuration has been reloaded since.
type history struct {
	path string // its key among the histories

	// reading is held from before files are read until what they hold is
	// recorded, so that nobody records what is no longer true.
	reading sync.Mutex

	mu       sync.Mutex
	overlaps map[*Provider]time.Duration // of the providers that share the history
	tenants  map[string]*past
}

// A past is the history of a tenant.
type past struct {
	present []fileKey
	left    []departure // the last one first
}

// A departure is a key that has left its file.
type departure struct {
	fileKey
	at time.Time
}

// A change is what a reading has brought for a tenant.
type change struct {
	tenant        string
	arrived, left []fileKey
}

// shareHistory returns the history of a path. It is to be given back with
// release.
func shareHistory(path string, by *Provider, overlap time.Duration, now time.Time) *history {
	shared, _ := histories.LoadOrStore(path, &history{
		path:     path,
		overlaps: make(map[*Provider]time.Duration),
		tenants:  make(map[string]*past),
	})
	h := shared.(*history)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.forget(now) // a longer overlap does not bring back what is over
	h.overlaps[by] = overlap
	return h
}

func (h *history) release(by *Provider) error {
	h.mu.Lock()
	delete(h.overlaps, by)
	h.mu.Unlock()
	_, err := histories.Delete(h.path)
	return err
}

// record takes down what was found, and returns what is new about it. What is
// known of tenants in trouble stays as it is.
func (h *history) record(found *reading, now time.Time) []change {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := maps.Clone(found.keys)
	for tenant := range h.tenants {
		if !found.inTrouble(tenant) {
			all[tenant] = found.keys[tenant]
		}
	}
	var changes []change
	for _, tenant := range slices.Sorted(maps.Keys(all)) {
		if h.tenants[tenant] == nil {
			h.tenants[tenant] = new(past)
		}
		arrived, left := h.tenants[tenant].update(all[tenant], now)
		if len(arrived)+len(left) > 0 {
			changes = append(changes, change{tenant, arrived, left})
		}
	}
	h.forget(now)
	return changes
}

func (p *past) update(present []fileKey, now time.Time) (arrived, left []fileKey) {
	arrived, left = without(present, p.present), without(p.present, present)
	departures := make([]departure, 0, len(left)+len(p.left))
	for _, key := range left {
		departures = append(departures, departure{key, now})
	}
	for _, earlier := range p.left {
		if !contains(present, earlier.ID) {
			departures = append(departures, earlier)
		}
	}
	p.present, p.left = present, departures[:min(len(departures), keys.MaxKeys)]
	return arrived, left
}

// without returns those keys that are not among others.
func without(these, others []fileKey) []fileKey {
	return slices.DeleteFunc(slices.Clone(these), func(k fileKey) bool { return contains(others, k.ID) })
}

// forget drops the keys that nobody's overlap covers any more.
func (h *history) forget(now time.Time) {
	var longest time.Duration
	for _, overlap := range h.overlaps {
		longest = max(longest, overlap)
	}
	for tenant, past := range h.tenants {
		past.left = slices.DeleteFunc(past.left, func(d departure) bool { return !now.Before(d.at.Add(longest)) })
		if len(past.present)+len(past.left) == 0 {
			delete(h.tenants, tenant)
		}
	}
}

// withdrawn returns, by tenant, the keys that have left, with the end that an
// overlap gives them, the last to leave first.
func (h *history) withdrawn(overlap time.Duration) map[string][]keys.Key {
	h.mu.Lock()
	defer h.mu.Unlock()
	left := make(map[string][]keys.Key)
	for tenant, past := range h.tenants {
		for _, d := range past.left {
			key := d.Key
			key.NotAfter = d.at.Add(overlap)
			left[tenant] = append(left[tenant], key)
		}
	}
	return left
}
