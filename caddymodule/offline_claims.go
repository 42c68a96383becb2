package caddymodule

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/caddyserver/certmagic"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/internal/ascii"
	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/uniqueness"
)

// Claims are those of a gate's option unique_email: its store at work, without
// the gate. They end with the configuration.
type Claims struct {
	*uniqueness.Claims
	source  *keySource
	storage certmagic.Storage
}

// Claims opens the store of the gate with a number, or for 0 that of the one
// that keeps addresses unique; several may, if they do it alike.
func (o *Offline) Claims(number int) (*Claims, error) {
	options, err := o.chooseUnique(number)
	if err != nil {
		return nil, err
	}
	gate, err := o.provision(options)
	if err != nil {
		return nil, err
	}
	opened, err := gate.unique.OpenClaims()
	if err != nil {
		return nil, explainStart(err)
	}
	return &Claims{Claims: opened, source: gate.source, storage: o.ctx.Storage()}, nil
}

func explainStart(err error) error {
	if errors.Is(err, claims.ErrInUse) {
		return fmt.Errorf("%w; if that is the gateway: stop it, run this command again, and start it", err)
	}
	return err
}

func (o *Offline) chooseUnique(number int) (map[string]any, error) {
	if number != 0 {
		gate, err := o.choose(number)
		if err == nil && gate["unique_email"] == nil {
			err = fmt.Errorf("gate %d of %s has no unique_email", number, o.name)
		}
		return gate, err
	}
	var found map[string]any
	for _, gate := range o.gates {
		switch {
		case gate["unique_email"] == nil:
		case found == nil:
			found = gate
		case !sameClaims(found, gate):
			return nil, fmt.Errorf("%s has several gates with unique_email; choose one with --gate, from 1 to %d", o.name, len(o.gates))
		}
	}
	if found == nil {
		return nil, fmt.Errorf("%s has no customer_gate with unique_email", o.name)
	}
	return found, nil
}

// sameClaims tells whether an address has the same claim in two gates.
func sameClaims(a, b map[string]any) bool {
	return reflect.DeepEqual(a["tenant"], b["tenant"]) && reflect.DeepEqual(a["keys"], b["keys"]) &&
		reflect.DeepEqual(a["unique_email"], b["unique_email"])
}

// Tenant returns the tenant with a name, which may be left out where there is
// only one. A wrong one would have claims that no request ever meets.
func (c *Claims) Tenant(name string) (string, error) {
	if c.source.template == "" {
		if name != "" && name != keys.DefaultTenant {
			return "", errOneTenant
		}
		return keys.DefaultTenant, nil
	}
	if name == "" {
		return "", errors.New("the gate tells tenants apart; name one with --tenant")
	}
	tenant := ascii.Lower(name)
	if _, err := c.source.ringOf(tenant); errors.Is(err, keys.ErrUnknownTenant) {
		return "", errors.New("--tenant: there is no such tenant; `caddy customer-gate keys` lists those that have keys")
	}
	return tenant, nil
}

// Storage tells where a new pepper is made, if the storage can say so: its fields
// may be secret.
func (c *Claims) Storage() string {
	name := "Caddy's storage"
	if place, ok := c.storage.(fmt.Stringer); ok {
		name += " (" + place.String() + ")"
	}
	return name
}
