package autokeys

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/options"
)

const (
	// In less, gateways could not tell each other of a new key.
	minRotate = 10 * time.Second
	// Times are added up; the longest that Go knows is 292 years.
	maxPeriod      = 3650 * 24 * time.Hour
	defaultOverlap = 24 * time.Hour
)

// UnmarshalCaddyfile sets up the module from Caddyfile tokens. Syntax:
//
//	keys auto {
//		bits    2048|3072|4096
//		rotate  <duration>
//		overlap <duration>
//		tenants <name>...
//	}
func (a *Provider) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the module's name
	if err := options.Flag(d); err != nil {
		return err
	}
	return options.ParseModule(d, a, providerOptions, a.check)
}

var providerOptions = map[string]options.Parser[*Provider]{
	"bits":    func(a *Provider, d *caddyfile.Dispenser) error { return options.Number(d, &a.Bits, "2048|3072|4096") },
	"rotate":  func(a *Provider, d *caddyfile.Dispenser) error { return options.Duration(d, &a.Rotate) },
	"overlap": func(a *Provider, d *caddyfile.Dispenser) error { return options.Duration(d, &a.OverlapTime) },
	"tenants": func(a *Provider, d *caddyfile.Dispenser) error {
		return options.List(d, &a.TenantNames, "<name>...", "acme globex")
	},
}

// check refuses what is out of range. The Caddyfile parser calls it after each
// option, which is how an error gets the line of its option.
func (a *Provider) check() error {
	return errors.Join(a.checkBits(), a.checkRotate(), a.checkOverlap(), checkTenantNames(a.TenantNames))
}

func (a *Provider) checkBits() error {
	if a.Bits != nil && !slices.Contains([]int{2048, 3072, 4096}, *a.Bits) {
		return fmt.Errorf("bits: %d is not a choice: want 2048, 3072 or 4096", *a.Bits)
	}
	return nil
}

func (a *Provider) checkRotate() error {
	if a.Rotate != nil && (a.rotate() < minRotate || a.rotate() > maxPeriod) {
		return fmt.Errorf("rotate: %s is out of range: want %s to 3650d, or leave it out to never rotate", a.rotate(), minRotate)
	}
	return nil
}

func (a *Provider) checkOverlap() error {
	switch overlap := a.Overlap(); {
	case overlap < 0 || overlap > maxPeriod:
		return fmt.Errorf("overlap: %s is out of range: want 0 to 3650d", overlap)
	case a.Rotate != nil && overlap > a.rotate():
		return fmt.Errorf("overlap: %s is longer than the %s of rotate, and ever more keys would have to be tried; shorten the one or lengthen the other",
			overlap, a.rotate())
	}
	return nil
}

func checkTenantNames(names []string) error {
	if names != nil && len(names) == 0 {
		return errors.New("tenants: the list is empty; leave it out for one tenant named " + keys.DefaultTenant)
	}
	for i, name := range names {
		if !keys.ValidTenant(name) {
			return fmt.Errorf("tenants: %q is not the name of a tenant: want 1 to %d characters of a-z, 0-9 and -", name, 63)
		}
		if slices.Contains(names[:i], name) {
			return fmt.Errorf("tenants: %s is named twice", name)
		}
	}
	return nil
}

// Interface guards
var _ caddyfile.Unmarshaler = (*Provider)(nil)
