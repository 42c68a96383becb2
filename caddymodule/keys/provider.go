package keys

import (
	"errors"
	"time"
)

// A Provider answers which keys open the ciphertexts of a tenant. It is what
// every module in the namespace http.handlers.customer_gate.keys implements.
//
// It reads what it needs in Provision, as Caddy calls it also to validate a
// configuration and to list its keys; it makes and writes nothing before Start.
// All handlers of a configuration with the same `keys` options share one
// Provider. A reload provisions a new one before the old one is cleaned up.
type Provider interface {
	// Keys returns the keys to try, in that order: the one that clients are
	// to use first, then those that retire, the newest first, then those that
	// clients have not been given yet. Those beyond MaxKeys are not tried. For
	// a tenant that it does not know the error is, or wraps, ErrUnknownTenant,
	// and the client is answered 404; with any other error, and with no keys,
	// 503.
	//
	// It is called for every request, by many at once, so it should answer
	// from memory. What a key's Decrypter does has no context, and holds a slot of
	// the queue until it ends: one that asks an HSM or a KMS bounds the time of
	// that itself. The name is that of a tenant by ValidTenant, but otherwise
	// of a client's choice. The slice belongs to the provider, which must not
	// change it any more.
	Keys(tenant string) ([]Key, error)
}

// ErrUnknownTenant says that there is no such tenant.
var ErrUnknownTenant = errors.New("the tenant is unknown")

// A Starter is a Provider with work to do when a configuration really starts,
// which provisioning does not tell apart from `caddy validate`. An error keeps
// the configuration from starting.
type Starter interface {
	Start() error
}

// A Lister is a Provider that can name the tenants it has keys for, in the
// order of the alphabet, once it is provisioned and without asking anyone.
// Without it, `caddy customer-gate keys` knows of no tenant but the default one,
// and a configuration that can serve none is not found out before it is used.
type Lister interface {
	Tenants() []string
}

// A Planner is a Provider that promises how long a key still decrypts after
// another one has taken its place. Clients may keep a public key that has no
// NotAfter for as long; without a promise they are told to ask each time.
type Planner interface {
	Overlap() time.Duration
}

// A Maker is a Provider that makes the keys that it does not find. The commands
// that only look at a configuration call NeverMake before Keys, which then has
// to fail instead, with an error that is, or wraps, fs.ErrNotExist.
type Maker interface {
	NeverMake()
}
