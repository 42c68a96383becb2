package uniqueness

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/options"
)

// UniqueEmail keeps two registrations of one email address from both reaching
// the upstream, and refuses an address that a customer of the tenant has.
type UniqueEmail struct {
	// Where it is remembered who has which address: `bolt` (a file, for one
	// gateway), `redis` or `postgres` (for several). Default: none, so it has
	// to be named.
	StoreRaw json.RawMessage `json:"store,omitempty" caddy:"namespace=http.handlers.customer_gate.claims inline_key=store"`

	// How long an address stays reserved for a registration whose outcome is
	// not known, and how long the upstream has for its answer, less a second.
	// Default: 2m; at least 5s, at most 1h. It has to be longer than the
	// upstream's own timeout.
	Lease caddy.Duration `json:"lease,omitempty"`

	// A file with the key under which addresses are hashed: at least 32 bytes,
	// every one of which counts, readable by its owner alone. Whoever has it
	// and the store can find out whether an address is in it. Gates that share
	// a store share the key. Default: a key that is made once and kept in
	// Caddy's storage as `customer_gate/pepper`.
	PepperFile string `json:"pepper_file,omitempty"`

	// What becomes of registrations while the store does not answer: `closed`
	// answers them 503, `open` lets them through without a reservation.
	// Default: `closed`.
	OnFailure string `json:"on_failure,omitempty"`

	// Which answers of the upstream say that a customer was created. Default:
	// 2xx whose body does not say `"success": false`.
	Success *AnswerRule `json:"success,omitempty"`

	// Which answers say that a customer with the address exists already.
	// Default: 409.
	Taken *AnswerRule `json:"taken,omitempty"`

	// What is answered for an address that is taken, or being registered.
	// Default: 409 with `email_taken` or `email_pending`.
	Neutral *NeutralAnswer `json:"neutral,omitempty"`
}

const (
	defaultLease = 2 * time.Minute
	minLease     = 5 * time.Second
	maxLease     = time.Hour
)

const (
	failClosed = "closed"
	failOpen   = "open"
)

var failurePolicies = map[string]bool{failClosed: false, failOpen: true}

func (u *UniqueEmail) lease() time.Duration {
	if u.Lease == 0 {
		return defaultLease
	}
	return time.Duration(u.Lease)
}

// Check refuses what is out of range. It is nil where the option is not set.
func (u *UniqueEmail) Check() error {
	if u == nil {
		return nil
	}
	if lease := u.lease(); lease < minLease || lease > maxLease {
		return fmt.Errorf("lease: %s is out of range: want %s to %s", lease, minLease, maxLease)
	}
	return errors.Join(
		options.Choice("on_failure", u.OnFailure, failurePolicies),
		u.Success.check("success"),
		u.Taken.check("taken"),
		u.Neutral.check(),
	)
}
