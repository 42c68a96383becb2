package caddymodule

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"reflect"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/keys"
)

// Claims are those of a gate's option unique_email: its store at work, without
// the gate. They end with the configuration.
type Claims struct {
	claims.Administrator
	source *keySource
	pepper *pepper
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
	store, ok := gate.registry.bare.(claims.Administrator)
	if !ok {
		return nil, fmt.Errorf("unique_email: module %T cannot be filled and searched", gate.registry.store)
	}
	if s, ok := store.(claims.Starter); ok {
		if err := s.Start(); err != nil {
			return nil, explainStart(err)
		}
	}
	return &Claims{Administrator: store, source: gate.source, pepper: gate.registry.pepper}, nil
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
	tenant := lowerASCII(name)
	if _, err := c.source.ringOf(tenant); errors.Is(err, keys.ErrUnknownTenant) {
		return "", errors.New("--tenant: there is no such tenant; `caddy customer-gate keys` lists those that have keys")
	}
	return tenant, nil
}

// Storage tells where a new pepper is made, if the storage can say so: its fields
// may be secret.
func (c *Claims) Storage() string {
	name := "Caddy's storage"
	if place, ok := c.pepper.storage.(fmt.Stringer); ok {
		name += " (" + place.String() + ")"
	}
	return name
}

// FindPepper readies IDs and changes nothing. Its error wraps fs.ErrNotExist where
// there is no pepper, so nothing was claimed with it.
func (c *Claims) FindPepper(ctx context.Context) error {
	if err := c.pepper.find(); err != nil {
		return err
	}
	return c.pepper.findMark(ctx, c)
}

// FindOrMakePepper readies IDs for a store that is to be filled, and tells
// whether it has made a pepper, even if it fails later on. It does not stop
// halfway: it is quick, or has an end.
func (c *Claims) FindOrMakePepper(ctx context.Context) (made bool, err error) {
	err = c.pepper.find()
	if errors.Is(err, fs.ErrNotExist) {
		err = c.pepper.Start()
		made = err == nil
	}
	if err != nil {
		return made, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reserveLimit)
	defer cancel()
	return made, c.pepper.leaveMark(ctx, c)
}

// ID names the claim on an address of a tenant. The pepper has to be ready.
func (c *Claims) ID(tenant, address string) claims.ID { return c.pepper.emailID(tenant, address) }
