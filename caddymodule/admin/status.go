package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/customergate/customergate/caddymodule/internal/build"
	"github.com/customergate/customergate/caddymodule/internal/keyuse"
	"github.com/customergate/customergate/caddymodule/internal/selfcheck"
	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keysource"
)

// StatusPath is where a running gateway tells how it does.
const StatusPath = "/customer_gate/status"

// Status is how the gates of a running gateway do. It holds nothing of a customer's, and
// of keys only what is public.
type Status struct {
	Versions build.Info   `json:"versions"`
	Gates    []GateStatus `json:"gates"`
	Waiting  int          `json:"waiting"` // ciphertexts in all queues

	// Overloaded tells that a queue only gets longer, so that requests are refused.
	Overloaded bool `json:"overloaded"`

	Keys   []KeyStatus   `json:"keys"`
	Stores []StoreStatus `json:"stores"`

	// Checks are the last self checks, of all gates.
	Checks []selfcheck.Result `json:"self_checks"`
}

// GateStatus is that of one gate.
type GateStatus struct {
	Endpoint string `json:"endpoint"`
	Mode     string `json:"mode"`             // enforce or monitor
	Engine   string `json:"engine,omitempty"` // of private-key operations, with its version
}

// StoreStatus is that of a store of claims.
type StoreStatus struct {
	Store string `json:"store"` // bolt, redis, postgres, or that of another author
	Up    bool   `json:"up"`    // whether the last operation worked
}

// KeyStatus is that of a key of a tenant.
type KeyStatus struct {
	Tenant    string         `json:"tenant"`
	KeyID     string         `json:"kid"`
	State     string         `json:"state"`               // in use, retiring or next
	NotBefore time.Time      `json:"not_before,omitzero"` // when clients began, or will begin, to be given it
	NotAfter  time.Time      `json:"not_after,omitzero"`  // when it is going to stop decrypting
	LastUsed  time.Time      `json:"last_used,omitzero"`  // since the gateway has started
	Opened    map[string]int `json:"opened,omitempty"`    // how many ciphertexts, by platform
	Advice    string         `json:"advice,omitempty"`
}

// unusedFor is how long nobody has used a key that may go.
const unusedFor = 7 * 24 * time.Hour

// KeysOf tells what is known of each key of the sources, once, in a gateway that has run
// since a time.
func KeysOf(sources []*keysource.Source, since, now time.Time) []KeyStatus {
	status := []KeyStatus{}
	told := map[string]bool{}
	for _, source := range sources {
		if told[source.Config] {
			continue
		}
		told[source.Config] = true
		for _, tenant := range source.Tenants() {
			ring := source.RingOf(tenant).Keys
			for i := range ring {
				status = append(status, newKeyStatus(tenant, ring, i, since, now))
			}
		}
	}
	return status
}

// newKeyStatus tells what is known of the i-th of a tenant's keys in a gateway that has
// run since a time.
func newKeyStatus(tenant string, ring []keys.Key, i int, since, now time.Time) KeyStatus {
	key, state := ring[i], keys.StateOf(ring, i, now)
	use := keyuse.Of(key.ID)
	status := KeyStatus{
		Tenant: tenant, KeyID: key.ID, State: state.String(),
		NotBefore: key.NotBefore, NotAfter: key.NotAfter, LastUsed: use.Last, Opened: use.ByPlatform,
	}
	if state != keys.Retiring {
		return status
	}
	last := use.Last
	if last.IsZero() {
		last = since
	}
	switch unused := now.Sub(last); {
	case unused >= unusedFor:
		status.Advice = fmt.Sprintf("no use for %d days, safe to remove", unused/(24*time.Hour))
	case use.Last.IsZero():
		status.Advice = "no use since this gateway has started"
	default:
		status.Advice = "still in use"
	}
	return status
}

func serveStatus(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet {
		return failed(http.StatusMethodNotAllowed, errors.New("it is asked with GET"))
	}
	found, err := gatesAtWork()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(found.Status())
}
