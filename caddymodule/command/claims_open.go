package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/caddyserver/certmagic"

	"github.com/customergate/customergate/caddymodule"
	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/internal/ascii"
	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/uniqueness"
)

// gateClaims are those of a gate's option unique_email: its store at work, without
// the gate. They end with the configuration.
type gateClaims struct {
	*uniqueness.Claims
	gate    *caddymodule.Offline
	storage certmagic.Storage
}

// openClaims opens the store of the gate with a number, or for 0 that of the one
// that keeps addresses unique; several may, if they do it alike.
func (c *configuration) openClaims(number int) (*gateClaims, error) {
	options, err := c.chooseUnique(number)
	if err != nil {
		return nil, err
	}
	gate, err := c.ready(options)
	if err != nil {
		return nil, err
	}
	opened, err := gate.OpenClaims()
	if errors.Is(err, claims.ErrInUse) {
		opened, err = c.claimsOfGateway(gate, err)
	}
	if err != nil {
		return nil, err
	}
	return &gateClaims{Claims: opened, gate: gate, storage: c.ctx.Storage()}, nil
}

// claimsOfGateway are those in a store that a running gateway has open, which the
// configuration says how to reach.
func (c *configuration) claimsOfGateway(gate *caddymodule.Offline, inUse error) (*uniqueness.Claims, error) {
	address, err := caddycmd.DetermineAdminAPIAddress("", nil, c.name, c.adapter)
	if err != nil {
		return nil, err
	}
	return gate.ClaimsAt(func(config json.RawMessage) claims.Administrator {
		return &gatewayStore{address: address, config: config, inUse: inUse}
	}), nil
}

func explainStart(inUse error) error {
	return fmt.Errorf("%w, and not by a gateway that answers at its admin endpoint; stop who has it, and run this command again", inUse)
}

func (c *configuration) chooseUnique(number int) (options, error) {
	if number != 0 {
		gate, err := c.choose(number)
		if err == nil && gate["unique_email"] == nil {
			err = fmt.Errorf("gate %d of %s has no unique_email", number, c.name)
		}
		return gate, err
	}
	var found options
	for _, gate := range c.gates {
		switch {
		case gate["unique_email"] == nil:
		case found == nil:
			found = gate
		case !sameClaims(found, gate):
			return nil, fmt.Errorf("%s has several gates with unique_email; choose one with --gate, from 1 to %d", c.name, len(c.gates))
		}
	}
	if found == nil {
		return nil, fmt.Errorf("%s has no customer_gate with unique_email", c.name)
	}
	return found, nil
}

// sameClaims tells whether an address has the same claim in two gates.
func sameClaims(a, b options) bool {
	return reflect.DeepEqual(a["tenant"], b["tenant"]) && reflect.DeepEqual(a["keys"], b["keys"]) &&
		reflect.DeepEqual(a["unique_email"], b["unique_email"])
}

// tenantOf returns the tenant with a name, which may be left out where there is
// only one. A wrong one would have claims that no request ever meets.
func (c *gateClaims) tenantOf(name string) (string, error) {
	if !c.gate.TellsTenants() {
		if name != "" && name != keys.DefaultTenant {
			return "", errOneTenant
		}
		return keys.DefaultTenant, nil
	}
	if name == "" {
		return "", errors.New("the gate tells tenants apart; name one with --tenant")
	}
	tenant := ascii.Lower(name)
	if _, err := c.gate.Ring(tenant); errors.Is(err, keys.ErrUnknownTenant) {
		return "", errors.New("--tenant: there is no such tenant; `caddy customer-gate keys` lists those that have keys")
	}
	return tenant, nil
}

// place tells where a new pepper is made, if the storage can say so: its fields
// may be secret.
func (c *gateClaims) place() string {
	name := "Caddy's storage"
	if place, ok := c.storage.(fmt.Stringer); ok {
		name += " (" + place.String() + ")"
	}
	return name
}
