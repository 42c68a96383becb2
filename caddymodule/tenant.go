package caddymodule

import (
	"errors"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/languages"
)

// tenant finds out whose customer this is, and what keys that tenant has. That a provider
// has failed matters to ciphertexts alone. A target without a path, x:http://globex/…,
// would go on as it is, and be another host's.
func (p *passage) tenant() *refusal {
	p.ring = p.gate.source.RingFor(p.r)
	if errors.Is(p.ring.Err, keys.ErrUnknownTenant) || p.r.URL.Opaque != "" {
		return noSuchTenant()
	}
	p.finding.tenant = p.ring.Tenant
	return nil
}

func noSuchTenant() *refusal {
	return newRefusal(codeNotFound, languages.Say(codeNotFound))
}
